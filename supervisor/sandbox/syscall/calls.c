/*
 * Expanded lists become one rule a call. What equals the layer's default needs
 * no rule.
 */
#include "supervisor/sandbox/syscall/calls.h"

static uint32_t action_from(int action) {
        return action == SYSCALL_ACTION_KILL ? SECCOMP_RET_KILL_PROCESS
                                             : syscall_rules_errno(action);
}

/* LISTED is the answer to calls that have no action of their own. */
static int add_choices(SyscallRules *rules, const SyscallChoice *choices, size_t n,
                       uint32_t listed) {
        for (size_t i = 0; i < n; i++) {
                bool own = choices[i].action != SYSCALL_ACTION_DEFAULT;
                SyscallRule rule = { .id = choices[i].id,
                                     .name = choices[i].name,
                                     .action = own ? action_from(choices[i].action) : listed };

                if (syscall_rules_add(rules, &rule) < 0)
                        return -ENOMEM;
        }
        return 0;
}

int syscall_calls_filter(SyscallRules *rules, const SyscallFilter *filter, int action) {
        _cleanup_free_ SyscallChoice *choices = NULL;
        uint32_t refused = action_from(action);
        size_t n;
        int r;

        if (!filter->set)
                return 0;
        r = syscall_filter_expand(filter, true, &choices, &n);
        if (r < 0)
                return r;
        r = syscall_rules_begin(rules, "SystemCallFilter",
                                filter->allow_list ? refused : SECCOMP_RET_ALLOW);
        if (r < 0)
                return r;
        return add_choices(rules, choices, n, filter->allow_list ? SECCOMP_RET_ALLOW : refused);
}

int syscall_calls_log(SyscallRules *rules, const SyscallFilter *filter) {
        _cleanup_free_ SyscallChoice *choices = NULL;
        uint32_t listed = filter->allow_list ? SECCOMP_RET_LOG : SECCOMP_RET_ALLOW;
        size_t n;
        int r;

        if (!filter->set)
                return 0;
        r = syscall_filter_expand(filter, false, &choices, &n);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                choices[i].action = SYSCALL_ACTION_DEFAULT; /* an errno has no meaning here */
        r = syscall_rules_begin(rules, "SystemCallLog",
                                filter->allow_list ? SECCOMP_RET_ALLOW : SECCOMP_RET_LOG);
        if (r < 0)
                return r;
        return add_choices(rules, choices, n, listed);
}
