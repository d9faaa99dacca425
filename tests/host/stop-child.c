/*
 * Stops a process at a chosen instruction between its making and its execution of a program, and
 * lets go of it and of everybody else then:
 *
 *     stop-child CALL DEPTH N COMMAND...    the DEPTH'th generation of COMMAND's first children; of
 *                                           the last one N children are passed over
 *     stop-child CALL PID                   the next child of a process that is there already
 *
 * CALL is the number of the system call on whose return it stops, or "first", the first
 * instruction. It is
 * a stop by SIGSTOP, as anybody may send it, and no tracer is there any more. Prints its pid. With
 * a COMMAND the exit status is that command's, else 0.
 */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/number.h"

#define FOLLOW (PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)

static _Noreturn void fail(const char *what) {
        perror(what);
        exit(125);
}

static int wait_stop(pid_t pid) {
        int status;

        if (waitpid(pid, &status, __WALL) != pid)
                fail("waiting");
        if (!WIFSTOPPED(status)) {
                fprintf(stderr, "stop-child: %d ended too early\n", (int)pid);
                exit(125);
        }
        return status;
}

static bool is_call(int status) {
        return WSTOPSIG(status) == (SIGTRAP | 0x80);
}

/* What goes on with it is what would without us. */
static void go_on(enum __ptrace_request how, pid_t pid, int status) {
        bool passes = status >> 16 == 0 && !is_call(status);

        if (ptrace(how, pid, 0, (long)(passes ? WSTOPSIG(status) : 0)) < 0)
                fail("ptrace");
}

/* Until it makes a child. */
static pid_t next_child(pid_t pid) {
        unsigned long child;

        for (;;) {
                int status = wait_stop(pid);

                if (status >> 16 == PTRACE_EVENT_FORK || status >> 16 == PTRACE_EVENT_VFORK ||
                    status >> 16 == PTRACE_EVENT_CLONE)
                        break;
                go_on(PTRACE_CONT, pid, status);
        }
        if (ptrace(PTRACE_GETEVENTMSG, pid, 0, &child) < 0)
                fail("following");
        return (pid_t)child;
}

static void leave(pid_t pid) {
        if (ptrace(PTRACE_DETACH, pid, 0, 0) < 0)
                fail("leaving");
}

/* The child that comes after so many others. The process is left alone then. */
static pid_t child_of(pid_t pid, uint32_t others) {
        pid_t child = next_child(pid);

        for (; others > 0; others--) {
                (void)wait_stop(child);
                leave(child);
                if (ptrace(PTRACE_CONT, pid, 0, 0) < 0)
                        fail("following");
                child = next_child(pid);
        }
        leave(pid);
        return child;
}

static void stop_at(pid_t pid, long call) {
        int status = wait_stop(pid); /* its first instruction, which is to come */

        while (call >= 0) {
                struct __ptrace_syscall_info info = { 0 };

                go_on(PTRACE_SYSCALL, pid, status);
                status = wait_stop(pid);
                if (!is_call(status))
                        continue;
                if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) < 0)
                        fail("asking for the system call");
                if (info.op == PTRACE_SYSCALL_INFO_ENTRY && (long)info.entry.nr == call)
                        break;
        }
        if (kill(pid, SIGSTOP) < 0 || ptrace(PTRACE_DETACH, pid, 0, 0) < 0)
                fail("stopping");
        printf("%d\n", (int)pid);
        fflush(stdout);
}

static pid_t start(char *argv[]) {
        pid_t pid = fork();

        if (pid == 0) {
                (void)raise(SIGSTOP); /* until we follow it */
                execvp(argv[0], argv);
                perror(argv[0]);
                _exit(127);
        }
        if (waitpid(pid, NULL, WUNTRACED) != pid)
                fail("starting");
        return pid;
}

static int status_of(pid_t pid) {
        int status;

        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        fail("waiting");
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static uint32_t number(const char *text) {
        uint32_t n;

        if (number_parse_u32(text, 10, &n) < 0) {
                fprintf(stderr, "stop-child: \"%s\" is no number\n", text);
                exit(2);
        }
        return n;
}

int main(int argc, char *argv[]) {
        bool makes = argc > 4;
        uint32_t depth, others;
        pid_t first, pid;
        long call;

        if (argc != 3 && !makes) {
                fputs("usage: stop-child CALL DEPTH N COMMAND... | stop-child CALL PID\n", stderr);
                return 2;
        }
        call = strcmp(argv[1], "first") == 0 ? -1 : (long)number(argv[1]);
        depth = makes ? number(argv[2]) : 1;
        others = makes ? number(argv[3]) : 0;
        first = pid = makes ? start(argv + 4) : (pid_t)number(argv[2]);
        if (ptrace(PTRACE_SEIZE, pid, 0, (long)(FOLLOW | PTRACE_O_TRACESYSGOOD)) < 0)
                fail("following");
        if (makes)
                (void)kill(pid, SIGCONT);
        else
                puts("ready"), fflush(stdout);
        for (; depth > 0; depth--)
                pid = child_of(pid, depth == 1 ? others : 0);
        stop_at(pid, call);
        return makes ? status_of(first) : 0;
}
