/*
 * The end of everything. It may be interrupted by a fatal signal and begun again
 * at any point. In a container, whose mounts go with it and whose devices are not
 * its own, only processes are ended; beside another process 1, only descendants.
 */
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/loop.h>
#include <linux/reboot.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/mount-info.h"
#include "base/number.h"
#include "base/path.h"
#include "base/text.h"
#include "supervisor/init/init.h"

enum { TERM_S = 10, KILL_S = 10, LAST_S = 600, LOOPS = 256, ROUNDS = 64 };

static char text[1 << 20]; /* of a file of the kernel */

void init_ask_final(State *s, InitAction action, int status) {
        s->final.status = status;
        init_fence();
        s->final.number = s->adjacent ? INIT_EXIT : action == INIT_SHELL ? INIT_REBOOT : action;
}

static void signal_children(int number) {
        char *rest = text;
        int pid;

        snprintf(text, sizeof(text), "/proc/self/task/%d/children", (int)getpid());
        if (file_read_start_at(AT_FDCWD, text, text, sizeof(text)) < 0)
                return;
        for (char *word; (word = strsep(&rest, " "));)
                if (number_parse_int(word, &pid) >= 0)
                        (void)kill(pid, number);
}

/* Descendants become children when their parents end, so children are signalled again and again. */
static void end_processes(const State *s, int number, unsigned seconds) {
        uint64_t deadline = clock_now() + seconds * CLOCK_SECOND;
        siginfo_t end;
        sigset_t set;

        sigemptyset(&set);
        sigaddset(&set, SIGCHLD);
        if (!s->adjacent)
                (void)kill(-1, number);
        while (clock_now() < deadline) {
                if (s->adjacent)
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

static void let_go_of_storage(void) {
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

_noreturn_ void init_final(State *s) {
        static const int commands[] = { [INIT_REBOOT] = RB_AUTOBOOT,
                                        [INIT_POWEROFF] = RB_POWER_OFF,
                                        [INIT_HALT] = RB_HALT_SYSTEM,
                                        [INIT_KEXEC] = RB_KEXEC,
                                        [INIT_EXIT] = RB_POWER_OFF };
        bool stays = s->final.number == INIT_REBOOT || s->final.number == INIT_KEXEC;

        init_feed(s, LAST_S); /* the end may hang, too */
        end_processes(s, SIGTERM, TERM_S);
        end_processes(s, SIGKILL, KILL_S);
        if (s->machine)
                let_go_of_storage();
        init_feed(s, stays ? LAST_S : 0);
        if (s->final.number == INIT_EXIT && !s->machine)
                _exit(s->final.status);
        if (s->final.text[0])
                (void)syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
                              LINUX_REBOOT_CMD_RESTART2, s->final.text);
        (void)reboot(commands[s->final.number]);
        (void)reboot(RB_AUTOBOOT); /* as when no kernel is loaded for kexec */
        _exit(s->final.status);
}
