/*
 * From the facts to the command, in one process. Another one is made only for a
 * moment, where users are to be mapped into a namespace: that is done from outside.
 *
 * What was made on the host is reported in any case, so that it can be removed when the unit stops.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/caller.h"
#include "supervisor/exec/child.h"
#include "supervisor/exec/delegate.h"
#include "supervisor/exec/enforced.h"
#include "supervisor/exec/preparation.h"
#include "supervisor/exec/svexec/svexec.h"
#include "supervisor/exec/svexec/variables.h"
#include "supervisor/exec/tty.h"
#include "supervisor/exec/user-directories.h"
#include "supervisor/exec/without.h"
#include "supervisor/sandbox/apply/helper.h"
#include "supervisor/sandbox/exit-status.h"

enum { EXIT_CONFIG = 78 }; /* systemd.exec(5) takes it from sysexits.h */

typedef struct Start {
        Facts facts;
        const Command *command;
        UserDirectories directories;
        PlanContext context;
        Identity identity;
        Host host;
        LogStream log;
        char **variables;
        Preparation preparation;
        int kept[EXEC_KEPT_COUNT]; /* what is new, for the report */
        ExecReport report;
        Diag diag;
        Diag left; /* what is asked for and not had */
} Start;

static _noreturn_ void fail(Start *s, int exit_status, int error) {
        svexec_fail(&s->report, exit_status, error, &s->diag);
        (void)report_send(EXEC_FD_SOCKET, &s->report, s->kept);
        _exit(exit_status);
}

static bool is_strict(const Start *s) {
        return s->facts.config.enforce == ENFORCE_STRICT;
}

static void read_facts(Start *s) {
        int r = facts_read(&s->diag, &s->facts);

        if (r >= 0)
                r = facts_find_command(&s->facts, &s->diag, &s->command);
        if (r >= 0)
                r = fcntl(EXEC_FD_CGROUP, F_SETFD, FD_CLOEXEC) < 0
                            ? diag_error(&s->diag, -errno, "the control group is missing")
                            : 0;
        if (r < 0)
                fail(s, EXIT_CONFIG, r);
        r = enforced_check(&s->facts.config, true, is_strict(s),
                           is_strict(s) ? &s->diag : &s->left);
        if (r < 0)
                fail(s, EXIT_NAMESPACE, r);
}

static void begin_run(Start *s) {
        const Config *c = &s->facts.config;
        int r = host_init(&s->host, s->context.rootless);

        if (r >= 0 && c->fact_run_id)
                r = host_resume(&s->host, c->fact_run_id, s->facts.kept[EXEC_KEPT_RECORD]);
        if (r < 0) {
                diag_error(&s->diag, r, "the run %s cannot be begun: %s",
                           c->fact_run_id ? c->fact_run_id : "", strerror(-r));
                fail(s, EXIT_NAMESPACE, r);
        }
        REPORT_SET(s->report.run_id, s->host.id);
}

/* What is held already is not reported again. */
static void note_kept(Start *s) {
        if (s->facts.kept[EXEC_KEPT_RECORD] < 0)
                s->kept[EXEC_KEPT_RECORD] = s->host.record_fd;
        if (s->facts.kept[EXEC_KEPT_IDENTITY] < 0)
                s->kept[EXEC_KEPT_IDENTITY] = s->host.uid_lock_fd;
}

static void find_identity(Start *s) {
        int r = identity_resolve(&s->facts.config, s->facts.config.fact_unit_name, &s->diag,
                                 &s->identity);

        if (r < 0)
                fail(s, preparation_identity_status(&s->diag), r);
        r = host_claim_uid(&s->host, &s->identity, &s->diag);
        note_kept(s);
        if (r < 0)
                fail(s, EXIT_USER, r);
        if (!text_after(s->facts.config.fact_exec_list, "Exec"))
                return; /* a command of the supervisor's own has a group of its own */
        r = delegate_group(&s->facts.config, &s->identity, EXEC_FD_CGROUP, &s->diag);
        if (r < 0)
                fail(s, EXIT_CGROUP, r);
}

static void fill_context(Start *s) {
        const Config *c = &s->facts.config;
        PlanContext *x = &s->context;
        int r = user_directories_find(x->rootless, &s->directories);

        if (r >= 0)
                r = variables_make(&s->facts, &s->variables);
        if (r < 0)
                fail(s, EXIT_MEMORY, r);
        x->identity = &s->identity;
        x->unit_name = c->fact_unit_name;
        x->run_id = s->host.id;
        x->notify_socket = c->fact_notify_socket;
        for (size_t i = 0; i < DIRECTORY_BASES; i++)
                x->base[i] = s->directories.base[i];
}

/* What the kernel could not do before, it is asked about again: it may be another one by now. */
static void leave_out(Start *s, Plan *p) {
        STRV_FOREACH(without, s->facts.config.fact_without) {
                _cleanup_free_ char *said = NULL;
                const char *reason;

                if (is_strict(s) ||
                    without_is_needed(p, *without, s->context.rootless, &reason) <= 0)
                        continue;
                if (without_use(p, *without, reason, &said) > 0)
                        diag_warning(&s->left, "%s", said);
        }
}

/* TERM, where there is a terminal: that of the console is the manager's. */
static const char *terminal_name(const Config *c) {
        if (!tty_is_input(c))
                return NULL;
        if (text_eq(tty_path(c), "/dev/console") && getenv("TERM"))
                return getenv("TERM");
        return text_after(tty_path(c), "/dev/tty") && strspn(tty_path(c) + 8, "0123456789") > 0
                       ? "linux"
                       : "vt220";
}

static void prepare(Start *s) {
        const Config *c = &s->facts.config;
        PreparationRequest q = {
                .config = c,
                .command = s->command,
                .list = c->fact_exec_list,
                .context = s->context,
                .environment = { .caller = environ,
                                 .terminal = terminal_name(c),
                                 .invocation_id = c->fact_invocation_id,
                                 .notify_socket = c->fact_notify_socket,
                                 .variables = s->variables },
                .streams = { .defaults = { -EBADF, -EBADF, -EBADF },
                             .terminal = -EBADF,
                             .own_terminal = true,
                             .log = &s->log,
                             .passed = s->facts.passed,
                             .passed_names = c->fact_fd_names,
                             .n_passed = s->facts.n_passed },
        };
        int exit_status, r;

        s->log = log_stream_for(c, s->command, c->fact_unit_name);
        r = preparation_make(&q, &s->host, &s->diag, &exit_status, &s->preparation);
        note_kept(s);
        if (r < 0)
                fail(s, exit_status, r);
        leave_out(s, &s->preparation.plan);
}

/* Sockets of socket units are shared with the manager and the next process: NonBlocking= says how
 * all of them have it. */
static void set_blocking(Start *s) {
        const Config *c = &s->facts.config;

        for (size_t i = 0; i < s->facts.n_passed && i < (size_t)c->fact_socket_count; i++) {
                int flags = fcntl(s->facts.passed[i], F_GETFL);

                flags = c->non_blocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
                if (fcntl(s->facts.passed[i], F_SETFL, flags) < 0) {
                        diag_error(&s->diag, -errno, "a socket cannot be passed: %s",
                                   strerror(errno));
                        fail(s, EXIT_FDS, -errno);
                }
        }
}

static void start_helper(Start *s, ChildPeers *peers) {
        if (!plan_has(&s->preparation.plan, OP_USER_NAMESPACE))
                return;
        peers->helper_fd = helper_start(&peers->helper);
        if (peers->helper_fd >= 0)
                return;
        diag_error(&s->diag, peers->helper_fd, "cannot make a process that maps users: %s",
                   strerror(-peers->helper_fd));
        fail(s, EXIT_USER, peers->helper_fd);
}

static uint32_t count_directives(const Plan *p) {
        uint32_t n = 0;

        for (size_t i = 0; i < p->n; i++) {
                size_t earlier = 0;

                while (earlier < i && !text_eq(p->ops[earlier].directive, p->ops[i].directive))
                        earlier++;
                n += earlier == i;
        }
        return n;
}

/* Does anything of the run outlive this command, for the next one or for --finish? Mostly not, and
 * then no process has to look for it. */
static bool is_lasting(const Start *s) {
        const Config *c = &s->facts.config;
        bool any = c->fact_run_id || s->host.record_fd >= 0 || tty_is_input(c) ||
                   (s->preparation.shares && preparation_has_several(c));

        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++)
                any = any || s->kept[i] >= 0;
        return any;
}

static _noreturn_ void become(Start *s) {
        const int *namespaces = s->facts.kept + EXEC_KEPT_USER;
        const Preparation *p = &s->preparation;
        ChildPeers peers = { .report_fd = EXEC_FD_SOCKET, .helper_fd = -EBADF };
        const LaunchRequest q = {
                .plan = &s->preparation.plan,
                .rootless = s->context.rootless,
                .argv = p->argv,
                .path = s->command->path,
                .search = p->search,
                .environment = p->environment,
                .streams = p->streams.fds,
                .controlling_terminal = p->streams.own_terminal[0],
                .steal_terminal = p->steals_terminal,
                .ignore_sigpipe = s->facts.config.ignore_sigpipe,
                .cgroup_fd = EXEC_FD_CGROUP,
                .join = p->shares ? namespaces : NULL,
                .keep = p->shares && preparation_has_several(&s->facts.config),
                .passed = s->facts.passed,
                .n_passed = s->facts.n_passed,
                .kept = s->kept,
                .report = &s->report,
                .tried = s->facts.config.fact_without,
                .strict = is_strict(s),
        };

        if (!is_lasting(s))
                s->report.run_id[0] = '\0';
        start_helper(s, &peers);
        SVEXEC_PUT_LINES(s->report.text, &s->diag);
        SVEXEC_PUT_LINES(s->report.left, &s->left);
        s->report.enforced = count_directives(&s->preparation.plan);
        child_run(&q, &peers);
}

_noreturn_ void svexec_start(void) {
        Start s = { .host = HOST_INIT, .preparation.streams = STREAMS_INIT };

        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++)
                s.kept[i] = -EBADF;
        caller_fill(&s.context);
        read_facts(&s);
        begin_run(&s);
        find_identity(&s);
        fill_context(&s);
        prepare(&s);
        set_blocking(&s);
        become(&s);
}
