/*
 * The counter lies in shared memory. Each worker is told to die with its
 * parent, and ends by _exit(), so that no buffer of the caller is flushed twice.
 */
#include "verity/image/pool.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

#define PROCESSES_MAX 256

/* How long the caller waits between two words about progress. */
#define PROGRESS_MSEC 200

typedef struct Shared {
        _Atomic uint64_t next; /* the next piece that nobody has taken */
        _Atomic uint64_t done;
        _Atomic int error; /* the first one, negative */
} Shared;

static unsigned cores(void) {
        cpu_set_t set;

        if (sched_getaffinity(0, sizeof set, &set) < 0)
                return 1;
        return CPU_COUNT(&set) > 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

static void fail(Shared *shared, int error) {
        int none = 0;

        atomic_compare_exchange_strong(&shared->error, &none, error);
}

static int work(const PoolJob *job, Shared *shared) {
        void *context = job->begin(job->context);
        uint64_t index;

        if (!context)
                return -ENOMEM;
        while (shared->error == 0 && (index = atomic_fetch_add(&shared->next, 1)) < job->pieces) {
                int r = job->work(index, context);

                if (r < 0)
                        return r;
                atomic_fetch_add(&shared->done, 1);
        }
        return 0;
}

/* In the child. Never returns. */
static void become_worker(const PoolJob *job, Shared *shared, pid_t parent) {
        int r = prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? -errno : 0;

        if (r == 0 && getppid() == parent)
                r = work(job, shared);
        if (r < 0)
                fail(shared, r);
        _exit(0);
}

/* Every worker holds the write end: the pipe ends when all have ended. */
static void watch(const PoolJob *job, const Shared *shared, int fd) {
        struct pollfd poll_fd = { .fd = fd };

        while (poll(&poll_fd, 1, PROGRESS_MSEC) <= 0)
                if (job->progress)
                        job->progress(shared->done, job->pieces, job->progress_context);
}

static void reap(const pid_t pids[], unsigned n, Shared *shared) {
        for (unsigned i = 0; i < n; i++) {
                int status = -1; /* which is no exit, where waiting fails */

                while (waitpid(pids[i], &status, 0) < 0 && errno == EINTR) {
                }
                if (!WIFEXITED(status))
                        fail(shared, -ECHILD);
        }
}

static int run(const PoolJob *job, Shared *shared, unsigned n) {
        pid_t pids[PROCESSES_MAX], self = getpid();
        int ends[2];
        unsigned started;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        for (started = 0; started < n; started++) {
                pids[started] = fork();
                if (pids[started] == 0)
                        become_worker(job, shared, self);
                if (pids[started] < 0) {
                        fail(shared, -errno);
                        break;
                }
        }
        close(ends[1]);
        watch(job, shared, ends[0]);
        close(ends[0]);
        reap(pids, started, shared);
        if (job->progress && shared->error == 0)
                job->progress(shared->done, job->pieces, job->progress_context);
        return shared->error;
}

int pool_run(const PoolJob *job) {
        unsigned n = job->processes ? job->processes : cores();
        Shared *shared;
        int r;

        if (n > PROCESSES_MAX)
                n = PROCESSES_MAX;
        if (n > job->pieces)
                n = job->pieces > 0 ? (unsigned)job->pieces : 1;
        shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
        if (shared == MAP_FAILED)
                return -errno;
        r = run(job, shared, n);
        munmap(shared, sizeof *shared);
        return r;
}
