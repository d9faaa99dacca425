/*
 * Which calls, which arguments. Arguments that the kernel reads as int are
 * compared in their low 32 bits only, or a process could get past a test by
 * setting one of the others.
 */
#include "supervisor/sandbox/syscall/restrict.h"

#include <fcntl.h>
#include <linux/net.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "units/syscall-group.h"

#define EPERM_ACTION  syscall_rules_errno(EPERM)
#define ENOSYS_ACTION syscall_rules_errno(ENOSYS)

#define X86 SYSCALL_ARCH_BIT(SYSCALL_ARCH_X86)

/* Not in older headers; the same on all architectures of arch.h. */
#define CLONE_NEWTIME_BIT 0x00000080U
#define O_TMPFILE_BIT     020000000U

/* Which of its calls ipc(2) is to make; linux/ipc.h cannot be had together with sys/shm.h. */
#define IPC_SHMAT 21

#define ARG_ANY(n, bits) \
        { .argument = (n), .compare = SYSCALL_NOT_EQUAL, .mask = (bits), .value = 0 }
#define ARG_ALL(n, bits) \
        { .argument = (n), .compare = SYSCALL_EQUAL, .mask = (bits), .value = (bits) }
#define ARG_IS(n, how, number) \
        { .argument = (n), .compare = (how), .mask = UINT32_MAX, .value = (uint32_t)(number) }

static int add_rules(SyscallRules *rules, const SyscallRule *list, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (syscall_rules_add(rules, &list[i]) < 0)
                        return -ENOMEM;
        return 0;
}

/* A layer that refuses what LIST matches and allows the rest. */
static int add_layer(SyscallRules *rules, const char *directive, const SyscallRule *list,
                     size_t n) {
        if (syscall_rules_begin(rules, directive, SECCOMP_RET_ALLOW) < 0)
                return -ENOMEM;
        return add_rules(rules, list, n);
}

int syscall_restrict_namespaces(SyscallRules *rules, uint64_t allowed) {
        uint64_t denied = SYSCALL_RESTRICT_NAMESPACES_ALL & ~allowed;
        bool none_allowed = denied == SYSCALL_RESTRICT_NAMESPACES_ALL;
        uint64_t denied_unshare = denied | (none_allowed ? CLONE_NEWTIME_BIT : 0);
        const SyscallRule list[] = {
                { .id = SYSCALL_clone3, .action = ENOSYS_ACTION },
                /* In clone() the bit of time namespaces belongs to the exit signal. */
                { SYSCALL_clone, .action = EPERM_ACTION, .n_tests = 1,
                  .tests = { ARG_ANY(0, denied) } },
                { SYSCALL_unshare, .action = EPERM_ACTION, .n_tests = 1,
                  .tests = { ARG_ANY(0, denied_unshare) } },
                { SYSCALL_setns, .action = EPERM_ACTION, .n_tests = 1,
                  .tests = { ARG_ANY(1, denied) } },
                /* 0 stands for whatever namespace the descriptor is of. */
                { SYSCALL_setns, .action = EPERM_ACTION, .n_tests = 1,
                  .tests = { ARG_IS(1, SYSCALL_EQUAL, 0) } },
                { .id = SYSCALL_setns, .action = EPERM_ACTION },
        };

        if (denied == 0)
                return 0;
        return add_layer(rules, "RestrictNamespaces", list, ARRAY_SIZE(list) - !none_allowed);
}

static int add_family(SyscallRules *rules, const SyscallTest *tests, unsigned n) {
        SyscallRule rule = { .id = SYSCALL_socket,
                             .action = syscall_rules_errno(EAFNOSUPPORT),
                             .n_tests = n };

        for (unsigned i = 0; i < n; i++)
                rule.tests[i] = tests[i];
        return syscall_rules_add(rules, &rule);
}

/* Refuses what lies before, between and behind the families of the list. */
static int allow_families(SyscallRules *rules, const SyscallFamilies *f) {
        const SyscallTest behind = ARG_IS(0, SYSCALL_GREATER, f->items[f->n - 1]);

        for (size_t i = 0; i < f->n; i++) {
                SyscallTest gap[2] = { ARG_IS(0, SYSCALL_LESS, f->items[i]) };

                if (i > 0 && f->items[i] == f->items[i - 1] + 1)
                        continue;
                if (i > 0)
                        gap[1] = (SyscallTest)ARG_IS(0, SYSCALL_GREATER, f->items[i - 1]);
                if (add_family(rules, gap, i > 0 ? 2 : 1) < 0)
                        return -ENOMEM;
        }
        return add_family(rules, &behind, 1);
}

static int deny_families(SyscallRules *rules, const SyscallFamilies *f) {
        for (size_t i = 0; i < f->n; i++) {
                const SyscallTest test = ARG_IS(0, SYSCALL_EQUAL, f->items[i]);

                if (add_family(rules, &test, 1) < 0)
                        return -ENOMEM;
        }
        return 0;
}

/* Two ways around socket(): socketcall() has the family in memory, where a filter cannot look, and
 * io_uring makes sockets that no filter sees. Callers of either fall back on socket(). */
static int close_detours(SyscallRules *rules) {
        const SyscallRule list[] = {
                { SYSCALL_socketcall, .action = syscall_rules_errno(EAFNOSUPPORT), .n_tests = 1,
                  .tests = { ARG_IS(0, SYSCALL_EQUAL, SYS_SOCKET) } },
                { .id = SYSCALL_io_uring_setup, .action = ENOSYS_ACTION },
        };

        for (size_t i = 0; i < ARRAY_SIZE(list); i++)
                if (syscall_rules_add(rules, &list[i]) < 0)
                        return -ENOMEM;
        return 0;
}

int syscall_restrict_address_families(SyscallRules *rules, const SyscallFamilies *families) {
        int r;

        if (syscall_rules_begin(rules, "RestrictAddressFamilies", SECCOMP_RET_ALLOW) < 0)
                return -ENOMEM;
        if (families->n == 0 && !families->allow_list)
                return 0;
        if (families->n == 0)
                r = add_family(rules, NULL, 0);
        else
                r = families->allow_list ? allow_families(rules, families)
                                         : deny_families(rules, families);
        return r < 0 ? r : close_detours(rules);
}

int syscall_restrict_write_execute(SyscallRules *rules) {
        const SyscallRule list[] = {
                { SYSCALL_mmap, .action = EPERM_ACTION, .archs = ~X86, .n_tests = 1,
                  .tests = { ARG_ALL(2, PROT_WRITE | PROT_EXEC) } },
                /* There, this is an old call with its arguments in memory; libraries use mmap2().
                 */
                { .id = SYSCALL_mmap, .action = EPERM_ACTION, .archs = X86 },
                { SYSCALL_mmap2, .action = EPERM_ACTION, .n_tests = 1,
                  .tests = { ARG_ALL(2, PROT_WRITE | PROT_EXEC) } },
                { SYSCALL_mprotect, .action = EPERM_ACTION, .n_tests = 1,
                  .tests = { ARG_ANY(2, PROT_EXEC) } },
                { SYSCALL_pkey_mprotect, .action = EPERM_ACTION, .n_tests = 1,
                  .tests = { ARG_ANY(2, PROT_EXEC) } },
                { SYSCALL_shmat, .action = EPERM_ACTION, .n_tests = 1,
                  .tests = { ARG_ANY(2, SHM_EXEC) } },
                /* ipc(call, id, flags, ...): the flags of shmat() travel in the third register. */
                { SYSCALL_ipc, .action = EPERM_ACTION, .n_tests = 2,
                  .tests = { { .argument = 0, .mask = UINT16_MAX, .value = IPC_SHMAT },
                             ARG_ANY(2, SHM_EXEC) } },
                { SYSCALL_personality, .action = EPERM_ACTION, .n_tests = 2,
                  .tests = { ARG_ANY(0, READ_IMPLIES_EXEC),
                             ARG_IS(0, SYSCALL_NOT_EQUAL, UINT32_MAX) } },
        };

        return add_layer(rules, "MemoryDenyWriteExecute", list, ARRAY_SIZE(list));
}

int syscall_restrict_realtime(SyscallRules *rules) {
        /* What stays is SCHED_OTHER 0, SCHED_BATCH 3, SCHED_IDLE 5. */
        const SyscallRule list[] = {
                { SYSCALL_sched_setscheduler, .action = EPERM_ACTION, .n_tests = 2,
                  .tests = { ARG_IS(1, SYSCALL_GREATER, SCHED_OTHER),
                             ARG_IS(1, SYSCALL_LESS, SCHED_BATCH) } },
                { SYSCALL_sched_setscheduler, .action = EPERM_ACTION, .n_tests = 2,
                  .tests = { ARG_IS(1, SYSCALL_GREATER, SCHED_BATCH),
                             ARG_IS(1, SYSCALL_LESS, SCHED_IDLE) } },
                { SYSCALL_sched_setscheduler, .action = EPERM_ACTION, .n_tests = 1,
                  .tests = { ARG_IS(1, SYSCALL_GREATER, SCHED_IDLE) } },
                { .id = SYSCALL_sched_setattr, .action = ENOSYS_ACTION },
        };

        return add_layer(rules, "RestrictRealtime", list, ARRAY_SIZE(list));
}

/* The mode is argument MODE of the call. */
#define SETS_MODE(call, mode)                                                    \
        {                                                                        \
                SYSCALL_##call, .action = EPERM_ACTION, .n_tests = 1, .tests = { \
                        ARG_ANY(mode, SPECIAL)                                   \
                }                                                                \
        }

/* The same where FLAGS say that the call makes a file, named or not. */
#define MAKES_FILE(call, flags, mode)                                            \
        {                                                                        \
                SYSCALL_##call, .action = EPERM_ACTION, .n_tests = 2, .tests = { \
                        ARG_ANY(mode, SPECIAL),                                  \
                        ARG_ANY(flags, O_CREAT | O_TMPFILE_BIT)                  \
                }                                                                \
        }

int syscall_restrict_suid_sgid(SyscallRules *rules) {
        enum { SPECIAL = S_ISUID | S_ISGID };
        const SyscallRule list[] = {
                SETS_MODE(chmod, 1),
                SETS_MODE(fchmod, 1),
                SETS_MODE(fchmodat, 2),
                SETS_MODE(fchmodat2, 2),
                SETS_MODE(creat, 1),
                SETS_MODE(mkdir, 1),
                SETS_MODE(mkdirat, 2),
                SETS_MODE(mknod, 1),
                SETS_MODE(mknodat, 2),
                MAKES_FILE(open, 1, 2),
                MAKES_FILE(openat, 2, 3),
                { .id = SYSCALL_openat2, .action = ENOSYS_ACTION },
                { .id = SYSCALL_io_uring_setup, .action = ENOSYS_ACTION },
        };

        return add_layer(rules, "RestrictSUIDSGID", list, ARRAY_SIZE(list));
}

int syscall_restrict_personality(SyscallRules *rules, unsigned personality) {
        const SyscallRule list[] = {
                { SYSCALL_personality, .action = EPERM_ACTION, .n_tests = 2,
                  .tests = { ARG_IS(0, SYSCALL_NOT_EQUAL, personality),
                             ARG_IS(0, SYSCALL_NOT_EQUAL, UINT32_MAX) } },
        };

        return add_layer(rules, "LockPersonality", list, ARRAY_SIZE(list));
}

static int add_calls(SyscallRules *rules, const char *directive, const SyscallSet *set) {
        if (syscall_rules_begin(rules, directive, SECCOMP_RET_ALLOW) < 0)
                return -ENOMEM;
        for (int i = 0; i < SYSCALL_COUNT; i++) {
                const SyscallRule rule = { .id = (SyscallId)i, .action = EPERM_ACTION };

                if (syscall_set_has(set, (SyscallId)i) && syscall_rules_add(rules, &rule) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int add_group(SyscallRules *rules, const char *directive, const char *group) {
        SyscallSet set = { 0 };

        syscall_group_collect(syscall_group_find(group), &set);
        return add_calls(rules, directive, &set);
}

int syscall_restrict_clock(SyscallRules *rules) {
        return add_group(rules, "ProtectClock", "@clock");
}

int syscall_restrict_kernel_modules(SyscallRules *rules) {
        return add_group(rules, "ProtectKernelModules", "@module");
}

int syscall_restrict_raw_io(SyscallRules *rules) {
        return add_group(rules, "PrivateDevices", "@raw-io");
}

/* All that could bring a mount of devices back, or make one say "dev" again. */
int syscall_restrict_mounting(SyscallRules *rules) {
        static const SyscallId ids[] = {
                SYSCALL_mount,          SYSCALL_umount,        SYSCALL_umount2,
                SYSCALL_move_mount,     SYSCALL_mount_setattr, SYSCALL_open_tree,
                SYSCALL_open_tree_attr, SYSCALL_fsmount,       SYSCALL_pivot_root,
                SYSCALL_setns,
        };
        SyscallRule list[ARRAY_SIZE(ids)];

        for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
                list[i] = (SyscallRule){ .id = ids[i], .action = EPERM_ACTION };
        return add_layer(rules, "PrivateDevices", list, ARRAY_SIZE(ids));
}

int syscall_restrict_kernel_logs(SyscallRules *rules) {
        const SyscallRule list[] = { { .id = SYSCALL_syslog, .action = EPERM_ACTION } };

        return add_layer(rules, "ProtectKernelLogs", list, ARRAY_SIZE(list));
}

int syscall_restrict_kernel_tunables(SyscallRules *rules) {
        const SyscallRule list[] = { { .id = SYSCALL__sysctl, .action = EPERM_ACTION } };

        return add_layer(rules, "ProtectKernelTunables", list, ARRAY_SIZE(list));
}

int syscall_restrict_hostname(SyscallRules *rules) {
        const SyscallRule list[] = {
                { .id = SYSCALL_sethostname, .action = EPERM_ACTION },
                { .id = SYSCALL_setdomainname, .action = EPERM_ACTION },
        };

        return add_layer(rules, "ProtectHostname", list, ARRAY_SIZE(list));
}
