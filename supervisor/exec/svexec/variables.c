/*
 * The pid is our own: it stays when the command is executed.
 */
#include "supervisor/exec/svexec/variables.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"

static _printf_(2, 3) int add(char ***l, const char *format, ...) {
        char *assignment;
        va_list ap;
        int n;

        va_start(ap, format);
        n = vasprintf(&assignment, format, ap);
        va_end(ap);
        return n < 0 ? -ENOMEM : strv_push(l, assignment);
}

static int add_passed(const Facts *f, char ***l) {
        _cleanup_(strbuf_done) StrBuf names = { 0 };
        _cleanup_free_ char *text = NULL;
        int r;

        if (f->n_passed == 0)
                return 0;
        STRV_FOREACH(name, f->config.fact_fd_names)
                strbuf_addf(&names, "%s%s", names.length ? ":" : "", *name);
        r = strbuf_take(&names, &text);
        if (r >= 0)
                r = add(l, "LISTEN_FDS=%zu", f->n_passed);
        if (r >= 0)
                r = add(l, "LISTEN_PID=%d", (int)getpid());
        return r < 0 ? r : add(l, "LISTEN_FDNAMES=%s", text);
}

static int add_watchdog(const Config *c, char ***l) {
        int r;

        if (c->watchdog_sec == 0 || c->watchdog_sec == SETTING_INFINITY)
                return 0;
        r = add(l, "WATCHDOG_USEC=%llu", (unsigned long long)c->watchdog_sec);
        return r < 0 ? r : add(l, "WATCHDOG_PID=%d", (int)getpid());
}

int variables_make(const Facts *f, char ***ret) {
        _cleanup_strv_ char **l = NULL;
        const Config *c = &f->config;
        bool is_main = text_eq(c->fact_exec_list, "ExecStart");
        int r = add_passed(f, &l);

        if (r >= 0 && is_main)
                r = add_watchdog(c, &l);
        if (r >= 0 && is_main && c->file_descriptor_store_max > 0)
                r = add(&l, "FDSTORE=%lld", (long long)c->file_descriptor_store_max);
        if (r >= 0)
                r = strv_add_all(&l, c->fact_variables);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(l);
        return 0;
}
