/*
 * One step after the other; each waits for its process, for a request to stop,
 * and for its time to run out. A step that fails leads to ExecStopPost=.
 */
#include "supervisor/tools/run/sequence.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/text.h"
#include "supervisor/tools/run/command.h"
#include "supervisor/tools/run/leftovers.h"
#include "supervisor/tools/run/main-pid.h"

enum {
        EXIT_TIMEOUT = 124, /* as timeout(1) has it */
        CONDITION_LAST = 254,
};

#define PID_FILE_POLL_USEC 20000ULL

static const Ending success = { .code = CLD_EXITED, .status = 0 };

static bool is_clean(const Runner *r, const Ending *e) {
        const ExitStatusSet *set = &r->settings->config.success_exit_status;

        if (e->code == CLD_EXITED)
                return e->status == 0 || set->codes[e->status / 64] >> (e->status % 64) & 1;
        if (e->code != CLD_KILLED)
                return false;
        /* systemd.service(5), "SuccessExitStatus=": these are always clean for a long-running one
         */
        return e->status == SIGHUP || e->status == SIGINT || e->status == SIGTERM ||
               e->status == SIGPIPE || (set->signals >> (e->status - 1) & 1);
}

void sequence_take_signal(Runner *r, int signal) {
        bool stops = signal == SIGTERM || signal == SIGINT || signal == SIGQUIT;

        if (r->request->unit && !r->request->command) {
                if (stops)
                        r->stop_signal = signal;
                else if (signal == SIGHUP && r->settings->config.exec_reload.n > 0)
                        r->reload = true;
                else if (r->main_pid > 0)
                        (void)kill(r->main_pid, signal);
                return;
        }
        r->stop_signal = stops || signal == SIGHUP ? signal : r->stop_signal;
        if (r->main_pid > 0)
                (void)kill(r->main_pid, signal);
}

static uint64_t stop_deadline(const Runner *r) {
        return events_deadline(r->settings->config.timeout_stop_sec);
}

/* Waits for PID, a process that is not the main one. A request to stop ends it when STOPPABLE. */
static int wait_control(Runner *r, pid_t pid, uint64_t deadline, bool stoppable, Ending *ret) {
        bool killed = false;
        Event e;

        for (;;) {
                int x = runner_wait(r, killed ? EVENTS_FOREVER : deadline, &e);

                if (x < 0)
                        return x;
                if (e.kind == EVENT_EXITED && e.pid == pid) {
                        *ret = (Ending){ e.code, e.status };
                        return 0;
                }
                if (!killed && (e.kind == EVENT_TIMEOUT || (stoppable && r->stop_signal))) {
                        if (e.kind == EVENT_TIMEOUT)
                                runner_say(
                                        r,
                                        "a command took longer than its timeout allows; ending it");
                        (void)kill(pid, SIGKILL);
                        killed = true;
                }
        }
}

/* All commands of one list, one after the other. Returns 0, or the ending of the one that failed as
 * -EIO. */
static int run_list(Runner *r, const CommandList *l, const char *phase, uint64_t span,
                    Ending *ret) {
        bool stoppable = text_after(phase, "ExecSt") && !text_after(phase, "ExecStop");

        for (size_t i = 0; i < l->n; i++) {
                Ending e = success;
                pid_t pid;
                int x = command_start(r, &l->items[i], phase, &pid, &e);

                if (x == 0)
                        x = wait_control(r, pid, events_deadline(span), stoppable, &e);
                if (x < 0 && x != -ECANCELED)
                        return x;
                if (r->abandoned)
                        return -ECANCELED;
                if ((x == 0 && e.code == CLD_EXITED && e.status == 0) || l->items[i].ignore_failure)
                        continue;
                *ret = e;
                return -EIO;
        }
        return 0;
}

/* Exit status 1 to 254 skips the unit without failing it: 1. Failure: negative. */
static int check_conditions(Runner *r, Ending *ret) {
        const Config *c = &r->settings->config;
        int x = run_list(r, &c->exec_condition, "ExecCondition", c->timeout_start_sec, ret);

        if (x != -EIO)
                return x;
        if (ret->code != CLD_EXITED || ret->status > CONDITION_LAST || ret->status < 1)
                return x;
        if (!r->request->quiet)
                runner_say(r, "%s is not started: ExecCondition= ended with %d",
                           r->settings->unit_name, ret->status);
        *ret = success;
        return 1;
}

static int wait_ready(Runner *r, uint64_t deadline, Ending *ret) {
        Event e;

        while (!r->ready) {
                int x = runner_wait(r, deadline, &e);

                if (x < 0)
                        return x;
                if (r->ready || r->stop_signal)
                        break;
                if (r->main_known) {
                        *ret = r->main_ending;
                        runner_say(r,
                                   "the service ended before it said that it was ready (READY=1)");
                        return -EIO;
                }
                if (e.kind == EVENT_TIMEOUT) {
                        *ret = (Ending){ .status = EXIT_TIMEOUT };
                        runner_say(r, "the service did not say READY=1 within TimeoutStartSec=");
                        return -EIO;
                }
        }
        if (r->notified_pid > 0 && leftovers_has(r->notified_pid))
                r->main_pid = r->notified_pid;
        return 0;
}

/* The first process of a forking service ends when the service is up; the pid file may come a
 * little later. */
static int wait_forked(Runner *r, pid_t pid, uint64_t deadline, Ending *ret) {
        int x = wait_control(r, pid, deadline, true, ret);
        Event e;

        if (x < 0)
                return x;
        if (ret->code != CLD_EXITED || ret->status != 0)
                return -EIO;
        for (;;) {
                pid_t found = main_pid_find(r);

                if (found != -EAGAIN) {
                        r->main_pid = found;
                        return 0;
                }
                if (events_now() >= deadline || !runner_has_children()) {
                        runner_say(r, "PIDFile=: the service wrote no pid of its own to %s",
                                   r->settings->config.pid_file);
                        *ret = (Ending){ .status = EXIT_TIMEOUT };
                        return -EIO;
                }
                x = runner_wait(r, events_deadline(PID_FILE_POLL_USEC), &e);
                if (x < 0 || r->stop_signal)
                        return x;
        }
}

/* Starts the main process and waits until the unit counts as started. */
static int start_main(Runner *r, Ending *ret) {
        const Config *c = &r->settings->config;
        uint64_t deadline = events_deadline(c->timeout_start_sec);
        pid_t pid;
        int x;

        if (c->exec_start.n == 0)
                return 0;
        if (c->service_type == SERVICE_ONESHOT)
                return run_list(r, &c->exec_start, "ExecStart", c->timeout_start_sec, ret);
        x = command_start(r, &c->exec_start.items[0], "ExecStart", &pid, ret);
        if (x < 0)
                return x == -ECANCELED && !r->abandoned ? -EIO : x;
        if (c->service_type == SERVICE_FORKING)
                return wait_forked(r, pid, deadline, ret);
        r->main_pid = pid;
        if (c->service_type == SERVICE_NOTIFY || c->service_type == SERVICE_NOTIFY_RELOAD)
                return wait_ready(r, deadline, ret);
        return 0;
}

static int reload(Runner *r) {
        const Config *c = &r->settings->config;
        Ending e;

        r->reload = false;
        return run_list(r, &c->exec_reload, "ExecReload", c->timeout_start_sec, &e) == -ECANCELED
                       ? -ECANCELED
                       : 0;
}

/* Until the main process ends (or, without one, until nothing is left), or a stop is asked for. */
static int run_main(Runner *r) {
        const Config *c = &r->settings->config;
        bool oneshot = c->service_type == SERVICE_ONESHOT;
        Event e;

        while (!r->stop_signal && !r->main_known) {
                int x;

                if (r->main_pid == 0 && (oneshot ? !c->remain_after_exit : !runner_has_children()))
                        return 0;
                x = runner_wait(r, EVENTS_FOREVER, &e);
                if (x >= 0 && r->reload)
                        x = reload(r);
                if (x < 0)
                        return x;
        }
        return 0;
}

/* KillSignal= to whom KillMode= names, then time to end. Leftovers are ended by the runner. */
static int stop_main(Runner *r) {
        const Config *c = &r->settings->config;
        uint64_t deadline = stop_deadline(r);
        Event e;

        if (r->main_pid > 0) {
                (void)kill(r->main_pid, c->kill_signal);
                (void)kill(r->main_pid, SIGCONT);
        }
        if (c->kill_mode == KILL_CONTROL_GROUP)
                (void)leftovers_signal(c->kill_signal, r->main_pid);
        while (r->main_pid > 0 || (c->kill_mode == KILL_CONTROL_GROUP && runner_has_children())) {
                int x = runner_wait(r, deadline, &e);

                if (x < 0)
                        return x;
                if (e.kind != EVENT_TIMEOUT)
                        continue;
                runner_say(r, "the service did not end within TimeoutStopSec=; killing it");
                leftovers_kill();
                r->main_pid = 0;
                r->main_ending = (Ending){ CLD_KILLED, SIGKILL };
                r->main_known = true;
                return 0;
        }
        return 0;
}

/* From ExecStartPre= to the end of the main process. Returns 0, -EIO with the failed step's ending,
 * or another negative errno. */
static int start_and_run(Runner *r, bool *ret_started, Ending *ret) {
        const Config *c = &r->settings->config;
        int x = run_list(r, &c->exec_start_pre, "ExecStartPre", c->timeout_start_sec, ret);

        if (x >= 0 && !r->stop_signal)
                x = start_main(r, ret);
        if (x >= 0 && !r->stop_signal)
                x = run_list(r, &c->exec_start_post, "ExecStartPost", c->timeout_start_sec, ret);
        if (x < 0)
                return x;
        *ret_started = true;
        return run_main(r);
}

static int run_unit(Runner *r) {
        const Config *c = &r->settings->config;
        Ending ending = success, ignored;
        bool started = false;
        int x = check_conditions(r, &ending);

        if (x > 0)
                return 0;
        if (x >= 0)
                x = start_and_run(r, &started, &ending);
        if (started && x >= 0)
                x = run_list(r, &c->exec_stop, "ExecStop", c->timeout_stop_sec, &ignored);
        if (!r->abandoned)
                (void)stop_main(r);
        if (!r->abandoned)
                (void)run_list(r, &c->exec_stop_post, "ExecStopPost", c->timeout_stop_sec,
                               &ignored);
        if (r->main_known && ending.code == CLD_EXITED && ending.status == 0)
                ending = r->main_ending;
        return is_clean(r, &ending) && (r->stop_signal || ending.code == CLD_EXITED)
                       ? 0
                       : runner_status(&ending);
}

static int run_command(Runner *r) {
        const Command command = {
                .path = r->request->command[0],
                .argv = r->request->command,
                .no_environment = true,
        };
        Ending ending = success;
        Event e;

        if (command_start(r, &command, "ExecStart", &r->main_pid, &ending) < 0)
                return runner_status(&ending);
        while (!r->main_known)
                if (runner_wait(r, EVENTS_FOREVER, &e) < 0)
                        return 128 + SIGKILL;
        return runner_status(&r->main_ending);
}

int sequence_run(Runner *r) {
        const Config *c = &r->settings->config;

        r->share = !r->request->command && c->exec_condition.n + c->exec_start_pre.n +
                                                           c->exec_start.n + c->exec_start_post.n +
                                                           c->exec_reload.n + c->exec_stop.n +
                                                           c->exec_stop_post.n >
                                                   1;
        return r->request->command ? run_command(r) : run_unit(r);
}
