/*
 * SystemCallFilter= and SystemCallLog=: what units/syscall-filter.h reads.
 */
#include "base/strv.h"
#include "units/directive.h"
#include "units/setting.h"
#include "units/types.h"

static int syscalls_parse(const Directive *d, const char *value, const ParseContext *c,
                          void *field) {
        return *value ? syscall_filter_parse(field, value, c->diag) : type_reset(d, field);
}

static void syscalls_format(const Directive *d, const void *field, StrBuf *to) {
        _cleanup_strv_ char **values = NULL;

        if (syscall_filter_format(field, &values) < 0)
                to->error = -ENOMEM;
        STRV_FOREACH(value, values) {
                type_format_line(d, *value, to);
        }
}

static bool syscalls_equal(const void *a, const void *b) {
        return syscall_filter_equal(a, b);
}

static void syscalls_done(void *field) {
        syscall_filter_done(field);
}

const Type type_syscalls = {
        .name = "system calls",
        .size = sizeof(SyscallFilter),
        .parse = syscalls_parse,
        .format = syscalls_format,
        .equal = syscalls_equal,
        .done = syscalls_done,
};
