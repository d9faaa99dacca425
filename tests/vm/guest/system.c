/*
 * A system that is just large enough for one command: mounts, a network interface that is up, a
 * reaper. The command's output goes through pipes, not straight to the serial ports, so that it
 * does not find a terminal there.
 */
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "tests/vm/guest/ports.h"
#include "tests/vm/guest/system.h"

static const struct {
        const char *type, *path, *options;
        unsigned long flags;
} mounts[] = {
        { "proc", "/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
        { "sysfs", "/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
        { "devtmpfs", "/dev", "mode=755", MS_NOSUID },
        { "devpts", "/dev/pts", "mode=620,gid=5,ptmxmode=666", MS_NOSUID | MS_NOEXEC },
        { "tmpfs", "/dev/shm", "mode=1777", MS_NOSUID | MS_NODEV },
        { "tmpfs", "/run", "mode=755", MS_NOSUID | MS_NODEV },
        { "tmpfs", "/tmp", "mode=1777", MS_NOSUID | MS_NODEV },
        { "cgroup2", "/sys/fs/cgroup", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
        { "securityfs", "/sys/kernel/security", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
};

static int set_up_mounts(const char **ret_what) {
        for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
                *ret_what = mounts[i].path;
                if (mkdir(mounts[i].path, 0755) < 0 && errno != EEXIST)
                        return -errno;
                if (mount(mounts[i].type, mounts[i].path, mounts[i].type, mounts[i].flags,
                          mounts[i].options) < 0)
                        return -errno;
        }
        return 0;
}

static int set_up_controllers(const char **ret_what) {
        _cleanup_free_ char *names = NULL;
        char *rest, *name;
        int r;

        *ret_what = "cgroup.controllers";
        r = file_read_at(AT_FDCWD, "/sys/fs/cgroup/cgroup.controllers", 4096, &names, NULL);
        for (rest = names; r >= 0 && (name = strsep(&rest, " \n"));) {
                char enable[64];

                if (!*name)
                        continue;
                snprintf(enable, sizeof(enable), "+%s", name);
                r = file_write_kernel(AT_FDCWD, "/sys/fs/cgroup/cgroup.subtree_control", enable);
        }
        return r;
}

static int set_up_loopback(const char **ret_what) {
        _cleanup_fd_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };

        *ret_what = "the loopback interface";
        return fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

int system_set_up(const char **ret_what) {
        int r = set_up_mounts(ret_what);

        if (r >= 0)
                r = set_up_controllers(ret_what);
        return r < 0 ? r : set_up_loopback(ret_what);
}

typedef struct Stream {
        int from; /* the read end of the command's pipe */
        int to;   /* the port */
} Stream;

/* Passes on what is there. Returns false when there will be no more. */
static bool pump(Stream *s) {
        char buffer[4096];
        ssize_t n = 0;

        while (s->from >= 0 && (n = read(s->from, buffer, sizeof(buffer))) > 0)
                if (fd_write_all(s->to, buffer, (size_t)n) < 0)
                        break;
        if (n < 0 && errno == EAGAIN)
                return true;
        fd_close(s->from);
        s->from = -EBADF;
        return false;
}

static _noreturn_ void become(char *const *command, const int output[2], const sigset_t *mask) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        setsid();
        if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(output[0], STDOUT_FILENO) < 0 ||
            dup2(output[1], STDERR_FILENO) < 0 || sigprocmask(SIG_SETMASK, mask, NULL) < 0)
                _exit(126);
        execvp(command[0], command);
        dprintf(STDERR_FILENO, "vm-agent: %s: %s\n", command[0], strerror(errno));
        _exit(errno == ENOENT ? 127 : 126);
}

/* Reaps what ended. Returns whether COMMAND is among it; then its status is in *RET_STATUS. */
static bool reap(pid_t command, int *ret_status) {
        bool ended = false;
        int status;
        pid_t pid;

        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
                if (pid == command) {
                        *ret_status = status;
                        ended = true;
                }
        return ended;
}

static int attend(pid_t command, int signals, Stream streams[2]) {
        struct signalfd_siginfo info;
        bool ended = false;
        int status = 0;

        while (!ended) {
                struct pollfd fds[] = { { .fd = streams[0].from, .events = POLLIN },
                                        { .fd = streams[1].from, .events = POLLIN },
                                        { .fd = signals, .events = POLLIN } };

                if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
                        return -errno;
                if (fds[2].revents && read(signals, &info, sizeof(info)) > 0)
                        ended = reap(command, &status);
                for (size_t i = 0; i < 2; i++)
                        if (fds[i].revents || ended)
                                pump(&streams[i]);
        }
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int system_run(char *const *command) {
        _cleanup_fd_ int signals = -EBADF;
        int out[2], err[2], r;
        sigset_t mask, before;
        Stream streams[2];
        pid_t pid;

        if (!command)
                return -EINVAL;
        sigemptyset(&mask);
        sigaddset(&mask, SIGCHLD);
        signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
        if (signals < 0 || sigprocmask(SIG_BLOCK, &mask, &before) < 0 ||
            pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0 ||
            fcntl(out[0], F_SETFL, O_NONBLOCK) < 0 || fcntl(err[0], F_SETFL, O_NONBLOCK) < 0)
                return -errno;
        streams[0] = (Stream){ out[0], port_open(PORT_STDOUT) };
        streams[1] = (Stream){ err[0], port_open(PORT_STDERR) };
        if (streams[0].to < 0 || streams[1].to < 0)
                return MIN_OF(streams[0].to, streams[1].to);
        pid = fork();
        if (pid == 0)
                become(command, (int[]){ out[1], err[1] }, &before);
        close(out[1]);
        close(err[1]);
        r = pid < 0 ? -errno : attend(pid, signals, streams);
        for (size_t i = 0; i < 2; i++) {
                port_drain(streams[i].to);
                close(streams[i].to);
                fd_close(streams[i].from);
        }
        return r;
}
