/*
 * Starting one command. What the kernel cannot do is found out by trying;
 * without.h says whether the start is then tried again.
 */
#include "supervisor/tools/run/command.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/find-program.h"
#include "supervisor/exec/host-cgroup.h"
#include "supervisor/exec/launch.h"
#include "supervisor/exec/preparation.h"
#include "supervisor/exec/without.h"
#include "supervisor/sandbox/exit-status.h"
#include "supervisor/tools/run/notify.h"
#include "supervisor/tools/run/result.h"

static void fill_request(const Runner *r, const Command *command, const char *phase,
                         PreparationRequest *ret) {
        *ret = (PreparationRequest){
                .config = &r->settings.config,
                .command = command,
                .list = phase,
                .context = r->context,
                .streams = { .defaults = { r->streams[0], r->streams[1], r->streams[2] },
                             .terminal = r->terminal },
        };
        ret->context.identity = &r->identity;
}

int command_plan(const Runner *r, const Command *command, const char *phase, Diag *diag,
                 Plan *ret) {
        PreparationRequest q;

        fill_request(r, command, phase, &q);
        return preparation_plan(&q, diag, ret);
}

/* STATUS is room for the name of a signal. */
static void fill_environment(const Runner *r, const char *phase, char status[SIGNAL_NAME_MAX],
                             EnvironmentContext *x) {
        const Ending *main_ending = r->main_known ? &r->main_ending : NULL;
        bool stops = text_after(phase, "ExecStop") != NULL;

        x->caller = environ;
        x->extra = r->request->environment;
        x->terminal = r->terminal >= 0 ? getenv("TERM") : NULL;
        x->invocation_id = r->invocation_id;
        x->notify_socket = r->notify_path;
        x->main_pid = r->main_pid;
        x->service_result = stops ? result_word(r) : NULL;
        x->exit_code = stops ? result_code(main_ending) : NULL;
        x->exit_status = stops ? result_status(main_ending, status) : NULL;
}

static bool has_mounts(const Plan *p) {
        for (size_t i = 0; i < p->n; i++)
                if (op_is_mount(&p->ops[i]))
                        return true;
        return false;
}

/* Why a program that the sandbox does not have is not there. */
static const char *hint_of(const LaunchRequest *q, const ExecReport *f) {
        char path[PATH_MAX];

        if (*f->without || f->exit_status != EXIT_EXEC || f->error != -ENOENT)
                return "";
        if (find_program(q->path, q->search, path) < 0)
                return "";
        if (q->path[0] != '/' && strchr(q->path, '/'))
                return "; such a path begins in the command's working directory, which -d makes "
                       "this one";
        return has_mounts(q->plan) ? "; it is there outside, but the sandbox hides it, or what it "
                                     "needs to run"
                                   : "; the interpreter that it names may be missing";
}

static void say_failure(const Runner *r, const LaunchRequest *q, const char *phase,
                        const ExecReport *f) {
        const char *hint = hint_of(q, f);

        if (*f->directive)
                runner_say(r, "%s=: %s", f->directive, f->text);
        else if (r->request->unit)
                runner_say(r, "%s=: %s%s", phase, f->text, hint);
        else
                runner_say(r, "%s%s", f->text, hint);
}

/* A control group that cannot be recorded would stay for ever. */
static bool lacks_record(const LaunchRequest *q, const ExecReport *f) {
        return text_after(f->without, "device-policy:") && q->cgroup_fd == -EROFS;
}

/* Can it be tried again, without what failed? */
static bool use_without(Runner *r, const LaunchRequest *q, const ExecReport *f) {
        static const char no_record[] = "its control group has to be recorded in /run/svalinn, and "
                                        "/run is read-only";
        _cleanup_free_ char *said = NULL;
        const char *reason = no_record;
        Plan *p = q->plan;

        if (!*f->without || (!lacks_record(q, f) &&
                             without_is_needed(p, f->without, r->context.rootless, &reason) <= 0))
                return false;
        if (r->settings.strict) {
                runner_say(r, "%s=: %s; Enforce=warn would run without it", f->directive, reason);
                return false;
        }
        if (without_use(p, f->without, reason, &said) <= 0)
                return false;
        if (runner_is_news(r, said))
                runner_say(r, "%s", said);
        return true;
}

/* Without our memory there is little left to do; svrun cleans up then, as for every runner that was
 * killed. Nobody else can be there yet: a unit with more commands does not share its memory. */
static _noreturn_ void give_up(const Runner *r, const ExecReport *f) {
        char line[sizeof(f->text) + 32];
        int n = snprintf(line, sizeof(line), "%s: %s%s\n", request_program.name, f->text,
                         r->terminal >= 0 ? "\r" : "");

        (void)fd_write_all(STDERR_FILENO, line, (size_t)n);
        if (f->exit_status == 0)
                (void)raise(SIGKILL);
        _exit(f->exit_status);
}

/* Takes in what was asked of us meanwhile. */
static void take_requests(Runner *r) {
        Event e;

        do {
                if (runner_wait(r, 0, &e) < 0)
                        return;
        } while (e.kind != EVENT_TIMEOUT);
}

static int out_of_patience(Runner *r, const LaunchRequest *q, const char *phase,
                           Ending *ret_ending) {
        take_requests(r);
        if (!r->abandoned)
                runner_say(r, "%s=: %s could not be executed within Timeout%sSec=; it was killed",
                           phase, q->path,
                           r->stop_signal || text_after(phase, "ExecStop") ? "Stop" : "Start");
        *ret_ending = (Ending){ CLD_KILLED, SIGKILL };
        return -ETIMEDOUT;
}

static int launch_or_say(Runner *r, LaunchRequest *q, const char *phase, pid_t *ret_pid,
                         Ending *ret_ending) {
        for (;;) {
                ExecReport f;
                int e = launch(q, ret_pid, r->kept, &f);

                if (e == -ENOTRECOVERABLE)
                        give_up(r, &f);
                if (e == -ETIMEDOUT)
                        return out_of_patience(r, q, phase, ret_ending);
                if (e != -ECANCELED) {
                        if (e < 0)
                                runner_say(r, "cannot start a process: %s", strerror(-e));
                        return e;
                }
                if (use_without(r, q, &f))
                        continue;
                say_failure(r, q, phase, &f);
                *ret_ending = (Ending){ .status = f.exit_status };
                return e;
        }
}

static int fail_early(Runner *r, int exit_status, Ending *ret_ending) {
        runner_say_notes(r);
        *ret_ending = (Ending){ .status = exit_status };
        return -ECANCELED;
}

static LaunchPatience patience(const Runner *r, const char *phase) {
        const Config *c = &r->settings.config;
        bool stops = text_after(phase, "ExecStop") != NULL;

        return (LaunchPatience){
                .end_fd = r->events.lifeline,
                /* what runs because of the stop is not stopped by it */
                .stop_fd = stops ? -EBADF : r->events.stop_fd,
                .start_usec = stops ? c->timeout_stop_sec : c->timeout_start_sec,
                .stop_usec = runner_stop_span(r),
        };
}

/* Only commands with the whole sandbox share it. */
static void share_namespaces(Runner *r, LaunchRequest *q) {
        const int *namespaces = r->kept + EXEC_KEPT_USER;

        q->keep = r->share;
        for (size_t i = 0; r->share && i < APPLY_NAMESPACES; i++)
                if (namespaces[i] >= 0)
                        q->join = namespaces;
}

int command_start(Runner *r, const Command *command, const char *phase, pid_t *ret_pid,
                  Ending *ret_ending) {
        _cleanup_(preparation_done) Preparation p = { .streams = STREAMS_INIT };
        char status[SIGNAL_NAME_MAX];
        PreparationRequest request;
        LaunchRequest q;
        int e, exit_status, no_group;

        fill_request(r, command, phase, &request);
        fill_environment(r, phase, status, &request.environment);
        e = preparation_make(&request, &r->host, &r->diag, &exit_status, &p);
        if (e < 0)
                return fail_early(r, exit_status, ret_ending);
        no_group = host_cgroup_make(&r->host); /* what cannot do without says so */
        e = notify_open(r);
        if (e < 0) {
                diag_error(&r->diag, e, "cannot make the notification socket: %s", strerror(-e));
                return fail_early(r, EXIT_FDS, ret_ending);
        }
        q = (LaunchRequest){
                .plan = &p.plan,
                .rootless = r->context.rootless,
                .path = command->path,
                .argv = p.argv,
                .environment = p.environment,
                .search = p.search,
                .streams = p.streams.fds,
                .controlling_terminal = p.streams.own_terminal[0] ||
                                        (r->terminal >= 0 && p.streams.fds[0] == r->terminal),
                .steal_terminal = !p.streams.own_terminal[0] || p.steals_terminal,
                .ignore_sigpipe = r->settings.config.ignore_sigpipe,
                .cgroup_fd = no_group < 0 ? no_group : r->host.cgroup_fd,
                .copies = r->share,
                .patience = patience(r, phase),
        };
        runner_say_notes(r);
        if (p.shares)
                share_namespaces(r, &q);
        return launch_or_say(r, &q, phase, ret_pid, ret_ending);
}
