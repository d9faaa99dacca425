/*
 * Swap units: systemd.swap(5). Swapping is begun and ended by swapon(8) and swapoff(8). The kernel
 * knows a swap space by the name that its device had then, so devices are compared by number.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "supervisor/manager/place.h"
#include "supervisor/manager/service-kind.h"

static const char *const names[SUB_STATES] = {
        [SUB_CONDITION] = "activating",
        [SUB_START_PRE] = "activating",
        [SUB_START] = "activating",
        [SUB_START_POST] = "activating-done",
        [SUB_RUNNING] = "active",
        [SUB_EXITED] = "active",
        [SUB_STOP] = "deactivating",
        [SUB_STOP_SIGTERM] = "deactivating-sigterm",
        [SUB_STOP_SIGKILL] = "deactivating-sigkill",
        [SUB_FINAL_SIGTERM] = "deactivating-sigterm",
        [SUB_FINAL_SIGKILL] = "deactivating-sigkill",
};

/* The options that swapon(8) has one by one, so that busybox's understands them as well. */
static void add_options(const Config *c, const char **argv, size_t *n, char *priority) {
        const Directive *d = directive_find(SECTION_SWAP, "Priority");

        for (const char *o = c->options ? c->options : ""; *o; o += strspn(o, ",")) {
                size_t length = strcspn(o, ",");

                if (length > 4 && strncmp(o, "pri=", 4) == 0)
                        snprintf(priority, 16, "%.*s", (int)MIN_OF(length - 4, (size_t)15), o + 4);
                else if (length == 7 && strncmp(o, "discard", 7) == 0)
                        argv[(*n)++] = "-d";
                o += length;
        }
        if (config_is_assigned(c, d))
                snprintf(priority, 16, "%d", (int)c->swap_priority);
        if (*priority) {
                argv[(*n)++] = "-p";
                argv[(*n)++] = priority;
        }
}

static int complete(const Service *s, Config *c) {
        const char *on[8] = { "swapon" }, *off[3] = { "swapoff" };
        _cleanup_free_ char *path = place_path(s->unit);
        char priority[16] = "";
        size_t n = 1;
        int r = service_kind_make_oneshot(c, c->timeout_sec);

        off[1] = c->what ? c->what : path;
        if (r >= 0 && off[1])
                r = service_kind_add_command(&c->exec_stop, off);
        if (r < 0 || !c->what)
                return r;
        add_options(c, on, &n, priority);
        on[n] = c->what;
        return service_kind_add_command(&c->exec_start, on);
}

static bool is_same(const char *a, const char *b) {
        struct stat x, y;

        if (text_eq(a, b))
                return true;
        if (stat(a, &x) < 0 || stat(b, &y) < 0)
                return false;
        return S_ISBLK(x.st_mode) ? S_ISBLK(y.st_mode) && x.st_rdev == y.st_rdev
                                  : x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool is_there(const Service *s) {
        const MountTable *t = place_table(s->manager, UNIT_SWAP);
        _cleanup_free_ char *path = place_path(s->unit);

        for (size_t i = 0; path && i < t->n; i++)
                if (is_same(path, t->items[i].where))
                        return true;
        return false;
}

static ServiceEvent prepare(Service *s) {
        const Config *c = service_config(s);

        if (c && c->what)
                return EVENT_NONE;
        service_past_blame(s, "it has no What=, so there is nothing to swap to");
        service_set_result(s, RESULT_RESOURCES);
        return EVENT_FAILED;
}

const ServiceKind swap_kind = {
        .names = names, .complete = complete, .prepare = prepare, .is_there = is_there
};
