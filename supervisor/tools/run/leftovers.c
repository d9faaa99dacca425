/*
 * Descendants are found by the parents that /proc names. A process is signalled
 * through a pidfd that was opened before its parent was asked for again, so
 * that a number which was given anew meanwhile is never hit.
 */
#include "supervisor/tools/run/leftovers.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"

typedef struct Process {
        pid_t pid;
        pid_t parent;
} Process;

typedef struct Processes {
        Process *items;
        size_t n;
} Processes;

static void processes_done(Processes *p) {
        free(p->items);
}

/* The fourth field of /proc/PID/stat; the second, the name, may hold anything but ends in the last
 * ")". Returns 0 when there is no such process. */
static pid_t parent_of(int proc, const char *pid) {
        _cleanup_free_ char *text = NULL;
        char path[32], *end;
        uint32_t parent;

        snprintf(path, sizeof(path), "%.10s/stat", pid);
        if (file_read_at(proc, path, 8192, &text, NULL) < 0)
                return 0;
        end = strrchr(text, ')');
        if (!end || strlen(end) < 5)
                return 0;
        end += 4; /* ") S " */
        end[strcspn(end, " ")] = '\0';
        return number_parse_u32(end, 10, &parent) < 0 ? 0 : (pid_t)parent;
}

static int add(Processes *p, pid_t pid, pid_t parent) {
        if (ARRAY_GROW(p->items, p->n) < 0)
                return -ENOMEM;
        p->items[p->n++] = (Process){ pid, parent };
        return 0;
}

static int list(int proc, Processes *ret) {
        _cleanup_(dir_closep) DIR *d = NULL;
        int r = dir_open_at(proc, ".", &d);

        if (r < 0)
                return r;
        for (struct dirent *e; (e = dir_next(d));) {
                uint32_t pid;
                pid_t parent;

                if (number_parse_u32(e->d_name, 10, &pid) < 0)
                        continue;
                parent = parent_of(proc, e->d_name);
                if (parent > 0 && add(ret, (pid_t)pid, parent) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static pid_t listed_parent(const Processes *p, pid_t pid) {
        for (size_t i = 0; i < p->n; i++)
                if (p->items[i].pid == pid)
                        return p->items[i].parent;
        return 0;
}

static bool is_descendant(const Processes *p, pid_t pid) {
        const pid_t self = getpid();

        for (size_t steps = 0; pid > 1 && steps <= p->n; steps++) {
                pid = listed_parent(p, pid);
                if (pid == self)
                        return true;
        }
        return false;
}

/* Whose parent ended since it was listed is a child of ours by now, and still meant. */
static void signal_one(int proc, const Process *process, int signal) {
        _cleanup_fd_ int fd = pidfd_open(process->pid, 0);
        char number[16];
        pid_t parent;

        snprintf(number, sizeof(number), "%d", (int)process->pid);
        parent = fd >= 0 ? parent_of(proc, number) : 0;
        if (parent > 0 && (parent == process->parent || parent == getpid()))
                (void)pidfd_send_signal(fd, signal, NULL, 0); /* it may be gone */
}

static int list_all(Processes *ret) {
        _cleanup_fd_ int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return proc < 0 ? -errno : list(proc, ret);
}

bool leftovers_has(pid_t pid) {
        _cleanup_(processes_done) Processes all = { 0 };

        return list_all(&all) >= 0 && is_descendant(&all, pid);
}

pid_t leftovers_only_child(void) {
        _cleanup_(processes_done) Processes all = { 0 };
        pid_t child = 0;

        if (list_all(&all) < 0)
                return 0;
        for (size_t i = 0; i < all.n; i++) {
                if (all.items[i].parent != getpid())
                        continue;
                if (child)
                        return 0;
                child = all.items[i].pid;
        }
        return child;
}

int leftovers_signal(int signal, pid_t except) {
        _cleanup_fd_ int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        _cleanup_(processes_done) Processes all = { 0 };
        int count = 0, r;

        if (proc < 0)
                return -errno;
        r = list(proc, &all);
        if (r < 0)
                return r;
        for (size_t i = 0; i < all.n; i++) {
                if (all.items[i].pid == except || !is_descendant(&all, all.items[i].pid))
                        continue;
                signal_one(proc, &all.items[i], signal);
                count++;
        }
        return count;
}

/* Children of what was killed become ours, so the rounds end when we have none. Stopping first
 * keeps a process that forks all the time from running ahead. No round waits: one that was missed,
 * since its parent ended meanwhile, may be stopped and would never end. */
void leftovers_kill(void) {
        const struct timespec pause = { .tv_nsec = 1000000 };
        pid_t ended;

        while ((ended = waitpid(-1, NULL, WNOHANG)) >= 0) {
                if (ended > 0)
                        continue;
                if (leftovers_signal(SIGSTOP, 0) < 0 || leftovers_signal(SIGKILL, 0) < 0)
                        return;
                (void)nanosleep(&pause, NULL);
        }
}
