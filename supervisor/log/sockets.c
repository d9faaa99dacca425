/*
 * Making the sockets. Anybody may connect; who it is, the kernel says.
 */
#include "supervisor/log/sockets.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/fd.h"
#include "base/text.h"

#define DEV_LOG "/dev/log"

enum { ANYBODY = 0666 };

static const struct {
        const char *name;
        int type;
} sockets[] = {
        [SOCKET_STDOUT] = { "stdout", SOCK_STREAM },
        [SOCKET_NATIVE] = { "socket", SOCK_DGRAM },
        [SOCKET_SYSLOG] = { "dev-log", SOCK_DGRAM },
};

const char *sockets_name(SocketKind kind) {
        return sockets[kind].name;
}

int sockets_kind(const char *name) {
        for (int i = 0; i < SOCKET_KINDS; i++)
                if (text_eq(name, sockets[i].name))
                        return i;
        return -EINVAL;
}

int sockets_prepare(SocketKind kind, int fd) {
        const int on = 1;

        if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
                return -errno;
        if (sockets[kind].type == SOCK_DGRAM &&
            setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
                return -errno;
        return 0;
}

int sockets_make(SocketKind kind, const char *runtime) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int n = snprintf(address.sun_path, sizeof(address.sun_path), "%s/systemd/journal/%s",
                         runtime, sockets[kind].name);
        _cleanup_fd_ int fd = -EBADF;
        int r;

        if (n < 0 || (size_t)n >= sizeof(address.sun_path))
                return -ENAMETOOLONG;
        fd = socket(AF_UNIX, sockets[kind].type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        r = sockets_prepare(kind, fd);
        if (r < 0)
                return r;
        if (unlink(address.sun_path) < 0 && errno != ENOENT)
                return -errno;
        if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            chmod(address.sun_path, ANYBODY) < 0 ||
            (sockets[kind].type == SOCK_STREAM && listen(fd, SOMAXCONN) < 0))
                return -errno;
        return TAKE_FD(fd);
}

int sockets_link_dev_log(void) {
        static const char target[] = "/run/systemd/journal/dev-log";
        char now[sizeof(target) + 1];
        ssize_t n = readlink(DEV_LOG, now, sizeof(now));

        if (n == (ssize_t)strlen(target) && memcmp(now, target, (size_t)n) == 0)
                return 0;
        if (n >= 0 && unlink(DEV_LOG) < 0)
                return -errno;
        return symlink(target, DEV_LOG) < 0 ? -errno : 0;
}
