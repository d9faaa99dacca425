/* Protects the directives that look at arguments: each refuses what it names, and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <linux/audit.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "supervisor/sandbox/syscall/calls.h"
#include "supervisor/sandbox/syscall/number.h"
#include "supervisor/sandbox/syscall/program.h"
#include "supervisor/sandbox/syscall/restrict.h"
#include "tests/unit/bpf-interpreter.h"

#define HIGH (1ULL << 32) /* the kernel ignores it in an int */

enum { ALLOWED = -1, KILLED = -2, LOGGED = -3, ABSENT = -4, ANY_ARCH = SYSCALL_ARCH_COUNT };

typedef struct Call {
        SyscallId id;
        int expected; /* an errno, or one of the above */
        unsigned arch;
        uint64_t args[6];
} Call;

static int answer(const SyscallProgram *p, const Call *call, SyscallArch arch) {
        int64_t number = syscall_number_of(call->id, arch);
        struct seccomp_data d = { .nr = (int)number, .arch = syscall_arch_facts(arch)->audit };
        uint32_t action;

        if (number < 0)
                return ABSENT;
        memcpy(d.args, call->args, sizeof(d.args));
        action = bpf_run(p->instructions, p->n, &d).action;
        switch (action & SECCOMP_RET_ACTION_FULL) {
        case SECCOMP_RET_ALLOW:
                return ALLOWED;
        case SECCOMP_RET_ERRNO:
                return (int)(action & SECCOMP_RET_DATA);
        case SECCOMP_RET_LOG:
                return LOGGED;
        default:
                return KILLED;
        }
}

/* Compiles RULES for each family, and asks for the N calls. */
static void check(const SyscallRules *rules, const Call *calls, size_t n) {
        _cleanup_(syscall_program_done) SyscallProgram p = { 0 };

        assert_int_equal(syscall_program_compile(rules, NULL, &p), 0);
        for (size_t i = 0; i < n; i++)
                for (unsigned a = 0; a < SYSCALL_ARCH_COUNT; a++) {
                        int said;

                        if (!(syscall_arch_family(rules->native) & SYSCALL_ARCH_BIT(a)) ||
                            (calls[i].arch != ANY_ARCH && calls[i].arch != a))
                                continue;
                        said = answer(&p, &calls[i], (SyscallArch)a);
                        if (said != calls[i].expected &&
                            (said != ABSENT || calls[i].arch != ANY_ARCH))
                                fail_msg("%s, row %zu, %s: %d, not %d",
                                         syscall_arch_facts((SyscallArch)a)->name, i,
                                         syscall_name_of(calls[i].id), said, calls[i].expected);
                }
}

typedef int (*Restriction)(SyscallRules *rules);

static void check_restriction(Restriction add, const Call *calls, size_t n) {
        static const SyscallArch natives[] = { SYSCALL_ARCH_X86_64, SYSCALL_ARCH_ARM64 };

        for (size_t i = 0; i < ARRAY_SIZE(natives); i++) {
                _cleanup_(syscall_rules_done) SyscallRules rules = SYSCALL_RULES_INIT(natives[i]);

                assert_true(add(&rules) >= 0);
                check(&rules, calls, n);
        }
}

#define CALL(call, expected, ...)                     \
        {                                             \
                SYSCALL_##call, expected, ANY_ARCH, { \
                        __VA_ARGS__                   \
                }                                     \
        }
#define CALL_ON(arch, call, expected, ...)                       \
        {                                                        \
                SYSCALL_##call, expected, SYSCALL_ARCH_##arch, { \
                        __VA_ARGS__                              \
                }                                                \
        }

static int no_namespaces(SyscallRules *rules) {
        return syscall_restrict_namespaces(rules, 0);
}

static int some_namespaces(SyscallRules *rules) {
        return syscall_restrict_namespaces(rules, CLONE_NEWNET | CLONE_NEWIPC);
}

static void test_namespaces(void **state) {
        static const Call none[] = {
                CALL(clone, ALLOWED, SIGCHLD),
                CALL(clone, ALLOWED, CLONE_VM | CLONE_VFORK | SIGCHLD),
                CALL(clone, EPERM, CLONE_NEWUSER | SIGCHLD),
                CALL(clone, EPERM, CLONE_NEWNS | CLONE_VM | HIGH),
                CALL(clone, EPERM, CLONE_NEWCGROUP),
                CALL(unshare, ALLOWED, CLONE_FILES),
                CALL(unshare, EPERM, CLONE_NEWPID | CLONE_FILES),
                CALL(unshare, EPERM, 0x80), /* CLONE_NEWTIME */
                CALL(setns, EPERM, 3, CLONE_NEWNET),
                CALL(setns, EPERM, 3, 0),
                CALL(setns, EPERM, 3, 0x80),
                CALL(clone3, ENOSYS, 0, 0),
                CALL(fork, ALLOWED, CLONE_NEWNS),
        };
        static const Call some[] = {
                CALL(clone, ALLOWED, CLONE_NEWNET | CLONE_NEWIPC),
                CALL(clone, EPERM, CLONE_NEWNET | CLONE_NEWUSER),
                CALL(unshare, ALLOWED, CLONE_NEWIPC),
                CALL(unshare, ALLOWED, 0x80),
                CALL(unshare, EPERM, CLONE_NEWUTS),
                CALL(setns, ALLOWED, 3, CLONE_NEWNET),
                CALL(setns, EPERM, 3, CLONE_NEWNET | CLONE_NEWNS),
                CALL(setns, EPERM, 3, 0),
                CALL(setns, EPERM, 3, HIGH), /* an int: 0 to the kernel */
                CALL(clone3, ENOSYS, 0, 0),
        };
        SyscallRules rules = SYSCALL_RULES_INIT(SYSCALL_ARCH_X86_64);

        check_restriction(no_namespaces, none, ARRAY_SIZE(none));
        check_restriction(some_namespaces, some, ARRAY_SIZE(some));
        assert_int_equal(syscall_restrict_namespaces(&rules, SYSCALL_RESTRICT_NAMESPACES_ALL), 0);
        assert_int_equal(rules.n_layers, 0);
}

static int some_families(SyscallRules *rules) {
        static const int items[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

        return syscall_restrict_address_families(
                rules, &(SyscallFamilies){ items, ARRAY_SIZE(items), .allow_list = true });
}

static int no_families(SyscallRules *rules) {
        return syscall_restrict_address_families(rules, &(SyscallFamilies){ .allow_list = true });
}

static int not_these_families(SyscallRules *rules) {
        static const int items[] = { AF_INET, AF_PACKET };

        return syscall_restrict_address_families(rules,
                                                 &(SyscallFamilies){ items, ARRAY_SIZE(items) });
}

static void test_address_families(void **state) {
        static const Call some[] = {
                CALL(socket, EAFNOSUPPORT, AF_UNSPEC),
                CALL(socket, ALLOWED, AF_UNIX),
                CALL(socket, ALLOWED, AF_INET),
                CALL(socket, EAFNOSUPPORT, AF_AX25),
                CALL(socket, EAFNOSUPPORT, AF_INET6 - 1),
                CALL(socket, ALLOWED, AF_INET6),
                CALL(socket, EAFNOSUPPORT, AF_INET6 + 1),
                CALL(socket, ALLOWED, AF_NETLINK),
                CALL(socket, EAFNOSUPPORT, AF_PACKET),
                CALL(socket, EAFNOSUPPORT, AF_PACKET | HIGH),
                CALL(socket, ALLOWED, AF_INET | HIGH),
                CALL(socket, EAFNOSUPPORT, UINT32_MAX),
                CALL(socketpair, ALLOWED, AF_UNIX),
                CALL(socketcall, EAFNOSUPPORT, 1),
        };
        static const Call none[] = {
                CALL(socket, EAFNOSUPPORT, AF_UNIX), CALL(socket, EAFNOSUPPORT, AF_INET),
                CALL(socketcall, EAFNOSUPPORT, 1),   CALL(socketcall, ALLOWED, 3),
                CALL(socketpair, ALLOWED, AF_UNIX),
        };
        static const Call not_these[] = {
                CALL(socket, EAFNOSUPPORT, AF_PACKET),
                CALL(socketcall, EAFNOSUPPORT, 1),
                CALL(socketcall, ALLOWED, 3),
                CALL(io_uring_setup, ENOSYS),
                CALL(socket, EAFNOSUPPORT, AF_PACKET | HIGH), /* an int: AF_PACKET to the kernel */
                CALL(socket, EAFNOSUPPORT, AF_INET),
                CALL(socket, ALLOWED, AF_UNIX),
                CALL(socket, ALLOWED, AF_INET6),
        };

        check_restriction(some_families, some, ARRAY_SIZE(some));
        check_restriction(no_families, none, ARRAY_SIZE(none));
        check_restriction(not_these_families, not_these, ARRAY_SIZE(not_these));
}

static void test_write_execute(void **state) {
        enum { W = PROT_READ | PROT_WRITE, X = PROT_READ | PROT_EXEC };
        static const Call calls[] = {
                CALL_ON(X86_64, mmap, ALLOWED, 0, 1, W),
                CALL_ON(X86_64, mmap, ALLOWED, 0, 1, X),
                CALL_ON(X86_64, mmap, EPERM, 0, 1, W | X),
                CALL_ON(X32, mmap, EPERM, 0, 1, PROT_WRITE | PROT_EXEC),
                CALL_ON(ARM64, mmap, EPERM, 0, 1, PROT_WRITE | PROT_EXEC),
                CALL_ON(ARM64, mmap, ALLOWED, 0, 1, W),
                CALL_ON(X86, mmap, EPERM, 0x1000),
                CALL(mmap2, ALLOWED, 0, 1, W),
                CALL(mmap2, EPERM, 0, 1, W | X),
                CALL(mprotect, ALLOWED, 0, 1, W),
                CALL(mprotect, EPERM, 0, 1, X),
                CALL(mprotect, EPERM, 0, 1, X | HIGH),
                CALL(pkey_mprotect, EPERM, 0, 1, PROT_EXEC),
                CALL(pkey_mprotect, ALLOWED, 0, 1, PROT_NONE, PROT_EXEC),
                CALL(shmat, ALLOWED, 0, 0, SHM_RDONLY),
                CALL(shmat, EPERM, 0, 0, SHM_EXEC),
                CALL(ipc, EPERM, 21, 0, SHM_EXEC),
                CALL(ipc, EPERM, 0x10015, 0, SHM_EXEC),
                CALL(ipc, ALLOWED, 22, 0, SHM_EXEC),
                CALL(personality, EPERM, READ_IMPLIES_EXEC),
                CALL(personality, ALLOWED, 0xffffffff),
                CALL(personality, ALLOWED, PER_LINUX32),
        };

        check_restriction(syscall_restrict_write_execute, calls, ARRAY_SIZE(calls));
}

static void test_realtime(void **state) {
        static const Call calls[] = {
                CALL(sched_setscheduler, ALLOWED, 0, SCHED_OTHER),
                CALL(sched_setscheduler, ALLOWED, 0, SCHED_BATCH),
                CALL(sched_setscheduler, ALLOWED, 0, SCHED_IDLE),
                CALL(sched_setscheduler, EPERM, 0, SCHED_FIFO),
                CALL(sched_setscheduler, EPERM, 0, SCHED_RR),
                CALL(sched_setscheduler, EPERM, 0, SCHED_RR | HIGH),
                CALL(sched_setscheduler, EPERM, 0, 4),
                CALL(sched_setscheduler, EPERM, 0, SCHED_DEADLINE),
                CALL(sched_setscheduler, EPERM, 0, SCHED_FIFO | SCHED_RESET_ON_FORK),
                CALL(sched_setattr, ENOSYS, 0),
                CALL(sched_setparam, ALLOWED, 0),
        };

        check_restriction(syscall_restrict_realtime, calls, ARRAY_SIZE(calls));
}

static void test_suid_sgid(void **state) {
        enum { TMPFILE = 020000000 };
        static const Call calls[] = {
                CALL(chmod, ALLOWED, 0, 0755),
                CALL(chmod, ALLOWED, 0, 01777),
                CALL(chmod, EPERM, 0, 04755),
                CALL(fchmod, EPERM, 0, 02755),
                CALL(fchmodat, EPERM, 0, 0, 06755),
                CALL(fchmodat2, EPERM, 0, 0, 04755, 0),
                CALL(fchmodat2, ALLOWED, 0, 0, 0755, 0),
                CALL(open, ALLOWED, 0, O_RDWR, 04755),
                CALL(open, ALLOWED, 0, O_RDWR | O_CREAT, 0644),
                CALL(open, EPERM, 0, O_RDWR | O_CREAT, 04755),
                CALL(open, EPERM, 0, TMPFILE | O_RDWR, 02755),
                CALL(openat, EPERM, 0, 0, O_CREAT, 04755),
                CALL(openat, ALLOWED, 0, 0, O_RDONLY, 04755),
                CALL(openat2, ENOSYS, 0),
                CALL(creat, EPERM, 0, 04755),
                CALL(mkdir, EPERM, 0, 02755),
                CALL(mkdirat, EPERM, 0, 0, 02755),
                CALL(mknod, EPERM, 0, S_IFREG | 04755),
                CALL(mknodat, EPERM, 0, 0, S_IFREG | 04755),
                CALL(mknodat, ALLOWED, 0, 0, S_IFIFO | 0644),
        };

        check_restriction(syscall_restrict_suid_sgid, calls, ARRAY_SIZE(calls));
}

static int lock_linux32(SyscallRules *rules) {
        return syscall_restrict_personality(rules, PER_LINUX32);
}

static void test_personality(void **state) {
        static const Call calls[] = {
                CALL(personality, ALLOWED, PER_LINUX32),
                CALL(personality, ALLOWED, 0xffffffff),
                CALL(personality, EPERM, PER_LINUX),
                CALL(personality, EPERM, PER_LINUX32 | ADDR_NO_RANDOMIZE),
        };

        check_restriction(lock_linux32, calls, ARRAY_SIZE(calls));
}

static int whole_calls(SyscallRules *rules) {
        assert_int_equal(syscall_restrict_clock(rules), 0);
        assert_int_equal(syscall_restrict_kernel_modules(rules), 0);
        assert_int_equal(syscall_restrict_kernel_logs(rules), 0);
        assert_int_equal(syscall_restrict_kernel_tunables(rules), 0);
        assert_int_equal(syscall_restrict_hostname(rules), 0);
        return syscall_restrict_raw_io(rules);
}

static void test_whole_calls(void **state) {
        static const Call calls[] = {
                CALL(settimeofday, EPERM, 0),
                CALL(clock_settime, EPERM, 0),
                CALL(clock_adjtime64, EPERM, 0),
                CALL(clock_gettime, ALLOWED, 0),
                CALL(init_module, EPERM, 0),
                CALL(finit_module, EPERM, 0),
                CALL(delete_module, EPERM, 0),
                CALL(syslog, EPERM, 0),
                CALL(_sysctl, EPERM, 0),
                CALL(sethostname, EPERM, 0),
                CALL(setdomainname, EPERM, 0),
                CALL(uname, ALLOWED, 0),
                CALL(iopl, EPERM, 0),
                CALL(ioperm, EPERM, 0),
        };

        check_restriction(whole_calls, calls, ARRAY_SIZE(calls));
}

/* The strictest of several directives counts; of two errors, that of SystemCallFilter=. */
static int together(SyscallRules *rules) {
        _cleanup_(syscall_filter_done) SyscallFilter f = { 0 };

        assert_int_equal(syscall_filter_parse(&f, "@system-service", NULL), 0);
        assert_int_equal(syscall_filter_parse(&f, "~clone3:EACCES setns kexec_load:kill", NULL), 0);
        assert_int_equal(syscall_restrict_namespaces(rules, 0), 0);
        assert_true(some_families(rules) >= 0);
        return syscall_calls_filter(rules, &f, EIO);
}

static int logged(SyscallRules *rules) {
        _cleanup_(syscall_filter_done) SyscallFilter f = { 0 };

        assert_int_equal(syscall_filter_parse(&f, "openat sethostname", NULL), 0);
        assert_int_equal(syscall_restrict_hostname(rules), 0);
        return syscall_calls_log(rules, &f);
}

static void test_together(void **state) {
        static const Call calls[] = {
                CALL(read, ALLOWED, 0),         CALL(setns, EIO, 3, CLONE_NEWNET),
                CALL(clone3, EACCES, 0),        CALL(kexec_load, KILLED, 0),
                CALL(reboot, EIO, 0),           CALL(clone, EPERM, CLONE_NEWUSER),
                CALL(clone, ALLOWED, SIGCHLD),  CALL(socket, EAFNOSUPPORT, AF_PACKET),
                CALL(socket, ALLOWED, AF_INET),
        };
        static const Call log[] = {
                CALL(openat, LOGGED, 0), CALL(read, ALLOWED, 0), CALL(sethostname, EPERM, 0),
                CALL(execve, ALLOWED, 0), /* no @default in a list of what to log */
        };

        check_restriction(together, calls, ARRAY_SIZE(calls));
        check_restriction(logged, log, ARRAY_SIZE(log));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_namespaces),    cmocka_unit_test(test_address_families),
                cmocka_unit_test(test_write_execute), cmocka_unit_test(test_realtime),
                cmocka_unit_test(test_suid_sgid),     cmocka_unit_test(test_personality),
                cmocka_unit_test(test_whole_calls),   cmocka_unit_test(test_together),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
