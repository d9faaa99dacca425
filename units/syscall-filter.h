/*
 * The value of SystemCallFilter= and SystemCallLog=, systemd.exec(5): what was
 * written, in order, groups unexpanded. The first assignment decides whether
 * the list says what is allowed or what is denied; later ones of the other
 * kind take calls off it again. What that comes to, call by call, is
 * syscall_filter_expand()'s answer.
 */
#pragma once

#include "base/diag.h"
#include "units/syscall-name.h"

enum {
        SYSCALL_ACTION_DEFAULT = -1,  /* a listed call: allowed by allow lists, denied by others */
        SYSCALL_ACTION_KILL = 0xffff, /* "kill": the process dies by SIGSYS */
        SYSCALL_ERRNO_MAX = 4095,     /* others: the errno that the call fails with; 0 succeeds */
};

typedef struct SyscallItem {
        char *name;    /* a call, known to syscall-names.def or not, or a "@group" */
        int action;    /* SYSCALL_ACTION_* or an errno; DEFAULT unless inverted */
        bool inverted; /* stood behind "~" */
} SyscallItem;

/* All bytes zero: nothing assigned. Owns its items. */
typedef struct SyscallFilter {
        bool set;
        bool allow_list; /* the first assignment had no "~" */
        SyscallItem *items;
        size_t n;
} SyscallFilter;

/* One assignment. The empty VALUE resets. A wrong word is named in the Diag and left out, the
 * others are kept, and the return is -EINVAL: an unknown group, an errno that is none, an errno in
 * an assignment without "~". A call without a known name is kept, with a warning: a newer kernel
 * may have it. -ENOMEM leaves the filter as it was. */
int syscall_filter_parse(SyscallFilter *f, const char *value, Diag *diag);

/* The assignments that syscall_filter_parse() makes an equal filter from, in order: a new strv,
 * NULL for a filter that is not set. */
int syscall_filter_format(const SyscallFilter *f, char ***ret_values);
bool syscall_filter_equal(const SyscallFilter *a, const SyscallFilter *b);
void syscall_filter_done(SyscallFilter *f); /* for _cleanup_; leaves zero bytes */

/* One call of the expanded list. */
typedef struct SyscallChoice {
        const char *name; /* of the table, or borrowed from the filter's items */
        SyscallId id;     /* SYSCALL_NONE: not in syscall-names.def */
        int action;
} SyscallChoice;

/* What the whole list says: known calls by name, then the others as they were written. WITH_DEFAULT
 * puts @default on allow lists, as SystemCallFilter= does and SystemCallLog= does not. In allow
 * lists, an action of DEFAULT means allowed; calls that are not returned get the list's other
 * answer. The caller frees the array. */
int syscall_filter_expand(const SyscallFilter *f, bool with_default, SyscallChoice **ret,
                          size_t *ret_n);

/* "EPERM", "1" or "kill", as behind ":" and in SystemCallErrorNumber=. -EINVAL where it is none. */
int syscall_filter_parse_action(const char *text, int *ret_action);
