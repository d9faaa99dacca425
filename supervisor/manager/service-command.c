/*
 * The commands of a state, one after the other: the Exec lists of systemd.service(5). A command
 * runs as the main process (ExecStart= but for Type=forking) or as the control process.
 *
 * The order that matters: the socket is with svinit, the record says so, and then svexec is made.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/group-limit.h"
#include "supervisor/manager/group-path.h"
#include "supervisor/manager/notify-socket.h"
#include "supervisor/manager/service.h"
#include "supervisor/manager/spawn.h"
#include "supervisor/manager/unit-story.h"
#include "units/signal-name.h"

typedef struct List {
        const char *directive; /* NULL: the state runs none */
        size_t offset;         /* of the CommandList in Config */
} List;

#define LIST(name, field) \
        { name, offsetof(Config, field) }

static const List lists[SUB_STATES] = {
        [SUB_CONDITION] = LIST("ExecCondition", exec_condition),
        [SUB_START_PRE] = LIST("ExecStartPre", exec_start_pre),
        [SUB_START] = LIST("ExecStart", exec_start),
        [SUB_START_POST] = LIST("ExecStartPost", exec_start_post),
        [SUB_RELOAD] = LIST("ExecReload", exec_reload),
        [SUB_STOP] = LIST("ExecStop", exec_stop),
        [SUB_STOP_POST] = LIST("ExecStopPost", exec_stop_post),
};

const char *service_command_list(ServiceState state) {
        return lists[state].directive;
}

static const CommandList *commands_of(const Service *s, const Config *c) {
        /* a simple main process may have to be started once more when the state has moved on */
        const List *l = &lists[lists[s->state].directive ? s->state : SUB_START];

        return (const CommandList *)((const char *)c + l->offset);
}

bool service_command_is_main(const Service *s) {
        return s->state == SUB_START && s->settings.type != SERVICE_FORKING;
}

bool service_command_may_fail(Service *s) {
        const Config *c = service_config(s);
        bool running = !lists[s->state].directive;
        const CommandList *l = c ? commands_of(s, c) : NULL;
        uint32_t at = running ? 0 : s->command;

        return l && at < l->n && l->items[at].ignore_failure;
}

/* ---- the text that svexec gets ---- */

static const char *code_name(int code) {
        return code == CLD_EXITED ? "exited" : code == CLD_DUMPED ? "dumped" : "killed";
}

static int add_variable(char ***list, const char *prefix, const char *name, const char *value) {
        char *text;

        return asprintf(&text, "%s%s=%s", prefix, name, value) < 0 ? -ENOMEM
                                                                   : strv_push(list, text);
}

/* How S has ended: a signal by its name, as in systemd.exec(5), a status by its number. */
static int add_end(const Service *s, const char *prefix, char ***list) {
        char room[SIGNAL_NAME_MAX], number[16];
        const char *status = s->main_code == CLD_EXITED
                                     ? NULL
                                     : text_after(signal_name_format(s->main_status, room), "SIG");
        int r = add_variable(list, prefix, "SERVICE_RESULT",
                             service_settings_result_name((ServiceResult)s->result));

        if (s->main_code == 0 || r < 0)
                return r;
        snprintf(number, sizeof(number), "%d", s->main_status);
        r = add_variable(list, prefix, "EXIT_CODE", code_name(s->main_code));
        return r < 0 ? r : add_variable(list, prefix, "EXIT_STATUS", status ? status : number);
}

/* Of the unit whose OnFailure= or OnSuccess= has started this one. */
static int add_monitored(const Service *s, char ***list) {
        const char *name = unit_story_text(s->unit, STORY_TRIGGER);
        const Unit *u = name ? registry_find(s->manager->registry, name) : NULL;
        const Service *other = u && u->type == UNIT_SERVICE ? service_known(u) : NULL;
        int r = other ? add_end(other, "MONITOR_", list) : 0;

        if (!other || r < 0)
                return r;
        if (other->invocation[0])
                r = add_variable(list, "MONITOR_", "INVOCATION_ID", other->invocation);
        return r < 0 ? r : add_variable(list, "MONITOR_", "UNIT", u->id);
}

static int add_variables(const Service *s, StrBuf *b) {
        const Directive *d = directive_find(SECTION_INTERNAL, "Variables");
        _cleanup_strv_ char **list = NULL;
        bool ends = s->state == SUB_STOP || s->state == SUB_STOP_POST;
        bool begins = s->state == SUB_START_PRE || s->state == SUB_START;
        char pid[16];
        int r = 0;

        snprintf(pid, sizeof(pid), "%d", (int)s->main);
        if (s->main > 0)
                r = add_variable(&list, "", "MAINPID", pid);
        if (r >= 0 && ends)
                r = add_end(s, "", &list);
        if (r >= 0 && begins)
                r = add_monitored(s, &list);
        if (r >= 0)
                d->type->format(d, &list, b);
        return r;
}

static void add_kept(const Service *s, StrBuf *b) {
        static const char *const names[EXEC_KEPT_COUNT] = EXEC_KEPT_NAMES;
        bool any = false;

        for (size_t i = 0; s->kept && i < EXEC_KEPT_COUNT; i++) {
                if (s->kept[i].id == 0)
                        continue;
                strbuf_addf(b, "%s%s", any ? " " : "Kept=", names[i]);
                any = true;
        }
        if (any)
                strbuf_add_char(b, '\n');
}

static void add_fd_names(const Service *s, StrBuf *b) {
        for (size_t i = 0; i < s->n_fds; i++)
                strbuf_addf(b, "%s%s", i ? " " : "FdNames=", s->fds[i].name);
        if (s->n_fds > 0)
                strbuf_add_char(b, '\n');
}

/* Which command: of LIST (NULL: the one that cleans up), the one at INDEX. */
typedef struct Selected {
        const char *list;
        uint32_t index;
        bool passes_fds;   /* of FileDescriptorStoreMax= */
        const char *below; /* its own control group in the unit's; NULL: none */
} Selected;

static int add_facts(const Service *s, const Selected *x, StrBuf *b) {
        int r;

        strbuf_addf(b, "[X-Svexec]\nUnitName=%s\nInvocationId=%s\n", s->unit->id, s->invocation);
        if (x->list)
                strbuf_addf(b, "ExecList=%s\nExecIndex=%u\n", x->list, (unsigned)x->index);
        record_add(b, "RunId", s->run_id);
        record_add(b, "Without", s->without);
        if (s->settings.notify_access != NOTIFY_ACCESS_NONE)
                strbuf_add(b, "NotifySocket=" NOTIFY_SOCKET_PATH "\n");
        if (!x->list && s->unit->job && s->unit->job->type == JOB_RESTART)
                strbuf_add(b, "Restarting=yes\n");
        r = add_variables(s, b);
        add_kept(s, b);
        if (x->passes_fds)
                add_fd_names(s, b);
        return r;
}

/* The variables of all services. */
static void add_environment(const Service *s, StrBuf *b) {
        const Directive *d = directive_find(SECTION_SERVICE, "Environment");

        if (!s->manager->environment)
                return;
        strbuf_add(b, "[Service]\n");
        d->type->format(d, &s->manager->environment, b);
}

static int make_text(Service *s, const Selected *x, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *settings = NULL;
        const Config *c = service_config(s);
        int r = c ? config_format(c, &settings) : -EIO;

        if (r < 0)
                return r;
        /* what comes later wins; but a list that the unit emptied must not empty this one */
        if (c->environment)
                add_environment(s, &b);
        strbuf_add(&b, settings);
        strbuf_add_char(&b, '\n');
        if (!c->environment)
                add_environment(s, &b);
        r = add_facts(s, x, &b);
        return r < 0 ? r : strbuf_take(&b, ret);
}

/* ---- starting ---- */

static int *collect_fds(const Service *s, bool passes_fds, size_t *ret_n) {
        int *fds = calloc(EXEC_KEPT_COUNT + s->n_fds + 1, sizeof(int));
        size_t n = 0;

        if (!fds)
                return NULL;
        for (size_t i = 0; s->kept && i < EXEC_KEPT_COUNT; i++)
                if (s->kept[i].id != 0)
                        fds[n++] = s->kept[i].fd;
        for (size_t i = 0; passes_fds && i < s->n_fds; i++)
                fds[n++] = s->fds[i].fd;
        *ret_n = n;
        return fds;
}

/* Somebody may have frozen it. A service that starts or stops goes on; one that is up stays as it
 * is, without the command. */
static bool is_frozen(const Service *s, const char *path) {
        ActiveState active = service_fsm_active((ServiceState)s->state);

        if (active == ACTIVE_ACTIVATING || active == ACTIVE_DEACTIVATING)
                (void)group_thaw(&s->manager->groups, s->group);
        return group_is_frozen(&s->manager->groups, path);
}

/* The directory of the unit's group, or of BELOW in it; -EBADF: there are no groups. */
static int open_group(const Service *s, const char *below) {
        _cleanup_fd_ int fd = -EBADF;
        char path[PATH_MAX];

        if (!s->group)
                return -EBADF;
        snprintf(path, sizeof(path), "%s%s%s", s->group, below ? "/" : "", below ? below : "");
        fd = below ? group_renew(&s->manager->groups, path) : group_make(&s->manager->groups, path);
        if (fd >= 0 && (!group_is_ours(fd) || is_frozen(s, path))) {
                manager_say(s->unit, "its control group %s is frozen, or not ours", path);
                return -EAGAIN;
        }
        return TAKE_FD(fd);
}

/* A service with Delegate= that has enabled controllers for its own groups can have no process
 * beside these: ours gets a group of its own. */
static int spawn_beside(const Service *s, SpawnRequest *request) {
        _cleanup_fd_ int group = open_group(s, ".control");

        if (group < 0)
                return group;
        request->group = group;
        return spawn(request);
}

/* Makes the process, with SOCKET, when the record is written. */
static int clone_it(Service *s, const Selected *x, int socket) {
        _cleanup_free_ char *text = NULL;
        _cleanup_free_ int *fds = NULL;
        _cleanup_fd_ int group = -EBADF;
        SpawnRequest request;
        size_t n;
        int r = make_text(s, x, &text);

        if (r < 0)
                return r;
        fds = collect_fds(s, x->passes_fds, &n);
        if (!fds)
                return -ENOMEM;
        group = open_group(s, x->below);
        if (group < 0 && s->group)
                return group;
        service_mark(s);
        r = manager_flush_unit(s->manager, s->unit);
        if (r < 0)
                return r;
        request = (SpawnRequest){ .program = s->manager->executor,
                                  .name = s->unit->id,
                                  .argument = x->list ? NULL : "--finish",
                                  .text = text,
                                  .socket = socket,
                                  .group = group,
                                  .limited = s->group &&
                                             group_limit_is_set(&s->manager->groups, s->group),
                                  .fds = fds,
                                  .n_fds = n };
        r = spawn(&request);
        return r == -EBUSY && s->group ? spawn_beside(s, &request) : r;
}

int service_command_spawn(Service *s, const char *list, uint32_t index, int socket) {
        const Selected x = { .list = list, .index = index, .below = SERVICE_HEALTH_GROUP };

        return clone_it(s, &x, socket);
}

/* Starts the command that "command" counts to, or with LIST NULL the one that cleans up. */
static ServiceEvent start(Service *s, const char *list, bool as_main) {
        const Selected x = { .list = list,
                             .index = s->command,
                             .passes_fds = list && strcmp(list, "ExecStart") == 0 };
        _cleanup_fd_ int theirs = service_talk_open(s);
        int r = theirs;

        if (r >= 0) {
                s->acted = true;
                r = clone_it(s, &x, theirs);
        }
        if (r < 0) {
                service_talk_close(s);
                service_past_blame(s, "%s cannot be started: %s", list ? list : "cleaning up",
                                   strerror(-r));
                if (s->state == SUB_RELOAD) /* what runs is as good as before */
                        s->reload_failed = true;
                else
                        service_set_result(s, RESULT_RESOURCES);
                return EVENT_FAILED;
        }
        service_past_begin(s, r, as_main);
        service_mark(s);
        return EVENT_NONE;
}

static uint64_t span_of(const Service *s) {
        return service_fsm_active((ServiceState)s->state) == ACTIVE_DEACTIVATING
                       ? s->settings.timeout_stop
                       : s->settings.timeout_start;
}

static ServiceEvent run(Service *s) {
        const Config *c = service_config(s);

        if (!c) {
                service_past_blame(s, "without its settings there is no command");
                service_set_result(s, RESULT_RESOURCES);
                return EVENT_FAILED;
        }
        if (s->command >= commands_of(s, c)->n)
                return EVENT_DONE;
        service_set_deadline(s, span_of(s));
        return start(s, lists[s->state].directive, service_command_is_main(s));
}

ServiceEvent service_command_first(Service *s) {
        s->command = 0;
        return run(s);
}

ServiceEvent service_command_next(Service *s) {
        ServiceEvent event;

        s->command++;
        event = run(s);
        return event == EVENT_DONE && s->state == SUB_START ? EVENT_READY : event;
}

ServiceEvent service_command_again(Service *s) {
        if (s->state == SUB_CLEANING)
                return service_command_finish(s);
        if (lists[s->state].directive)
                return run(s);
        return start(s, lists[SUB_START].directive, true);
}

ServiceEvent service_command_finish(Service *s) {
        ServiceEvent event;

        if (s->run_id[0] == '\0')
                return EVENT_DONE;
        service_set_deadline(s, s->settings.timeout_stop);
        event = start(s, NULL, false);
        return event;
}
