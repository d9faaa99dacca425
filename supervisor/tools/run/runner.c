/*
 * What a runner does around the commands: it waits for them, and ends what
 * they leave behind. The order of a unit's commands is in sequence.c.
 */
#include "supervisor/tools/run/runner.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/host-cgroup.h"
#include "supervisor/exec/tty.h"
#include "supervisor/sandbox/exit-status.h"
#include "supervisor/tools/run/leftovers.h"
#include "supervisor/tools/run/main-pid.h"
#include "supervisor/tools/run/notify.h"
#include "supervisor/tools/run/sequence.h"

/* How long a command of one's own may take to end, or to end what it left in the background. */
#define COMMAND_STOP_USEC 5000000ULL

void runner_say(const Runner *r, const char *format, ...) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        va_list ap;

        strbuf_addf(&b, "%s: ", request_program.name);
        va_start(ap, format);
        strbuf_addv(&b, format, ap);
        va_end(ap);
        if (b.error >= 0)
                text_mask_control(b.text);
        /* the terminal is raw while the command has one of its own */
        strbuf_add(&b, r->terminal >= 0 ? "\r\n" : "\n");
        if (b.error >= 0)
                (void)fd_write_all(STDERR_FILENO, b.text, b.length);
}

bool runner_is_news(Runner *r, const char *text) {
        return !strv_contains(r->said, text) && strv_add(&r->said, text) <= 0;
}

void runner_say_notes(Runner *r) {
        bool quiet = r->request->quiet && diag_count(&r->diag, DIAG_ERROR) == 0;

        for (size_t i = 0; i < r->diag.n && !quiet; i++) {
                const DiagEntry *entry = &r->diag.entries[i];
                _cleanup_free_ char *line = NULL;

                if (diag_entry_format(entry, &line) < 0)
                        continue;
                if (entry->level == DIAG_ERROR || runner_is_news(r, line))
                        runner_say(r, "%s", line);
        }
        if (r->diag.dropped > 0 && !quiet)
                runner_say(r, "%zu more remarks are not shown", r->diag.dropped);
        diag_done(&r->diag);
}

int runner_status(const Ending *e) {
        return e->code == CLD_KILLED || e->code == CLD_DUMPED ? 128 + e->status : e->status;
}

void runner_set_main(Runner *r, pid_t pid) {
        r->main_pid = pid;
        events_watch(&r->events, pid);
}

/* What every event means whoever waits; the caller looks at the rest. */
static void take_event(Runner *r, const Event *e) {
        switch (e->kind) {
        case EVENT_EXITED:
                if (e->pid == r->main_pid) {
                        r->main_ending = (Ending){ e->code, e->status };
                        r->main_known = true;
                        runner_set_main(r, 0);
                }
                break;
        case EVENT_NOTIFY:
                notify_read(r);
                if (r->main_pid > 0 && r->notified_pid > 0 && leftovers_has(r->notified_pid))
                        runner_set_main(r, r->notified_pid);
                r->notified_pid = 0;
                break;
        case EVENT_ABANDONED:
                r->abandoned = true;
                break;
        case EVENT_SIGNAL:
                sequence_take_signal(r, e->signal);
                break;
        case EVENT_TIMEOUT:
                break;
        }
}

int runner_wait(Runner *r, uint64_t deadline, Event *ret) {
        int e = events_next(&r->events, deadline, ret);

        if (e < 0)
                return e;
        take_event(r, ret);
        return r->abandoned ? -ECANCELED : 0;
}

bool runner_has_children(void) {
        siginfo_t info;

        return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

uint64_t runner_stop_span(const Runner *r) {
        const Config *c = &r->settings.config;
        bool own = !r->request->unit && !config_has(c, "TimeoutStopSec");

        return own ? COMMAND_STOP_USEC : c->timeout_stop_sec;
}

/* TERM, then KILL: nobody ignores both. KillMode=mixed spares TERM to all but the main process,
 * which is gone by now. */
static void end_leftovers(Runner *r) {
        const Config *c = &r->settings.config;
        bool at_once = r->abandoned || c->kill_mode == KILL_MIXED;
        uint64_t deadline = clock_deadline(runner_stop_span(r));
        Event e;

        if (runner_has_children() && !at_once) {
                (void)leftovers_signal(c->kill_signal, 0);
                (void)leftovers_signal(SIGCONT, 0);
                if (c->send_sighup)
                        (void)leftovers_signal(SIGHUP, 0);
                do {
                        if (!runner_has_children() || runner_wait(r, deadline, &e) < 0)
                                break;
                } while (e.kind != EVENT_TIMEOUT);
        }
        leftovers_kill(host_cgroup_kill(&r->host));
}

static int prepare(Runner *r) {
        int e;

        if (!r->identity.dynamic)
                return 0;
        e = host_claim_uid(&r->host, &r->identity, &r->diag);
        if (e < 0)
                runner_say_notes(r);
        return e;
}

int runner_main(Runner *r, int lifeline) {
        int status;

        /* away from the caller's terminal: its signals reach svrun, which passes them on once */
        if (setsid() < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ||
            events_open(&r->events, lifeline) < 0) {
                runner_say(r, "cannot watch over processes: %s", strerror(errno));
                return EXIT_NAMESPACE;
        }
        if (access("/proc/self/stat", F_OK) < 0) {
                runner_say(r, "cannot watch over processes: /proc is not mounted here");
                return EXIT_NAMESPACE;
        }
        status = prepare(r) < 0 ? EXIT_USER : sequence_run(r);
        end_leftovers(r);
        if (r->request->unit && !r->request->command)
                main_pid_forget(r);
        if (r->settings.config.tty_path)
                tty_leave(&r->settings.config);
        host_cleanup(&r->host, &r->diag);
        runner_say_notes(r);
        return status;
}
