/*
 * Starting one command. What the kernel cannot do is found out by trying;
 * fallback.h says whether the start is then tried again.
 */
#include "supervisor/tools/run/command.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/environment.h"
#include "supervisor/exec/find-program.h"
#include "supervisor/exec/host-cgroup.h"
#include "supervisor/exec/launch.h"
#include "supervisor/sandbox/exit-status.h"
#include "supervisor/tools/run/fallback.h"
#include "supervisor/tools/run/notify.h"
#include "supervisor/tools/run/result.h"
#include "units/command-line.h"

/* RootDirectoryStartOnly=: the other commands see the host. */
static bool sees_host_root(const Config *c, const char *phase) {
        return c->root_directory_start_only && !text_eq(phase, "ExecStart");
}

static PlanVariant variant_of(const Config *c, const Command *command, const char *phase) {
        bool start = text_eq(phase, "ExecStart");

        if (command->full_privileges)
                return PLAN_FULL_PRIVILEGES;
        if (command->no_setuid || (c->permissions_start_only && !start))
                return PLAN_NO_SETUID;
        return PLAN_FULL;
}

int command_plan(const Runner *r, const Command *command, const char *phase, Diag *diag,
                 Plan *ret) {
        PlanContext x = r->context;

        x.identity = &r->identity;
        x.host_root = sees_host_root(&r->settings.config, phase);
        x.variant = variant_of(&r->settings.config, command, phase);
        return plan_build(&r->settings.config, &x, diag, ret);
}

static const char *search_path(char *const *environment) {
        STRV_FOREACH(e, environment) {
                const char *value = text_after(*e, "PATH=");

                if (value)
                        return value;
        }
        return NULL;
}

static int build_environment(Runner *r, const char *phase, char ***ret) {
        char status[SIGNAL_NAME_MAX];
        const Ending *main_ending = r->main_known ? &r->main_ending : NULL;
        bool stops = text_after(phase, "ExecStop") != NULL;
        const EnvironmentContext x = {
                .identity = &r->identity,
                .base = r->context.base,
                .caller = environ,
                .extra = r->request->environment,
                .terminal = r->terminal >= 0 ? getenv("TERM") : NULL,
                .invocation_id = r->invocation_id,
                .notify_socket = r->notify_path,
                .main_pid = r->main_pid,
                .service_result = stops ? result_word(r) : NULL,
                .exit_code = stops ? result_code(main_ending) : NULL,
                .exit_status = stops ? result_status(main_ending, status) : NULL,
        };

        return environment_build(&r->settings.config, &x, &r->diag, ret);
}

static bool has_mounts(const Plan *p) {
        for (size_t i = 0; i < p->n; i++)
                if (op_is_mount(&p->ops[i]))
                        return true;
        return false;
}

/* Why a program that the sandbox does not have is not there. */
static const char *hint_of(const LaunchRequest *q, const LaunchFailure *f) {
        char path[PATH_MAX];

        if (f->is_op || f->exit_status != EXIT_EXEC || f->error != -ENOENT)
                return "";
        if (find_program(q->path, q->search, path) < 0)
                return "";
        return has_mounts(q->plan) ? "; it is there outside, but the sandbox hides it, or what it "
                                     "needs to run"
                                   : "; the interpreter that it names may be missing";
}

static void say_failure(const Runner *r, const LaunchRequest *q, const char *phase,
                        const LaunchFailure *f) {
        const char *hint = hint_of(q, f);

        if (f->is_op)
                runner_say(r, "%s=: %s", f->directive, f->text);
        else if (r->request->unit)
                runner_say(r, "%s=: %s%s", phase, f->text, hint);
        else
                runner_say(r, "%s%s", f->text, hint);
}

static int launch_or_say(Runner *r, LaunchRequest *q, const char *phase, pid_t *ret_pid,
                         Ending *ret_ending) {
        for (;;) {
                LaunchFailure f;
                int e = launch(q, ret_pid, &f);

                if (e != -ECANCELED) {
                        if (e < 0)
                                runner_say(r, "cannot start a process: %s", strerror(-e));
                        return e;
                }
                if (fallback_use(r, q->plan, &f))
                        continue;
                say_failure(r, q, phase, &f);
                *ret_ending = (Ending){ .status = f.exit_status };
                return e;
        }
}

/* Only commands with the whole sandbox share it. */
static void share_namespaces(Runner *r, const PlanVariant variant, LaunchRequest *q) {
        bool first = true;

        if (!r->share || variant == PLAN_FULL_PRIVILEGES)
                return;
        for (size_t i = 0; i < APPLY_NAMESPACES; i++)
                first = first && r->namespaces[i] < 0;
        if (first)
                q->keep = r->namespaces;
        else
                q->join = r->namespaces;
}

/* Which stream it was, the last remark says. */
static int stream_exit_status(const Diag *d) {
        const char *directive = d->n > 0 ? d->entries[d->n - 1].directive : NULL;

        if (directive && text_eq(directive, "StandardInput"))
                return EXIT_STDIN;
        return directive && text_eq(directive, "StandardError") ? EXIT_STDERR : EXIT_STDOUT;
}

static int fail_early(Runner *r, int exit_status, Ending *ret_ending) {
        runner_say_notes(r);
        *ret_ending = (Ending){ .status = exit_status };
        return -ECANCELED;
}

int command_start(Runner *r, const Command *command, const char *phase, pid_t *ret_pid,
                  Ending *ret_ending) {
        const Config *c = &r->settings.config;
        _cleanup_(plan_done) Plan plan = { 0 };
        _cleanup_(streams_done) Streams streams = STREAMS_INIT;
        _cleanup_strv_ char **environment = NULL, **argv = NULL;
        LaunchRequest q = { .plan = &plan,
                            .rootless = r->context.rootless,
                            .path = command->path,
                            .cgroup_fd = -EBADF,
                            .ignore_sigpipe = c->ignore_sigpipe };
        const Op *failed = NULL;
        int e;

        e = command_plan(r, command, phase, &r->diag, &plan);
        if (e < 0)
                return fail_early(r, EXIT_NAMESPACE, ret_ending);
        e = host_prepare(&r->host, &plan, &r->diag, &failed);
        if (e < 0)
                return fail_early(r, failed ? op_exit_status(failed) : EXIT_NAMESPACE, ret_ending);
        (void)host_cgroup_make(&r->host); /* what cannot do without says so */
        q.cgroup_fd = r->host.cgroup_fd;
        e = notify_open(r);
        if (e < 0) {
                diag_error(&r->diag, e, "cannot make the notification socket: %s", strerror(-e));
                return fail_early(r, EXIT_FDS, ret_ending);
        }
        e = build_environment(r, phase, &environment);
        if (e >= 0)
                e = command_line_substitute(command, environment, &r->diag, &argv);
        if (e < 0)
                return fail_early(r, EXIT_MEMORY, ret_ending);
        e = streams_open(c, r->streams, r->terminal, &r->diag, &streams);
        if (e < 0)
                return fail_early(r, stream_exit_status(&r->diag), ret_ending);
        q.argv = argv;
        q.environment = environment;
        q.search = search_path(environment);
        q.streams = streams.fds;
        q.controlling_terminal = r->terminal >= 0 && streams.fds[0] == r->terminal;
        runner_say_notes(r);
        if (!sees_host_root(c, phase))
                share_namespaces(r, variant_of(c, command, phase), &q);
        return launch_or_say(r, &q, phase, ret_pid, ret_ending);
}
