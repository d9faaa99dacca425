/*
 * Ending processes, and letting go of storage. What is stacked (a file system on a loop device on a
 * file system) comes apart from the top, round by round, until a round achieves nothing.
 */
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/loop.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/machine/machine.h"
#include "base/mount-info.h"
#include "base/number.h"
#include "base/path.h"
#include "base/text.h"

enum { LOOPS = 256, ROUNDS = 64 };

static char text[1 << 20]; /* of a file of the kernel: nothing may be allocated */

static void signal_children(int number) {
        char path[64], *rest = text;
        int pid;

        snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
        if (file_read_start_at(AT_FDCWD, path, text, sizeof(text)) >= 0)
                for (char *word; (word = strsep(&rest, " "));)
                        if (number_parse_int(word, &pid) >= 0)
                                (void)kill(pid, number);
}

void machine_end_processes(bool all, int number, unsigned seconds) {
        uint64_t deadline = clock_now() + seconds * CLOCK_SECOND;
        siginfo_t end = { 0 };
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGCHLD);
        if (all)
                (void)kill(-1, number);
        while (clock_now() < deadline) {
                if (!all)
                        signal_children(number);
                do {
                        end.si_pid = 0;
                        if (waitid(P_ALL, 0, &end, WEXITED | WNOHANG | __WALL) < 0)
                                return; /* none is left */
                } while (end.si_pid != 0);
                (void)sigtimedwait(&set, NULL, &(struct timespec){ .tv_sec = 1 });
        }
}

static void stop_swapping(void) {
        char *rest = text, *line;

        if (file_read_start_at(AT_FDCWD, "/proc/swaps", text, sizeof(text)) >= 0)
                while ((line = strsep(&rest, "\n")))
                        if (*line == '/') {
                                line[strcspn(line, " ")] = '\0';
                                (void)swapoff(line);
                        }
}

static bool is_kernels(const char *path) {
        return path_after(path, "/proc") || path_after(path, "/sys") || path_after(path, "/dev") ||
               text_eq(path, "/run");
}

/* True: something was unmounted. What stays becomes read-only when that is asked for. */
static bool unmount_all(bool read_only) {
        ssize_t size = file_read_start_at(AT_FDCWD, "/proc/self/mountinfo", text, sizeof(text));
        size_t n = size > 0 ? (size_t)size : 0;
        bool progress = false;

        for (const char *path; (path = mount_info_last(text, &n));) {
                if (is_kernels(path))
                        continue;
                if (read_only)
                        (void)mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL);
                else if (!text_eq(path, "/") && umount2(path, UMOUNT_NOFOLLOW) == 0)
                        progress = true;
        }
        return progress;
}

/* Loop devices, and what the device mapper has that nobody uses. */
static bool detach_devices(void) {
        struct dm_ioctl all = { .version = { DM_VERSION_MAJOR }, .data_size = sizeof(all) };
        _cleanup_fd_ int dm = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
        bool progress = false;

        for (int i = 0; i < LOOPS; i++) {
                char path[32];
                _cleanup_fd_ int fd = -EBADF;

                snprintf(path, sizeof(path), "/dev/loop%d", i);
                fd = open(path, O_RDONLY | O_CLOEXEC);
                if (fd >= 0 && ioctl(fd, LOOP_CLR_FD) == 0)
                        progress = true;
        }
        if (dm >= 0)
                (void)ioctl(dm, DM_REMOVE_ALL, &all);
        return progress;
}

void machine_end(void) {
        sync();
        stop_swapping();
        for (int i = 0; i < ROUNDS; i++) {
                bool unmounted = unmount_all(false);

                if (!detach_devices() && !unmounted)
                        break;
        }
        (void)unmount_all(true);
        sync();
}
