/*
 * SystemCallFilter= and SystemCallLog= as layers of rules, systemd.exec(5).
 */
#pragma once

#include "supervisor/sandbox/syscall/rules.h"
#include "units/syscall-filter.h"

/* SystemCallFilter= with SystemCallErrorNumber=: ACTION is an errno or SYSCALL_ACTION_KILL. Names
 * in FILTER are borrowed until the rules are compiled. Nothing where FILTER is not set. Must be the
 * last layer, for its errno to win over those of other directives. Returns 0 or -ENOMEM. */
int syscall_calls_filter(SyscallRules *rules, const SyscallFilter *filter, int action);

/* SystemCallLog=: the calls are logged, and allowed. The same conditions. */
int syscall_calls_log(SyscallRules *rules, const SyscallFilter *filter);
