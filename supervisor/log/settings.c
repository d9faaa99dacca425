/*
 * The rows of log.conf. The library that reads it takes lines of less than 200 bytes, and cuts
 * longer ones into several, so a file with such a line is refused as a whole.
 */
#include "supervisor/log/settings.h"

#include <fcntl.h>
#include <ini.h>
#include <string.h>

#include "base/file.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/text.h"
#include "units/size.h"
#include "units/time-span.h"

enum { FILE_MAX = 65536, LINE_MAX_BYTES = 198, MEGABYTE = 1 << 20, SIZE_MIN = 65536 };

typedef int Parse(const char *value, void *to, Diag *diag);

static int parse_storage(const char *value, void *to, Diag *diag) {
        if (!text_eq(value, "volatile") && !text_eq(value, "persistent"))
                return diag_error(diag, -EINVAL, "\"%s\" is no storage; use volatile or persistent",
                                  value);
        *(bool *)to = text_eq(value, "persistent");
        return 0;
}

static int parse_boolean(const char *value, void *to, Diag *diag) {
        if (!text_eq(value, "yes") && !text_eq(value, "no"))
                return diag_error(diag, -EINVAL, "\"%s\" is no boolean; use yes or no", value);
        *(bool *)to = text_eq(value, "yes");
        return 0;
}

static int parse_size(const char *value, void *to, Diag *diag) {
        uint64_t size;

        if (size_parse(value, &size) < 0 || size < SIZE_MIN)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is no size of 64K or more; write for example 16M", value);
        *(uint64_t *)to = size;
        return 0;
}

static int parse_span(const char *value, void *to, Diag *diag) {
        if (time_span_parse(value, TIME_SPAN_SEC, to) < 0)
                return diag_error(diag, -EINVAL, "\"%s\" is no time span; write for example 30s",
                                  value);
        return 0;
}

static int parse_count(const char *value, void *to, Diag *diag) {
        if (number_parse_u32(value, 10, to) < 0)
                return diag_error(diag, -EINVAL, "\"%s\" is no count", value);
        return 0;
}

static const struct {
        const char *key;
        Parse *parse;
        size_t at;
} rows[] = {
        { "Storage", parse_storage, offsetof(LogSettings, persistent) },
        { "ReadKMsg", parse_boolean, offsetof(LogSettings, read_kernel) },
        { "RuntimeUnitMaxSize", parse_size, offsetof(LogSettings, volatile_limits.unit_max) },
        { "RuntimeMaxSize", parse_size, offsetof(LogSettings, volatile_limits.total_max) },
        { "SystemUnitMaxSize", parse_size, offsetof(LogSettings, persistent_limits.unit_max) },
        { "SystemMaxSize", parse_size, offsetof(LogSettings, persistent_limits.total_max) },
        { "RateLimitIntervalSec", parse_span, offsetof(LogSettings, rate.interval) },
        { "RateLimitBurst", parse_count, offsetof(LogSettings, rate.burst) },
};

typedef struct Reading {
        LogSettings *settings;
        Diag *diag;
} Reading;

static void refuse(const char *key, Diag *diag) {
        Nearest n = nearest_to(key);

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                nearest_consider(&n, rows[i].key);
        diag_warning(diag, "is no setting of [Log] and is left out%s%s%s",
                     n.best ? "; did you mean " : "", n.best ? n.best : "", n.best ? "=?" : "");
}

static int take(void *user, const char *section, const char *key, const char *value) {
        const Reading *reading = user;
        Diag *diag = reading->diag;

        diag->directive = key;
        if (!text_eq(section, "Log")) {
                diag_warning(diag, "stands in no section [Log] and is left out");
                diag->directive = NULL;
                return 1;
        }
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                if (text_eq(key, rows[i].key)) {
                        (void)rows[i].parse(value, (char *)reading->settings + rows[i].at, diag);
                        diag->directive = NULL;
                        return 1;
                }
        refuse(key, diag);
        diag->directive = NULL;
        return 1;
}

void settings_default(LogSettings *s) {
        *s = (LogSettings){
                .read_kernel = true,
                .volatile_limits = { .unit_max = MEGABYTE, .total_max = 16 * MEGABYTE },
                .persistent_limits = { .unit_max = 8 * MEGABYTE, .total_max = 128 * MEGABYTE },
                .rate = { .interval = 30 * TIME_SPAN_SEC, .burst = 10000 },
        };
}

static bool has_long_line(const char *text) {
        for (; *text; text += strcspn(text, "\n") + (text[strcspn(text, "\n")] == '\n'))
                if (strcspn(text, "\n") > LINE_MAX_BYTES)
                        return true;
        return false;
}

void settings_parse(LogSettings *s, const char *file, const char *text, Diag *diag) {
        Reading reading = { .settings = s, .diag = diag };
        int line;

        diag->file = file;
        if (has_long_line(text))
                (void)diag_error(diag, -E2BIG,
                                 "a line is longer than %d bytes; the file is left out",
                                 LINE_MAX_BYTES);
        else if ((line = ini_parse_string(text, take, &reading)) != 0) {
                diag->line = line > 0 ? (unsigned)line : 0;
                (void)diag_error(diag, -EBADMSG, "is no assignment such as Storage=volatile");
        }
        diag->line = 0;
        diag->file = NULL;
}

void settings_load(LogSettings *s, const char *path, Diag *diag) {
        _cleanup_free_ char *text = NULL;
        int r = file_read_at(AT_FDCWD, path, FILE_MAX, &text, NULL);

        if (r == -ENOENT)
                return;
        diag->file = path;
        if (r < 0)
                (void)diag_error(diag, r, "%s", strerror(-r));
        else
                settings_parse(s, path, text, diag);
        diag->file = NULL;
}
