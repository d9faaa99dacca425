/*
 * One step after the other; each waits for its process, for a request to stop,
 * and for its time to run out. A step that fails leads to ExecStopPost=.
 */
#include "supervisor/tools/run/sequence.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/text.h"
#include "supervisor/exec/preparation.h"
#include "supervisor/tools/run/command.h"
#include "supervisor/tools/run/leftovers.h"
#include "supervisor/tools/run/main-pid.h"
#include "supervisor/tools/run/notify.h"
#include "supervisor/tools/run/result.h"

enum {
        EXIT_TIMEOUT = 124, /* as timeout(1) has it */
        CONDITION_LAST = 254,
};

#define PID_FILE_POLL_USEC 20000ULL

static const Ending success = { .code = CLD_EXITED, .status = 0 };

void sequence_take_signal(Runner *r, int signal) {
        bool stops = events_is_stop(signal);

        if (r->request->unit && !r->request->command) {
                if (stops)
                        r->stop_signal = signal;
                else if (signal == SIGHUP && r->settings.config.exec_reload.n > 0)
                        r->reload = true;
                else if (r->main_pid > 0)
                        (void)leftovers_signal_one(signal, r->main_pid);
                return;
        }
        r->stop_signal = stops || signal == SIGHUP ? signal : r->stop_signal;
        if (r->main_pid > 0)
                (void)leftovers_signal_one(signal, r->main_pid);
}

static uint64_t stop_deadline(const Runner *r) {
        return clock_deadline(r->settings.config.timeout_stop_sec);
}

/* A process that is not the main one, while the others wait for it. */
typedef struct Control {
        const char *phase; /* the directive */
        const Command *command;
        pid_t pid;
        uint64_t deadline;
        bool stoppable; /* a request to stop ends it */
} Control;

/* Asks it to end: first with KillSignal=, then, the second time, so that it must. What it started
 * goes along where KillMode= says so, since all of this belongs to one stop with one timeout; a
 * service that is only being reloaded stays. Returns until when to wait. */
static uint64_t end_control(Runner *r, const Control *control, bool again) {
        const Config *c = &r->settings.config;
        int signal = again ? SIGKILL : c->kill_signal;
        bool all = c->kill_mode == KILL_CONTROL_GROUP || (c->kill_mode == KILL_MIXED && again);

        (void)kill(control->pid, signal);
        (void)kill(control->pid, SIGCONT);
        if (all && !text_eq(control->phase, "ExecReload")) {
                (void)leftovers_signal(signal, r->main_pid);
                (void)leftovers_signal(SIGCONT, r->main_pid);
        }
        return again ? CLOCK_FOREVER : stop_deadline(r);
}

static void say_late(const Runner *r, const Control *control) {
        bool stops = text_after(control->phase, "ExecStop") != NULL;

        runner_say(r, "%s=: %s did not end within Timeout%sSec=; ending it", control->phase,
                   control->command->path, stops ? "Stop" : "Start");
}

/* Returns 0, or 1 when its time ran out: that is a failure, however it ended then. */
static int wait_control(Runner *r, const Control *control, Ending *ret) {
        uint64_t deadline = control->deadline;
        bool ending = false, late = false;
        Event e;

        for (;;) {
                int x = runner_wait(r, deadline, &e);

                if (x < 0)
                        return x;
                if (e.kind == EVENT_EXITED && e.pid == control->pid) {
                        *ret = (Ending){ e.code, e.status };
                        return late;
                }
                if (e.kind == EVENT_TIMEOUT) {
                        if (!late)
                                say_late(r, control);
                        late = true;
                } else if (ending || !control->stoppable || !r->stop_signal)
                        continue;
                deadline = end_control(r, control, ending);
                ending = true;
        }
}

/* A reload that takes too long leaves the service as it was. */
static int out_of_time(Runner *r, const char *phase, Ending *ret) {
        if (!text_eq(phase, "ExecReload"))
                result_set(r, "timeout");
        *ret = (Ending){ .status = EXIT_TIMEOUT };
        return -EIO;
}

/* All commands of one list, one after the other. Returns 0, or the ending of the one that failed as
 * -EIO. "-" before a command forgives how it ended, but not that it took too long. */
static int run_list(Runner *r, const CommandList *l, const char *phase, uint64_t span,
                    Ending *ret) {
        bool stoppable = text_after(phase, "ExecSt") && !text_after(phase, "ExecStop");

        for (size_t i = 0; i < l->n; i++) {
                Control control = { .phase = phase,
                                    .command = &l->items[i],
                                    .stoppable = stoppable };
                Ending e = success;
                int x = command_start(r, &l->items[i], phase, &control.pid, &e);

                control.deadline = clock_deadline(span);
                if (x == 0)
                        x = wait_control(r, &control, &e);
                if (x < 0 && x != -ECANCELED && x != -ETIMEDOUT)
                        return x;
                if (r->abandoned)
                        return -ECANCELED;
                if (x == 1 || x == -ETIMEDOUT)
                        return out_of_time(r, phase, ret);
                if ((x == 0 && e.code == CLD_EXITED && e.status == 0) || l->items[i].ignore_failure)
                        continue;
                if (!text_eq(phase, "ExecReload") && !(stoppable && r->stop_signal))
                        result_set_ending(r, &e);
                *ret = e;
                return -EIO;
        }
        return 0;
}

/* Exit status 1 to 254 skips the unit without failing it: 1. Failure: negative. */
static int check_conditions(Runner *r, Ending *ret) {
        const Config *c = &r->settings.config;
        int x = run_list(r, &c->exec_condition, "ExecCondition", c->timeout_start_sec, ret);

        if (x != -EIO)
                return x;
        if (ret->code != CLD_EXITED || ret->status > CONDITION_LAST || ret->status < 1)
                return x;
        if (!r->request->quiet)
                runner_say(r, "%s is not started: ExecCondition= ended with %d",
                           r->settings.unit_name, ret->status);
        r->result = "exec-condition";
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
                        result_set(r, "protocol");
                        runner_say(r,
                                   "the service ended before it said that it was ready (READY=1)");
                        return -EIO;
                }
                if (e.kind == EVENT_TIMEOUT) {
                        *ret = (Ending){ .status = EXIT_TIMEOUT };
                        result_set(r, "timeout");
                        runner_say(r, "the service did not say READY=1 within TimeoutStartSec=");
                        return -EIO;
                }
        }
        return 0;
}

static int no_main_pid(Runner *r, bool late, Ending *ret) {
        runner_say(r, "PIDFile=: the service %s a pid of its own to %s%s",
                   late ? "did not write" : "ended before it wrote", r->settings.config.pid_file,
                   late ? " within TimeoutStartSec=" : "");
        *ret = (Ending){ .code = CLD_EXITED, .status = late ? EXIT_TIMEOUT : EXIT_FAILURE };
        result_set(r, late ? "timeout" : "protocol");
        return -EIO;
}

/* The pid file may come a little later than the end of the process that forked. */
static int wait_main_pid(Runner *r, uint64_t deadline, Ending *ret) {
        Event e;

        for (;;) {
                int x;
                pid_t found = main_pid_find(r);

                if (found != -EAGAIN) {
                        runner_set_main(r, found);
                        return 0;
                }
                if (!runner_has_children())
                        return no_main_pid(r, false, ret);
                if (clock_now() >= deadline)
                        return no_main_pid(r, true, ret);
                x = runner_wait(r, clock_deadline(PID_FILE_POLL_USEC), &e);
                if (x < 0 || r->stop_signal)
                        return x;
        }
}

/* "-" before the command. */
static bool main_may_fail(const Runner *r) {
        const CommandList *start = &r->settings.config.exec_start;

        return start->n > 0 && start->items[0].ignore_failure;
}

/* The first process of a forking service ends when the service is up. */
static int wait_forked(Runner *r, pid_t pid, uint64_t deadline, Ending *ret) {
        const Config *c = &r->settings.config;
        const Control control = { .phase = "ExecStart",
                                  .command = &c->exec_start.items[0],
                                  .pid = pid,
                                  .deadline = deadline,
                                  .stoppable = true };
        int x = wait_control(r, &control, ret);
        pid_t found;

        if (x < 0)
                return x;
        if (x == 1)
                return out_of_time(r, "ExecStart", ret);
        if (ret->code != CLD_EXITED || ret->status != 0) {
                if (!main_may_fail(r)) {
                        result_set_ending(r, ret);
                        return -EIO;
                }
                *ret = success;
        }
        if (c->exec_start_post.n == 0)
                return wait_main_pid(r, deadline, ret);
        /* the commands of ExecStartPost= may be who writes the pid file */
        found = main_pid_find(r);
        runner_set_main(r, found > 0 ? found : 0);
        return 0;
}

/* A command that could not be executed; "-" before it makes that no failure. */
static int start_failed(Runner *r, Ending *ret) {
        const Config *c = &r->settings.config;

        if (!main_may_fail(r) || notify_is_awaited(c)) {
                result_set_ending(r, ret);
                return -EIO;
        }
        r->main_ending = (Ending){ CLD_EXITED, ret->status };
        r->main_known = true;
        *ret = success;
        return 0;
}

/* Starts the main process and waits until the unit counts as started. */
static int start_main(Runner *r, Ending *ret) {
        const Config *c = &r->settings.config;
        uint64_t deadline = clock_deadline(c->timeout_start_sec);
        pid_t pid;
        int x;

        if (c->exec_start.n == 0)
                return 0;
        if (c->service_type == SERVICE_ONESHOT)
                return run_list(r, &c->exec_start, "ExecStart", c->timeout_start_sec, ret);
        x = command_start(r, &c->exec_start.items[0], "ExecStart", &pid, ret);
        if (x == -ETIMEDOUT && !r->abandoned)
                return out_of_time(r, "ExecStart", ret);
        if (x < 0)
                return x == -ECANCELED && !r->abandoned ? start_failed(r, ret) : x;
        if (c->service_type == SERVICE_FORKING)
                return wait_forked(r, pid, deadline, ret);
        r->main_pid = pid;
        return notify_is_awaited(c) ? wait_ready(r, deadline, ret) : 0;
}

/* ExecStartPost=; after it the main process of a forking service is to be known. */
static int finish_start(Runner *r, Ending *ret) {
        const Config *c = &r->settings.config;
        int x = run_list(r, &c->exec_start_post, "ExecStartPost", c->timeout_start_sec, ret);

        if (x < 0 || c->service_type != SERVICE_FORKING || c->exec_start_post.n == 0 ||
            r->main_pid > 0 || r->main_known || r->stop_signal)
                return x;
        return wait_main_pid(r, clock_deadline(c->timeout_start_sec), ret);
}

static int reload(Runner *r) {
        const Config *c = &r->settings.config;
        Ending e;

        r->reload = false;
        return run_list(r, &c->exec_reload, "ExecReload", c->timeout_start_sec, &e) == -ECANCELED
                       ? -ECANCELED
                       : 0;
}

/* The main process has ended (or, without one, nothing is left), or a stop was asked for. */
static bool is_over(const Runner *r) {
        const Config *c = &r->settings.config;

        if (r->stop_signal || (r->main_known && !result_is_clean(r, &r->main_ending)))
                return true;
        if (c->remain_after_exit || r->main_pid > 0)
                return false;
        return r->main_known || c->service_type == SERVICE_ONESHOT || !runner_has_children();
}

static int run_main(Runner *r) {
        Event e;

        while (!is_over(r)) {
                int x = runner_wait(r, CLOCK_FOREVER, &e);

                if (x >= 0 && r->reload)
                        x = reload(r);
                if (x < 0)
                        return x;
        }
        return 0;
}

/* KillSignal= to whom KillMode= names, then time to end. Leftovers are ended by the runner. */
static int stop_main(Runner *r) {
        const Config *c = &r->settings.config;
        uint64_t deadline = stop_deadline(r);
        Event e;

        if (r->main_pid > 0) {
                (void)leftovers_signal_one(c->kill_signal, r->main_pid);
                (void)leftovers_signal_one(SIGCONT, r->main_pid);
        }
        if (c->kill_mode == KILL_CONTROL_GROUP)
                (void)leftovers_signal(c->kill_signal, r->main_pid);
        if (c->send_sighup && c->kill_mode == KILL_CONTROL_GROUP)
                (void)leftovers_signal(SIGHUP, 0);
        else if (c->send_sighup && r->main_pid > 0)
                (void)leftovers_signal_one(SIGHUP, r->main_pid);
        while (r->main_pid > 0 || (c->kill_mode == KILL_CONTROL_GROUP && runner_has_children())) {
                int x = runner_wait(r, deadline, &e);

                if (x < 0)
                        return x;
                if (e.kind != EVENT_TIMEOUT)
                        continue;
                runner_say(r, "the service did not end within TimeoutStopSec=; killing it");
                result_set(r, "timeout");
                /* not by the control group: Linux 6.18 kills whatever is cloned into one later */
                leftovers_kill(false);
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
        const Config *c = &r->settings.config;
        int x = run_list(r, &c->exec_start_pre, "ExecStartPre", c->timeout_start_sec, ret);

        if (x >= 0 && !r->stop_signal)
                x = start_main(r, ret);
        if (x >= 0 && !r->stop_signal)
                x = finish_start(r, ret);
        if (x < 0)
                return x;
        *ret_started = true;
        return run_main(r);
}

/* What the unit as a whole comes to: its failed step, or its main process. */
static int unit_status(const Runner *r, Ending ending) {
        if (r->main_known && ending.code == CLD_EXITED && ending.status == 0) {
                if (main_may_fail(r))
                        return 0;
                ending = r->main_ending;
        }
        if (!result_is_clean(r, &ending) || (!r->stop_signal && ending.code != CLD_EXITED))
                return runner_status(&ending);
        /* each process ended well, but too early or too late */
        return r->result && !text_eq(r->result, "exec-condition") ? EXIT_FAILURE : 0;
}

static int run_unit(Runner *r) {
        const Config *c = &r->settings.config;
        Ending ending = success, ignored;
        bool started = false;
        int x = check_conditions(r, &ending);

        if (x == 0)
                x = start_and_run(r, &started, &ending);
        if (r->main_known && !main_may_fail(r))
                result_set_ending(r, &r->main_ending);
        if (started && x >= 0)
                x = run_list(r, &c->exec_stop, "ExecStop", c->timeout_stop_sec, &ignored);
        if (!r->abandoned)
                (void)stop_main(r);
        if (r->main_known && !main_may_fail(r))
                result_set_ending(r, &r->main_ending);
        if (!r->abandoned)
                (void)run_list(r, &c->exec_stop_post, "ExecStopPost", c->timeout_stop_sec,
                               &ignored);
        return unit_status(r, ending);
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
                if (runner_wait(r, CLOCK_FOREVER, &e) < 0)
                        return 128 + SIGKILL;
        return runner_status(&r->main_ending);
}

int sequence_run(Runner *r) {
        const Config *c = &r->settings.config;

        r->share = !r->request->command && preparation_has_several(c);
        return r->request->command ? run_command(r) : run_unit(r);
}
