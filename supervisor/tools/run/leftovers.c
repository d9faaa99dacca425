/*
 * Descendants are found by the parents that /proc names. A process is signalled
 * through a pidfd that was opened before its parent was asked for again, so
 * that a number which was given anew meanwhile is never hit.
 */
#include "supervisor/tools/run/leftovers.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

enum {
        CHILDREN_TEXT_MAX = 32 << 20,
        REAP_AT_ONCE = 100000,
        FAST_ROUNDS = 64,
        PATIENT_ROUNDS = 512,
};

#define PAUSE_MIN_NSEC  20000L
#define PAUSE_MAX_NSEC  2000000L
#define PAUSE_LONG_NSEC 50000000L /* for what cannot be killed, or not yet */

typedef struct Process {
        pid_t pid;
        pid_t parent;
        bool ours; /* a descendant */
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
        p->items[p->n++] = (Process){ .pid = pid, .parent = parent };
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

static int compare(const void *a, const void *b) {
        const Process *x = a, *y = b;

        return (x->pid > y->pid) - (x->pid < y->pid);
}

static Process *find(const Processes *p, pid_t pid) {
        const Process wanted = { .pid = pid };

        return p->n == 0 ? NULL : bsearch(&wanted, p->items, p->n, sizeof(Process), compare);
}

/* Parents mostly have the lower numbers, so that one round goes all the way down; somebody may have
 * made thousands of generations to keep us busy. */
static void mark_ours(Processes *p) {
        const pid_t self = getpid();

        for (bool again = true; again;) {
                again = false;
                for (size_t i = 0; i < p->n; i++) {
                        const Process *parent = find(p, p->items[i].parent);

                        if (p->items[i].ours ||
                            (p->items[i].parent != self && !(parent && parent->ours)))
                                continue;
                        p->items[i].ours = again = true;
                }
        }
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

static int list_all(int proc, Processes *ret) {
        int r = list(proc, ret);

        if (r < 0)
                return r;
        if (ret->n > 0)
                qsort(ret->items, ret->n, sizeof(Process), compare);
        mark_ours(ret);
        return 0;
}

static int open_proc(void) {
        int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 ? -errno : fd;
}

bool leftovers_has(pid_t pid) {
        _cleanup_(processes_done) Processes all = { 0 };
        _cleanup_fd_ int proc = open_proc();
        const Process *p;

        if (proc < 0 || list_all(proc, &all) < 0)
                return false;
        p = find(&all, pid);
        return p && p->ours;
}

pid_t leftovers_only_child(void) {
        _cleanup_(processes_done) Processes all = { 0 };
        _cleanup_fd_ int proc = open_proc();
        pid_t child = 0;

        if (proc < 0 || list_all(proc, &all) < 0)
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

/* ONLY 0: all but EXCEPT. */
static int signal_some(int signal, pid_t only, pid_t except) {
        _cleanup_(processes_done) Processes all = { 0 };
        _cleanup_fd_ int proc = open_proc();
        int count = 0, r = proc < 0 ? proc : list_all(proc, &all);

        if (r < 0)
                return r;
        for (size_t i = 0; i < all.n; i++) {
                const Process *p = &all.items[i];

                if (!p->ours || p->pid == except || (only > 0 && p->pid != only))
                        continue;
                signal_one(proc, p, signal);
                count++;
        }
        return count;
}

int leftovers_signal(int signal, pid_t except) {
        return signal_some(signal, 0, except);
}

int leftovers_signal_one(int signal, pid_t pid) {
        return signal_some(signal, pid, 0);
}

/* Where the kernel lists children by themselves, they are killed faster than they can fork. Their
 * numbers are safe: nobody else can have them before we reaped them. */
static bool kill_children(void) {
        _cleanup_free_ char *text = NULL;
        char path[48];

        snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
        if (file_read_at(AT_FDCWD, path, CHILDREN_TEXT_MAX, &text, NULL) < 0)
                return false;
        for (char *rest = text, *word; (word = strsep(&rest, " "));) {
                uint32_t pid;

                if (number_parse_u32(word, 10, &pid) >= 0 && pid > 1)
                        (void)kill((pid_t)pid, SIGKILL);
        }
        return true;
}

/* Are there children left? Bounded, since some may end and be replaced all the time. */
static bool reap(void) {
        for (int i = 0; i < REAP_AT_ONCE; i++) {
                pid_t pid = waitpid(-1, NULL, WNOHANG);

                if (pid <= 0)
                        return pid == 0;
        }
        return true;
}

/* Children of what was killed become ours, so the rounds end when we have none. Stopping first
 * keeps a process that forks all the time from running ahead; one that is replaced by its own child
 * again and again may escape a round, but not all of them. */
void leftovers_kill(bool killed) {
        struct timespec pause = { .tv_nsec = PAUSE_MIN_NSEC };

        for (unsigned round = 0; reap(); round++) {
                bool wait = killed && round < FAST_ROUNDS;

                if (!wait && (!kill_children() || round % FAST_ROUNDS == FAST_ROUNDS - 1)) {
                        (void)leftovers_signal(SIGSTOP, 0);
                        (void)leftovers_signal(SIGKILL, 0);
                }
                if (!reap())
                        return;
                (void)nanosleep(&pause, NULL);
                pause.tv_nsec = MIN_OF(pause.tv_nsec * 2,
                                       round < PATIENT_ROUNDS ? PAUSE_MAX_NSEC : PAUSE_LONG_NSEC);
        }
}
