/*
 * Mount units: systemd.mount(5). Mounting is done by mount(8), of util-linux or busybox, which
 * knows the helpers of file systems; whether it is done the kernel says, not an exit status.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/place.h"
#include "supervisor/manager/service-kind.h"

static const char *const names[SUB_STATES] = {
        [SUB_CONDITION] = "mounting",
        [SUB_START_PRE] = "mounting",
        [SUB_START] = "mounting",
        [SUB_START_POST] = "mounting-done",
        [SUB_RUNNING] = "mounted",
        [SUB_EXITED] = "mounted",
        [SUB_RELOAD] = "remounting",
        [SUB_RELOAD_SIGNAL] = "remounting",
        [SUB_STOP] = "unmounting",
        [SUB_STOP_SIGTERM] = "unmounting-sigterm",
        [SUB_STOP_SIGKILL] = "unmounting-sigkill",
        [SUB_FINAL_SIGTERM] = "unmounting-sigterm",
        [SUB_FINAL_SIGKILL] = "unmounting-sigkill",
};

/* ---- commands ---- */

/* Options that are ours or fstab(5)'s, and not mount(8)'s. */
static bool is_ours(const char *option, size_t n) {
        static const char *const words[] = { "auto", "noauto", "nofail", "fail" };

        if ((n > 2 && strncmp(option, "x-", 2) == 0) ||
            (n > 8 && strncmp(option, "comment=", 8) == 0))
                return true;
        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
                if (strlen(words[i]) == n && strncmp(option, words[i], n) == 0)
                        return true;
        return false;
}

/* FIRST and then those of OPTIONS that mount(8) is to know; "" where there are none. */
static int filter(const char *first, const char *options, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        strbuf_add(&b, first);
        for (const char *o = options ? options : ""; *o; o += strspn(o, ",")) {
                size_t n = strcspn(o, ",");

                if (n > 0 && !is_ours(o, n)) {
                        strbuf_add(&b, b.length ? "," : "");
                        strbuf_add_n(&b, o, n);
                }
                o += n;
        }
        return strbuf_take(&b, ret);
}

static int add_mount(const Config *c, const char *where, const char *first, CommandList *list) {
        _cleanup_free_ char *options = NULL;
        const char *argv[12] = { "mount" };
        size_t n = 1;
        int r = filter(first, c->options, &options);

        if (r < 0)
                return r;
        if (c->sloppy_options)
                argv[n++] = "-s";
        if (c->read_write_only)
                argv[n++] = "-w";
        if (c->mount_type) {
                argv[n++] = "-t";
                argv[n++] = c->mount_type;
        }
        if (*options) {
                argv[n++] = "-o";
                argv[n++] = options;
        }
        argv[n++] = "--"; /* a source may begin with a dash */
        argv[n++] = c->what;
        argv[n] = where;
        return service_kind_add_command(list, argv);
}

static int add_unmount(const Config *c, const char *where, CommandList *list) {
        const char *argv[5] = { "umount" };
        size_t n = 1;

        if (c->lazy_unmount)
                argv[n++] = "-l";
        if (c->force_unmount)
                argv[n++] = "-f";
        argv[n] = where;
        return service_kind_add_command(list, argv);
}

static int complete(const Service *s, Config *c) {
        _cleanup_free_ char *where = place_path(s->unit);
        int r = service_kind_make_oneshot(c, c->timeout_sec);

        if (r < 0 || !where)
                return r;
        r = add_unmount(c, where, &c->exec_stop);
        if (r >= 0 && c->what)
                r = add_mount(c, where, "", &c->exec_start);
        if (r >= 0 && c->what)
                r = add_mount(c, where, "remount", &c->exec_reload);
        return r;
}

/* ---- before mounting ---- */

static int make_one(const char *path, mode_t mode, mode_t last_mode, bool last) {
        _cleanup_fd_ int fd = fd_open_nofollow(AT_FDCWD, path, O_PATH, 0);

        if (fd >= 0)
                return 0;
        if (fd == -ENOENT && mkdir(path, last ? last_mode : mode) < 0 && errno != EEXIST)
                return -errno;
        return fd == -ENOENT ? 0 : fd;
}

/* The mount point with all that leads to it. Whoever could make a symbolic link on the way would
 * decide where to mount: -ELOOP. */
static int make_where(const char *where, mode_t mode) {
        char part[PATH_MAX];
        int r = 0;

        for (const char *at = where + 1; r >= 0; at++) {
                at = strchrnul(at, '/');
                snprintf(part, sizeof(part), "%.*s", (int)(at - where), where);
                r = make_one(part, 0755, mode, !*at);
                if (!*at)
                        break;
        }
        return r;
}

static ServiceEvent prepare(Service *s) {
        _cleanup_free_ char *where = place_path(s->unit);
        const Config *c = service_config(s);
        int r = c && where ? 0 : -EIO;

        if (r >= 0 && !c->what) {
                service_past_blame(s, "it has no What=, so it cannot be mounted again");
                r = -EINVAL;
        } else if (r >= 0) {
                r = make_where(where, c->directory_mode);
                if (r < 0)
                        service_past_blame(s, "%s cannot be mounted on: %s", where,
                                           r == -ELOOP ? "there is a symbolic link in the path"
                                                       : strerror(-r));
        }
        if (r >= 0)
                return EVENT_NONE;
        service_set_result(s, RESULT_RESOURCES);
        return EVENT_FAILED;
}

static bool is_there(const Service *s) {
        return place_of(s->manager, s->unit) != NULL;
}

const ServiceKind mount_kind = {
        .names = names, .complete = complete, .prepare = prepare, .is_there = is_there
};
