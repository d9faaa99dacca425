/*
 * Requests are one fixed record, answers one int. Both sides are our own code,
 * but the helper acts only on the pid that it has from the beginning, never on one that it was
 * told.
 */
#include "supervisor/sandbox/apply/helper.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"

typedef struct Request {
        PrivateUsers users;
        uid_t uid;
        gid_t gid;
} Request;

enum { MAP_MAX = 96 };

static ssize_t receive(int fd, void *data, size_t size) {
        ssize_t n;

        do
                n = recv(fd, data, size, 0);
        while (n < 0 && errno == EINTR);
        return n;
}

static int ask(int helper_fd, const Request *request) {
        int answer;
        ssize_t n;

        if (send(helper_fd, request, sizeof(*request), MSG_NOSIGNAL) != sizeof(*request))
                return -errno;
        n = receive(helper_fd, &answer, sizeof(answer));
        if (n != sizeof(answer))
                return n < 0 ? -errno : -EPIPE;
        return answer;
}

int helper_map_users(int helper_fd, PrivateUsers kind, uid_t uid, gid_t gid) {
        const Request request = { .users = kind, .uid = uid, .gid = gid };

        return ask(helper_fd, &request);
}

static void format_map(PrivateUsers kind, uint32_t id, char map[static MAP_MAX]) {
        switch (kind) {
        case PRIVATE_USERS_FULL:
                snprintf(map, MAP_MAX, "0 0 4294967295\n");
                break;
        case PRIVATE_USERS_IDENTITY:
                snprintf(map, MAP_MAX, "0 0 65536\n");
                break;
        case PRIVATE_USERS_NO:
        case PRIVATE_USERS_SELF:
                if (id == 0)
                        snprintf(map, MAP_MAX, "0 0 1\n");
                else
                        snprintf(map, MAP_MAX, "0 0 1\n%u %u 1\n", id, id);
                break;
        }
}

static int map_users(int proc, const Request *request) {
        char map[MAP_MAX];
        int r;

        format_map(request->users, request->uid, map);
        r = file_write_kernel(proc, "uid_map", map);
        if (r < 0)
                return r;
        format_map(request->users, request->gid, map);
        return file_write_kernel(proc, "gid_map", map);
}

static int act(pid_t pid, const Request *request) {
        _cleanup_fd_ int proc = -EBADF;
        char path[32];

        snprintf(path, sizeof(path), "/proc/%d", (int)pid);
        proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        return proc < 0 ? -errno : map_users(proc, request);
}

bool helper_answer(int socket_fd, pid_t pid, const void *record, size_t n) {
        Request request;
        int answer;

        if (n != sizeof(request))
                return false;
        memcpy(&request, record, sizeof(request));
        answer = act(pid, &request);
        (void)send(socket_fd, &answer, sizeof(answer), MSG_NOSIGNAL);
        return true;
}

static _noreturn_ void serve(int socket_fd, pid_t pid) {
        Request request;
        ssize_t n;

        do
                n = receive(socket_fd, &request, sizeof(request));
        while (n > 0 && helper_answer(socket_fd, pid, &request, (size_t)n));
        _exit(0);
}

int helper_start(pid_t *ret_pid) {
        int ends[2];
        pid_t caller = getpid(), pid;

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
                return -errno;
        pid = fork();
        if (pid == 0) {
                fd_close(ends[0]);
                serve(ends[1], caller);
        }
        fd_close(ends[1]);
        if (pid < 0) {
                fd_close(ends[0]);
                return -errno;
        }
        *ret_pid = pid;
        return ends[0];
}
