/* Protects what a child that shares our memory is promised: a stack and a control group of its own,
 * and that its parent goes on beside it; and that a plan lent to it comes back unchanged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clone.h"
#include "base/fd.h"
#include "supervisor/sandbox/plan.h"
#include "tests/unit/skip.h"

typedef struct Seen {
        pid_t pid;
        uintptr_t frame;
        int pipe_fd; /* what the child waits for */
} Seen;

static void note(void *argument) {
        Seen *s = argument;
        char deep[65536];

        memset(deep, 1, sizeof(deep));
        usleep(20000);
        s->pid = getpid() + deep[sizeof(deep) - 1] - 1;
        s->frame = (uintptr_t)deep;
        _exit(7);
}

static void listen_and_note(void *argument) {
        Seen *s = argument;
        char c;

        if (read(s->pipe_fd, &c, 1) == 1)
                note(s);
        _exit(1);
}

static void overflow(void *argument) {
        const CloneStack *s = argument;

        (void)signal(SIGSEGV, SIG_DFL); /* cmocka's handler would return to the parent's stack */
        *((volatile char *)s->start + s->size / 64) = 1;
        _exit(0);
}

static int status_of(pid_t pid) {
        int status = 0;

        assert_int_equal(waitpid(pid, &status, 0), pid);
        return status;
}

static pid_t begin(const CloneRequest *q) {
        pid_t pid = clone_shared(q);

        if (pid == -ENOSYS)
                skip_because("this machine, or a sanitizer, wants a copy of all memory");
        assert_true(pid > 0);
        return pid;
}

static void test_memory(void **state) {
        _cleanup_(clone_stack_unmap) CloneStack stack = { 0 };
        _cleanup_fd_ int in = -EBADF, out = -EBADF;
        Seen seen = { 0 };
        int ends[2];
        pid_t pid;

        assert_int_equal(clone_stack_map(&stack), 0);
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        seen.pipe_fd = in = ends[0];
        out = ends[1];
        pid = begin(&(CloneRequest){ listen_and_note, &seen, &stack, -EBADF });
        assert_int_equal(write(out, "", 1), 1);
        assert_int_equal(WEXITSTATUS(status_of(pid)), 7);
        assert_int_equal(seen.pid, pid);
        assert_true(seen.frame > (uintptr_t)stack.start);
        assert_true(seen.frame < (uintptr_t)stack.start + stack.size);
}

static void test_guard(void **state) {
        _cleanup_(clone_stack_unmap) CloneStack stack = { 0 };
        int status;

        assert_int_equal(clone_stack_map(&stack), 0);
        status = status_of(begin(&(CloneRequest){ overflow, &stack, &stack, -EBADF }));
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static void test_no_such_group(void **state) {
        _cleanup_(clone_stack_unmap) CloneStack stack = { 0 };
        _cleanup_fd_ int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        Seen seen = { 0 };

        assert_int_equal(clone_stack_map(&stack), 0);
        assert_true(clone_shared(&(CloneRequest){ note, &seen, &stack, root }) < 0);
        assert_int_equal(seen.pid, 0);
}

static Op *add(Plan *p, OpKind kind, const char *path, const char *text) {
        Op *op = plan_add(p, kind, "Test");

        assert_non_null(op);
        op->path = path ? strdup(path) : NULL;
        op->text = text ? strdup(text) : NULL;
        return op;
}

static void test_lend(void **state) {
        _cleanup_(plan_done) Plan p = { 0 };
        _cleanup_(plan_take_back) Plan lent = { 0 };
        int fd = dup(STDERR_FILENO);

        add(&p, OP_HOSTNAME, NULL, "name");
        add(&p, OP_BIND, "/tmp", NULL)->fd = fd;
        add(&p, OP_TMPFS, "/var/tmp", "mode=1777");
        assert_int_equal(plan_lend(&p, &lent), 0);
        assert_int_equal(lent.n, 3);
        assert_ptr_equal(lent.ops[0].text, p.ops[0].text);
        assert_string_equal(lent.ops[2].text, "mode=1777");
        assert_ptr_not_equal(lent.ops[2].text, p.ops[2].text);
        assert_int_equal(lent.ops[1].fd, fd);

        /* what applying does: paths change, places are opened, operations are dropped */
        free(lent.ops[1].path);
        lent.ops[1].path = strdup("/private/tmp");
        lent.ops[1].place = STDERR_FILENO;
        lent.ops[2].fd = lent.ops[2].place = -EBADF;
        op_done(&lent.ops[2]);
        lent.n = 2;
        plan_take_back(&lent);

        assert_string_equal(p.ops[0].text, "name");
        assert_string_equal(p.ops[1].path, "/tmp");
        assert_string_equal(p.ops[2].path, "/var/tmp");
        assert_true(fcntl(fd, F_GETFD) >= 0);
        assert_true(fcntl(STDERR_FILENO, F_GETFD) >= 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_memory),
                cmocka_unit_test(test_guard),
                cmocka_unit_test(test_no_such_group),
                cmocka_unit_test(test_lend),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
