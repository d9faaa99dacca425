/*
 * Words for endings. A process that was never executed ended with the status
 * that systemd.exec(5) gives to the step that failed.
 */
#include "supervisor/tools/run/result.h"

#include <signal.h>
#include <stdio.h>

#include "base/text.h"

bool result_is_clean(const Runner *r, const Ending *e) {
        const Config *c = &r->settings.config;
        const ExitStatusSet *set = &c->success_exit_status;
        bool is_daemon = c->service_type != SERVICE_ONESHOT;

        if (e->code == CLD_EXITED)
                return e->status == 0 || set->codes[e->status / 64] >> (e->status % 64) & 1;
        if (e->code != CLD_KILLED)
                return false;
        return (is_daemon && (e->status == SIGHUP || e->status == SIGINT || e->status == SIGTERM ||
                              e->status == SIGPIPE)) ||
               (set->signals >> (e->status - 1) & 1);
}

void result_set(Runner *r, const char *word) {
        if (!r->result)
                r->result = word;
}

void result_set_ending(Runner *r, const Ending *e) {
        if (result_is_clean(r, e))
                return;
        result_set(r, e->code == CLD_DUMPED   ? "core-dump"
                      : e->code == CLD_KILLED ? "signal"
                                              : "exit-code");
}

const char *result_word(const Runner *r) {
        return r->result ? r->result : "success";
}

const char *result_code(const Ending *main_ending) {
        if (!main_ending)
                return NULL;
        return main_ending->code == CLD_DUMPED   ? "dumped"
               : main_ending->code == CLD_KILLED ? "killed"
                                                 : "exited";
}

const char *result_status(const Ending *main_ending, char buffer[static SIGNAL_NAME_MAX]) {
        if (!main_ending)
                return NULL;
        if (main_ending->code == CLD_DUMPED || main_ending->code == CLD_KILLED) {
                const char *name = signal_name_format(main_ending->status, buffer);
                const char *bare = text_after(name, "SIG");

                return bare ? bare : name;
        }
        snprintf(buffer, SIGNAL_NAME_MAX, "%d", main_ending->status);
        return buffer;
}
