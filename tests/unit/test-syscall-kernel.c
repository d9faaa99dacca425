/* Protects the filters where it counts: the kernel takes them, and acts as the rules say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/sandbox/syscall/calls.h"
#include "supervisor/sandbox/syscall/program.h"
#include "supervisor/sandbox/syscall/restrict.h"
#include "tests/unit/skip.h"

enum { SIGNALLED = 1000, CANNOT_LOAD = 250 };

typedef int (*Fill)(SyscallRules *rules);
typedef long (*Try)(void); /* -1 and errno where it fails */

/* In a child: loads what FILL describes and tries. Returns 0 where the try succeeds, else its
 * errno, or SIGNALLED + the signal that ended the child. */
static int attempt(Fill fill, Try try) {
        _cleanup_(syscall_rules_done) SyscallRules rules = SYSCALL_RULES_INIT(SYSCALL_ARCH_NATIVE);
        _cleanup_(syscall_program_done) SyscallProgram p = { 0 };
        struct sock_fprog program;
        int status;
        pid_t pid;

        assert_true(fill(&rules) >= 0);
        assert_int_equal(syscall_program_compile(&rules, NULL, &p), 0);
        program = (struct sock_fprog){ .len = (unsigned short)p.n, .filter = p.instructions };
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
                    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
                        _exit(CANNOT_LOAD);
                (void)signal(SIGSEGV, SIG_DFL); /* cmocka's handler would count it as a failure */
                errno = 0;
                _exit(try() < 0 ? errno : 0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFSIGNALED(status))
                return SIGNALLED + WTERMSIG(status);
        assert_int_not_equal(WEXITSTATUS(status), CANNOT_LOAD);
        return WEXITSTATUS(status);
}

static int service_calls(SyscallRules *rules) {
        _cleanup_(syscall_filter_done) SyscallFilter f = { 0 };

        assert_int_equal(syscall_filter_parse(&f, "@system-service", NULL), 0);
        assert_int_equal(syscall_filter_parse(&f, "~@privileged mkdir:EXDEV reboot:kill", NULL), 0);
        return syscall_calls_filter(rules, &f, EUCLEAN);
}

static int service_calls_or_death(SyscallRules *rules) {
        _cleanup_(syscall_filter_done) SyscallFilter f = { 0 };

        assert_int_equal(syscall_filter_parse(&f, "@system-service", NULL), 0);
        rules->archs = SYSCALL_ARCH_BIT(rules->native);
        return syscall_calls_filter(rules, &f, SYSCALL_ACTION_KILL);
}

static int everything(SyscallRules *rules) {
        static const int families[] = { AF_UNIX, AF_INET };

        assert_int_equal(syscall_restrict_namespaces(rules, 0), 0);
        assert_int_equal(syscall_restrict_write_execute(rules), 0);
        assert_int_equal(syscall_restrict_realtime(rules), 0);
        assert_int_equal(syscall_restrict_suid_sgid(rules), 0);
        assert_int_equal(syscall_restrict_personality(rules, 0), 0);
        assert_int_equal(syscall_restrict_hostname(rules), 0);
        assert_true(syscall_restrict_address_families(
                            rules, &(SyscallFamilies){ families, 2, .allow_list = true }) >= 0);
        return service_calls(rules);
}

static long try_getppid(void) {
        return getppid();
}
static long try_chroot(void) {
        return chroot("/nonexistent");
}
static long try_mkdir(void) {
        return mkdir("/nonexistent/x", 0700);
}
static long try_reboot(void) {
        return syscall(SYS_reboot, 0, 0, 0, 0); /* wrong magic numbers: EINVAL at worst */
}
static long try_new_number(void) {
        return syscall(5000);
}
static long try_unshare(void) {
        return unshare(CLONE_NEWUTS);
}
static long try_unshare_files(void) {
        return unshare(CLONE_FILES);
}
static long try_clone3(void) {
        return syscall(SYS_clone3, NULL, 0);
}
static long try_packet(void) {
        return socket(AF_PACKET, SOCK_DGRAM, 0);
}
static long try_packet_disguised(void) {
        return syscall(SYS_socket, (1L << 32) | AF_PACKET, SOCK_DGRAM, 0);
}
static long try_unix(void) {
        return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}
static long map(int protection) {
        const void *page = mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        return page == MAP_FAILED ? -1 : 0;
}
static long try_map_writable(void) {
        return map(PROT_READ | PROT_WRITE);
}
static long try_map_executable(void) {
        return map(PROT_WRITE | PROT_EXEC);
}
static long try_fifo(void) {
        return sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 1 });
}
static long try_batch(void) {
        return sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){ 0 });
}
static long try_suid_file(void) {
        return open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 04700);
}
static long try_plain_file(void) {
        return open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}
static long try_fork(void) {
        pid_t pid = fork();

        if (pid == 0)
                _exit(0);
        return pid < 0 ? -1 : waitpid(pid, NULL, 0);
}

static void test_allow_list(void **state) {
        assert_int_equal(attempt(service_calls, try_getppid), 0);
        assert_int_equal(attempt(service_calls, try_fork), 0);
        assert_int_equal(attempt(service_calls, try_chroot), EUCLEAN);
        assert_int_equal(attempt(service_calls, try_mkdir), EXDEV);
        assert_int_equal(attempt(service_calls, try_reboot), SIGNALLED + SIGSYS);
        assert_int_equal(attempt(service_calls, try_new_number), EUCLEAN);
        assert_int_equal(attempt(service_calls_or_death, try_getppid), 0);
        assert_int_equal(attempt(service_calls_or_death, try_reboot), SIGNALLED + SIGSYS);
        assert_int_equal(attempt(service_calls_or_death, try_new_number), SIGNALLED + SIGSYS);
}

static void test_everything(void **state) {
        assert_int_equal(attempt(everything, try_fork), 0);
        assert_int_equal(attempt(everything, try_unshare), EPERM);
        assert_int_equal(attempt(everything, try_unshare_files), 0);
        assert_int_equal(attempt(everything, try_clone3), ENOSYS);
        assert_int_equal(attempt(everything, try_packet), EAFNOSUPPORT);
        assert_int_equal(attempt(everything, try_packet_disguised), EAFNOSUPPORT);
        assert_int_equal(attempt(everything, try_unix), 0);
        assert_int_equal(attempt(everything, try_map_writable), 0);
        assert_int_equal(attempt(everything, try_map_executable), EPERM);
        assert_int_equal(attempt(everything, try_fifo), EPERM);
        assert_int_equal(attempt(everything, try_batch), 0);
        assert_int_equal(attempt(everything, try_suid_file), EPERM);
        assert_int_equal(attempt(everything, try_plain_file), 0);
}

#if defined(__x86_64__)
static long i386_call(long number, long first) {
        long r;

        __asm__ volatile("int $0x80"
                         : "=a"(r)
                         : "a"(number), "b"(first)
                         : "memory", "cc", "r8", "r9", "r10", "r11");
        if (r >= 0)
                return r;
        errno = (int)-r;
        return -1;
}
static long try_i386_getppid(void) {
        return i386_call(64, 0);
}
static long try_i386_chroot(void) {
        return i386_call(61, 0);
}
static long try_i386_socketcall(void) {
        return i386_call(102, 0); /* no such socket call: EINVAL from the kernel */
}
static long try_x32_getppid(void) {
        return syscall(0x40000000L | SYS_getppid);
}
static int nothing(SyscallRules *rules) {
        return syscall_restrict_hostname(rules);
}

static void test_other_architectures(void **state) {
        if (attempt(nothing, try_i386_getppid) != 0)
                skip_because("the kernel has no 32-bit calls");
        assert_int_equal(attempt(service_calls, try_i386_getppid), 0);
        assert_int_equal(attempt(service_calls, try_i386_chroot), EUCLEAN);
        assert_int_equal(attempt(service_calls, try_i386_socketcall), EINVAL);
        assert_int_equal(attempt(service_calls_or_death, try_i386_getppid), SIGNALLED + SIGSYS);
        assert_int_equal(attempt(service_calls_or_death, try_x32_getppid), SIGNALLED + SIGSYS);
}
#else
static void test_other_architectures(void **state) {
        skip_because("only x86 has these other architectures");
}
#endif

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_allow_list),
                cmocka_unit_test(test_everything),
                cmocka_unit_test(test_other_architectures),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
