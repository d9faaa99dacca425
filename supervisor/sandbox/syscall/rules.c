/*
 * The growing of the lists.
 */
#include "supervisor/sandbox/syscall/rules.h"

#include "base/array.h"

void syscall_rules_done(SyscallRules *rules) {
        free(rules->layers);
        free(rules->rules);
        free(rules->tests);
        *rules = (SyscallRules){ .native = rules->native };
}

int syscall_rules_begin(SyscallRules *rules, const char *directive, uint32_t default_action) {
        if (ARRAY_GROW(rules->layers, rules->n_layers) < 0)
                return -ENOMEM;
        rules->layers[rules->n_layers++] = (SyscallLayer){ .directive = directive,
                                                           .default_action = default_action,
                                                           .first = rules->n_rules };
        return 0;
}

static int add_test(SyscallRules *rules, const SyscallTest *test) {
        if (rules->n_tests >= UINT16_MAX)
                return -E2BIG;
        if (ARRAY_GROW(rules->tests, rules->n_tests) < 0)
                return -ENOMEM;
        rules->tests[rules->n_tests++] = *test;
        return 0;
}

int syscall_rules_add(SyscallRules *rules, const SyscallRule *rule) {
        const SyscallKeptRule kept = { .id = rule->id,
                                       .action = rule->action,
                                       .name = rule->name,
                                       .archs = rule->archs,
                                       .n_tests = (uint16_t)rule->n_tests,
                                       .first_test = (uint16_t)rules->n_tests };

        assert(rules->n_layers > 0);
        assert(rule->n_tests <= SYSCALL_RULE_TESTS);
        if (ARRAY_GROW(rules->rules, rules->n_rules) < 0)
                return -ENOMEM;
        for (unsigned i = 0; i < rule->n_tests; i++) {
                int r = add_test(rules, &rule->tests[i]);

                if (r < 0)
                        return r;
        }
        rules->rules[rules->n_rules++] = kept;
        return 0;
}

size_t syscall_rules_end(const SyscallRules *rules, size_t layer) {
        return layer + 1 < rules->n_layers ? rules->layers[layer + 1].first : rules->n_rules;
}
