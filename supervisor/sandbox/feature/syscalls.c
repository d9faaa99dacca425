/*
 * Everything that becomes the one system call filter: SystemCallFilter= and
 * its kin, the Restrict*= directives, and what ProtectClock= and others forbid:
 * systemd.exec(5). supervisor/sandbox/syscall/ knows how.
 */
#include <string.h>
#include <sys/personality.h>

#include "supervisor/sandbox/effective.h"
#include "supervisor/sandbox/feature.h"
#include "supervisor/sandbox/syscall/calls.h"
#include "supervisor/sandbox/syscall/program.h"
#include "supervisor/sandbox/syscall/restrict.h"

typedef struct Simple {
        bool on;
        int (*add)(SyscallRules *rules);
} Simple;

static int add_simple(const Config *c, const PlanContext *x, SyscallRules *rules) {
        bool root_of_namespace = x->in_user_namespace && !x->rootless;
        const Simple rows[] = {
                { c->memory_deny_write_execute, syscall_restrict_write_execute },
                { c->restrict_realtime, syscall_restrict_realtime },
                { effective_restrict_suid_sgid(c).value, syscall_restrict_suid_sgid },
                { c->protect_clock, syscall_restrict_clock },
                { c->protect_kernel_modules, syscall_restrict_kernel_modules },
                { c->protect_kernel_logs, syscall_restrict_kernel_logs },
                { c->protect_kernel_tunables, syscall_restrict_kernel_tunables },
                /* in a namespace of its own the name is the service's */
                { c->protect_hostname.mode == PROTECT_HOSTNAME_YES, syscall_restrict_hostname },
                { c->private_devices, syscall_restrict_raw_io },
                { c->private_devices && root_of_namespace, syscall_restrict_mounting },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                int r = rows[i].on ? rows[i].add(rules) : 0;

                if (r < 0)
                        return r;
        }
        return 0;
}

static int add_families(const Config *c, SyscallRules *rules) {
        const SyscallFamilies families = {
                .items = c->restrict_address_families.items,
                .n = c->restrict_address_families.n,
                .allow_list = c->restrict_address_families.allow_list,
        };

        return c->restrict_address_families.set
                       ? syscall_restrict_address_families(rules, &families)
                       : 0;
}

/* What LockPersonality= locks is the personality that the command starts with. */
static int add_personality(const Config *c, SyscallRules *rules) {
        bool narrow = c->personality == PERSONALITY_X86 || c->personality == PERSONALITY_ARM;

        if (!c->lock_personality)
                return 0;
        return syscall_restrict_personality(rules, narrow ? PER_LINUX32 : PER_LINUX);
}

/* What a refused call comes to: an errno; "kill", which is also what holds without the setting, is
 * stored as 0. */
static int refusal(const Config *c) {
        return c->system_call_error_number ? c->system_call_error_number : SYSCALL_ACTION_KILL;
}

static int collect(const Config *c, const PlanContext *x, Diag *diag, SyscallRules *rules) {
        int r = 0;

        if (c->system_call_architectures)
                r = syscall_arch_parse(c->system_call_architectures, SYSCALL_ARCH_NATIVE, diag,
                                       &rules->archs);
        if (r >= 0)
                r = add_simple(c, x, rules);
        if (r >= 0 && c->restrict_namespaces.set)
                r = syscall_restrict_namespaces(rules, c->restrict_namespaces.allowed);
        if (r >= 0)
                r = add_families(c, rules);
        if (r >= 0)
                r = add_personality(c, rules);
        if (r >= 0 && c->system_call_log.set)
                r = syscall_calls_log(rules, &c->system_call_log);
        if (r >= 0 && c->system_call_filter.set)
                r = syscall_calls_filter(rules, &c->system_call_filter, refusal(c));
        return r;
}

/* "SystemCallFilter RestrictRealtime": what --explain shows for the filter. */
static int describe(const SyscallRules *rules, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        const SyscallArch native = rules->native;

        for (size_t i = 0; i < rules->n_layers; i++)
                strbuf_addf(&b, "%s%s", i ? "," : "", rules->layers[i].directive);
        if (rules->archs != syscall_arch_family(native)) {
                strbuf_add(&b, rules->n_layers ? "; only" : "only");
                for (unsigned a = 0; a < SYSCALL_ARCH_COUNT; a++)
                        if (rules->archs & SYSCALL_ARCH_BIT(a))
                                strbuf_addf(&b, " %s", syscall_arch_facts((SyscallArch)a)->name);
        }
        return strbuf_take(&b, ret);
}

static int add_filter(const SyscallRules *rules, Diag *diag, Plan *p) {
        _cleanup_(syscall_program_done) SyscallProgram program = { 0 };
        Op *op;
        int r = syscall_program_compile(rules, diag, &program);

        if (r < 0 || program.n == 0)
                return r;
        op = plan_add(p, OP_SYSCALL_FILTER,
                      rules->n_layers ? rules->layers[rules->n_layers - 1].directive
                                      : "SystemCallArchitectures");
        if (!op)
                return -ENOMEM;
        op->number = (int64_t)program.n;
        op->text = (char *)TAKE_PTR(program.instructions);
        return describe(rules, &op->path);
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        _cleanup_(syscall_rules_done) SyscallRules rules = SYSCALL_RULES_INIT(SYSCALL_ARCH_NATIVE);
        int r;

        if (x->variant == PLAN_FULL_PRIVILEGES)
                return 0;
        r = collect(c, x, diag, &rules);
        if (r >= 0)
                r = add_filter(&rules, diag, p);
        if (r < 0 || !plan_has(p, OP_SYSCALL_FILTER) || plan_has(p, OP_NO_NEW_PRIVILEGES))
                return r;
        /* the kernel takes filters from the unprivileged only with this: systemd.exec(5) */
        if (!effective_can_load_filters(c, x) &&
            !plan_add(p, OP_NO_NEW_PRIVILEGES, p->ops[p->n - 1].directive))
                return -ENOMEM;
        return 0;
}

const Feature feature_syscalls = { .name = "syscalls", .plan = plan };
