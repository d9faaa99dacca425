/*
 * Time zones through the C library. The environment entry is exchanged by
 * putenv(), which takes pointers: going back allocates nothing and cannot fail.
 */
#include "units/time-zone.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/text.h"

#define ZONEINFO "/usr/share/zoneinfo"

int time_zone_enter(TimeZone *z, const char *name) {
        _cleanup_free_ char *entry = NULL;
        char *value;

        if (!name)
                return 0;
        if (asprintf(&entry, "TZ=:%s", name) < 0) {
                entry = NULL;
                return -ENOMEM;
        }
        value = getenv("TZ");
        if (putenv(entry) != 0)
                return -errno;
        *z = (TimeZone){ .before = value ? value - strlen("TZ=") : NULL,
                         .entered = TAKE_PTR(entry) };
        tzset();
        return 0;
}

void time_zone_leave(TimeZone *z) {
        if (!z->entered)
                return;
        if (z->before)
                putenv(z->before);
        else
                unsetenv("TZ");
        tzset();
        free(z->entered);
        *z = (TimeZone){ 0 };
}

static bool is_zone_name(const char *name) {
        static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+/";

        return *name && strspn(name, allowed) == strlen(name) && !path_is_absolute(name) &&
               !strstr(name, "//") && !text_ends_with(name, "/");
}

bool time_zone_is_valid(const char *name) {
        _cleanup_free_ char *path = NULL;
        _cleanup_fd_ int fd = -EBADF;
        char magic[4];
        struct stat st;

        if (text_eq(name, "UTC"))
                return true;
        if (!is_zone_name(name) || path_join(ZONEINFO, name, &path) < 0)
                return false;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
               read(fd, magic, sizeof(magic)) == sizeof(magic) &&
               memcmp(magic, "TZif", sizeof(magic)) == 0;
}

/* S ends with a space and NAME, in any case, and something stands before. */
static bool ends_with_zone(const char *s, const char *name, size_t *ret_before) {
        size_t length = strlen(s), zone = strlen(name);

        if (zone == 0 || length <= zone || s[length - zone - 1] != ' ' ||
            strcasecmp(s + length - zone, name) != 0)
                return false;
        *ret_before = length - zone - 1;
        return true;
}

void time_zone_find_suffix(const char *s, TimeZoneSuffix *ret) {
        const char *space;

        *ret = (TimeZoneSuffix){ .before = strlen(s), .dst = -1 };
        if (ends_with_zone(s, "UTC", &ret->before)) {
                ret->utc = true;
                ret->name = "UTC";
                return;
        }
        tzset();
        for (int dst = 0; dst <= 1; dst++) {
                if (!ends_with_zone(s, tzname[dst], &ret->before))
                        continue;
                ret->dst = dst;
                ret->name = tzname[dst];
                return;
        }
        space = strrchr(s, ' ');
        if (!space || !time_zone_is_valid(space + 1))
                return;
        ret->before = (size_t)(space - s);
        ret->name = space + 1;
}

int time_zone_split(time_t t, bool utc, struct tm *ret) {
        struct tm tm;

        if (!(utc ? gmtime_r(&t, &tm) : localtime_r(&t, &tm)))
                return -ERANGE;
        *ret = tm;
        return 0;
}

/* A local time that is skipped when the clock is put forward: mktime() takes it either as if that
 * had happened already, and lands before the gap, or as if it had not, and lands behind. We always
 * land behind, so that a search never goes back. */
static time_t join_local(struct tm *tm) {
        struct tm wanted = *tm, shown;
        time_t t = mktime(tm), back;

        if (t == -1 || wanted.tm_isdst >= 0)
                return t;
        shown = *tm;
        back = timegm(&wanted) - timegm(&shown);
        if (back <= 0)
                return t;
        t += back;
        return localtime_r(&t, tm) ? t : -1;
}

time_t time_zone_join(struct tm *tm, bool utc) {
        return utc ? timegm(tm) : join_local(tm);
}
