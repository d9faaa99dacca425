/*
 * Tables: which signal starts what, which target ends how. Where a target does not exist, what it
 * stands for is done at once: a system that is told to end must end.
 */
#include "supervisor/manager/ending.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "supervisor/manager/registry.h"
#include "supervisor/manager/unit-load.h"
#include "units/signal-name.h"

#define ARGUMENT "/run/systemd/reboot-param"

typedef struct End {
        const char *target;
        InitAction action;
} End;

static const End ends[] = {
        { "halt.target", INIT_HALT },     { "poweroff.target", INIT_POWEROFF },
        { "reboot.target", INIT_REBOOT }, { "kexec.target", INIT_KEXEC },
        { "exit.target", INIT_EXIT },
};

static const End *find_end(InitAction action) {
        for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
                if (ends[i].action == action)
                        return &ends[i];
        return NULL;
}

/* "systemctl reboot ARGUMENT" and RebootArgument= leave it in a file. */
static void take_argument(char *text, size_t size) {
        if (file_read_start_at(AT_FDCWD, ARGUMENT, text, size) < 0)
                *text = '\0';
        text[strcspn(text, "\n")] = '\0';
}

static void leave_argument(Manager *m, const Unit *u) {
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_(config_done) Config c;
        int r = config_init(&c);

        if (r >= 0)
                r = unit_load_config(m->registry, u, &diag, &c);
        if (r >= 0 && c.reboot_argument && mkdir("/run/systemd", 0755) < 0 && errno != EEXIST)
                r = -errno;
        if (r >= 0 && c.reboot_argument)
                r = file_write_atomic_at(AT_FDCWD, ARGUMENT, c.reboot_argument, 0644);
        if (r < 0)
                manager_say(u, "RebootArgument= is lost: %s", strerror(-r));
}

int ending_final(Manager *m, InitAction action, int status) {
        char argument[INIT_TEXT_MAX] = "";

        m->ending = true;
        (void)manager_flush(m);
        if (action == INIT_REBOOT)
                take_argument(argument, sizeof(argument));
        return link_final(&m->link, action, status, argument);
}

static void final(Manager *m, InitAction action, int status) {
        if (ending_final(m, action, status) < 0)
                manager_say(NULL, "svinit does not hear that the system is to end");
}

/* By way of the target, which stops all else in its order. */
static void begin_end(Manager *m, InitAction action, int status, const char *asked_by) {
        const End *e = find_end(action);

        m->ending = true;
        if (!e ||
            manager_request(m, &(ManagerRequest){ e->target, JOB_START,
                                                  JOB_MODE_REPLACE_IRREVERSIBLY, asked_by }) < 0)
                final(m, action, status);
}

void ending_unit_up(Manager *m, const Unit *u) {
        if (u->type != UNIT_TARGET)
                return;
        for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
                if (text_eq(u->id, ends[i].target)) {
                        manager_say(u, "reached; everything ends");
                        final(m, ends[i].action, EXIT_SUCCESS);
                }
}

void ending_action(Manager *m, const Unit *u, EmergencyAction action, int exit_status,
                   const char *reason) {
        int status = MAX_OF(exit_status, 0);
        char asked_by[UNIT_NAME_MAX + 128];

        snprintf(asked_by, sizeof(asked_by), "an action of %s, because %s",
                 u ? u->id : "the manager", reason);
        manager_say(u, "the system is ended, because %s", reason);
        if (action == EMERGENCY_REBOOT || action == EMERGENCY_REBOOT_FORCE ||
            action == EMERGENCY_REBOOT_IMMEDIATE)
                leave_argument(m, u);
        switch (action) {
        case EMERGENCY_NONE:
                return;
        case EMERGENCY_REBOOT:
                begin_end(m, INIT_REBOOT, status, asked_by);
                return;
        case EMERGENCY_POWEROFF:
                begin_end(m, INIT_POWEROFF, status, asked_by);
                return;
        case EMERGENCY_EXIT:
                begin_end(m, INIT_EXIT, status, asked_by);
                return;
        case EMERGENCY_REBOOT_FORCE:
        case EMERGENCY_REBOOT_IMMEDIATE:
                final(m, INIT_REBOOT, status);
                return;
        case EMERGENCY_POWEROFF_FORCE:
        case EMERGENCY_POWEROFF_IMMEDIATE:
                final(m, INIT_POWEROFF, status);
                return;
        case EMERGENCY_EXIT_FORCE:
                final(m, INIT_EXIT, status);
                return;
        }
}

/* ---- signals ---- */

typedef struct SignalRow {
        int number; /* from SIGRTMIN on where "realtime" */
        bool realtime;
        const char *target;
        JobMode mode;
} SignalRow;

static const SignalRow rows[] = {
        { SIGINT, false, "ctrl-alt-del.target", JOB_MODE_REPLACE_IRREVERSIBLY },
        { SIGWINCH, false, "kbrequest.target", JOB_MODE_REPLACE },
        { SIGPWR, false, "sigpwr.target", JOB_MODE_REPLACE },
        { 0, true, "default.target", JOB_MODE_ISOLATE },
        { 1, true, "rescue.target", JOB_MODE_ISOLATE },
        { 2, true, "emergency.target", JOB_MODE_ISOLATE },
        { 3, true, "halt.target", JOB_MODE_REPLACE_IRREVERSIBLY },
        { 4, true, "poweroff.target", JOB_MODE_REPLACE_IRREVERSIBLY },
        { 5, true, "reboot.target", JOB_MODE_REPLACE_IRREVERSIBLY },
        { 6, true, "kexec.target", JOB_MODE_REPLACE_IRREVERSIBLY },
};

static void reload(Manager *m) {
        _cleanup_(diag_done) Diag diag = { 0 };
        int n = registry_reload(m->registry, &diag);

        diag_print(&diag, 0, "svmanager", stderr);
        if (n < 0) {
                manager_say(NULL, "reloading: %s", strerror(-n));
                return;
        }
        manager_reloaded(m);
        manager_say(NULL, "reloaded; %d units have changed", n);
}

static void end_by_target(Manager *m, const char *target, const char *asked_by) {
        for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
                if (text_eq(ends[i].target, target)) {
                        begin_end(m, ends[i].action, EXIT_SUCCESS, asked_by);
                        return;
                }
}

static bool asks_for_end(const Manager *m, int number) {
        bool adjacent = m->link.hello.flags & INIT_IS_ADJACENT;

        return adjacent && (number == SIGTERM || number == SIGINT);
}

void ending_signal(Manager *m, int number) {
        char asked_by[SIGNAL_NAME_MAX + 16], room[SIGNAL_NAME_MAX];

        snprintf(asked_by, sizeof(asked_by), "signal %s", signal_name_format(number, room));
        if (asks_for_end(m, number)) {
                begin_end(m, INIT_EXIT, EXIT_SUCCESS, asked_by);
                return;
        }
        if (number == SIGHUP) {
                reload(m);
                return;
        }
        if (number == SIGTERM) { /* "systemctl daemon-reexec": the next manager goes on */
                manager_leave(m);
                return;
        }
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                if (number != (rows[i].realtime ? SIGRTMIN + rows[i].number : rows[i].number))
                        continue;
                if (manager_request(m, &(ManagerRequest){ rows[i].target, JOB_START, rows[i].mode,
                                                          asked_by }) < 0)
                        end_by_target(m, rows[i].target, asked_by);
                else if (rows[i].mode == JOB_MODE_REPLACE_IRREVERSIBLY)
                        m->ending = true;
        }
}
