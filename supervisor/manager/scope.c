/*
 * A scope goes the way of a service without commands, whose main command is the move.
 */
#include "supervisor/manager/scope.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "supervisor/manager/service-kind.h"

static const char *const names[SUB_STATES] = {
        [SUB_CONDITION] = "start-chown",      [SUB_START_PRE] = "start-chown",
        [SUB_START] = "start-chown",          [SUB_START_POST] = "running",
        [SUB_STOP] = "stop-sigterm",          [SUB_STOP_POST] = "stop-sigterm",
        [SUB_FINAL_SIGTERM] = "stop-sigterm", [SUB_FINAL_SIGKILL] = "stop-sigkill",
};

static int complete(const Service *s, Config *c) {
        c->service_type = SERVICE_ONESHOT;
        c->exit_type = EXIT_TYPE_CGROUP;
        return 0;
}

/* A process that has ended meanwhile needs no move; as long as one is there, all is well. */
static ServiceEvent prepare(Service *s) {
        _cleanup_free_ char *copy = strdup(s->pids ? s->pids : "");
        const GroupTree *t = &s->manager->groups;
        char *rest = copy, *word;
        int pid;

        while (copy && s->group && (word = strsep(&rest, " ")))
                if (number_parse_int(word, &pid) >= 0 && pid > 0)
                        (void)group_write(t, s->group, "cgroup.procs", word);
        if (s->group && group_is_populated(t, s->group))
                return EVENT_READY;
        service_past_blame(s, "%s",
                           s->pids ? "none of its processes can be moved into it"
                                   : "it holds what others start, and cannot be started itself");
        service_set_result(s, RESULT_RESOURCES);
        return EVENT_FAILED;
}

int scope_take_processes(Service *s, const char *pids) {
        char *copy = strdup(pids);

        if (!copy)
                return -ENOMEM;
        free(s->pids);
        s->pids = copy;
        s->abandoned = false;
        service_mark(s);
        return 0;
}

int scope_abandon(Service *s) {
        if (s->state != SUB_RUNNING)
                return -ESRCH;
        s->abandoned = true;
        service_mark(s);
        return 0;
}

const ServiceKind scope_kind = { .names = names, .complete = complete, .prepare = prepare };
