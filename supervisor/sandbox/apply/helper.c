/*
 * Requests are one fixed record, answers one int. Both sides are our own code,
 * but the parent acts only on the pid that it forked, never on one that it was
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

typedef enum RequestKind { MAP_USERS, KEEP_NAMESPACES } RequestKind;

typedef struct Request {
        RequestKind kind;
        PrivateUsers users;
        uid_t uid;
        gid_t gid;
        uint64_t flags;
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
        const Request request = { .kind = MAP_USERS, .users = kind, .uid = uid, .gid = gid };

        return ask(helper_fd, &request);
}

int helper_keep_namespaces(int helper_fd, uint64_t flags) {
        const Request request = { .kind = KEEP_NAMESPACES, .flags = flags };

        return ask(helper_fd, &request);
}

int helper_announce_end(int helper_fd) {
        const char word = 0;

        return send(helper_fd, &word, sizeof(word), MSG_NOSIGNAL) == sizeof(word) ? 0 : -errno;
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

static int keep_namespaces(int proc, const Request *request, int keep[]) {
        if (!keep)
                return -EINVAL;
        for (size_t i = 0; i < APPLY_NAMESPACES; i++) {
                if (!(request->flags & (uint64_t)apply_namespace_flags[i]))
                        continue;
                fd_close(keep[i]);
                keep[i] = openat(proc, apply_namespace_files[i], O_RDONLY | O_CLOEXEC);
                if (keep[i] < 0)
                        return -errno;
        }
        return 0;
}

static int act(pid_t child, const Request *request, int keep[]) {
        _cleanup_fd_ int proc = -EBADF;
        char path[32];

        snprintf(path, sizeof(path), "/proc/%d", (int)child);
        proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (proc < 0)
                return -errno;
        switch (request->kind) {
        case MAP_USERS:
                return map_users(proc, request);
        case KEEP_NAMESPACES:
                return keep_namespaces(proc, request, keep);
        }
        return -EINVAL;
}

HelperEnd helper_serve(int socket_fd, pid_t child, int keep[], void *ret_last, size_t size) {
        bool announced = false;

        static_assert(sizeof(Request) < 64, "requests are told from the last record by their size");
        assert(size > sizeof(Request));

        for (;;) {
                ssize_t n = receive(socket_fd, ret_last, size);
                Request request;
                int answer;

                if (n == 1) {
                        announced = true;
                        continue;
                }
                if (n == (ssize_t)size)
                        return HELPER_REPORTED;
                if (n != sizeof(request))
                        return announced ? HELPER_SUCCEEDED : HELPER_DIED;
                memcpy(&request, ret_last, sizeof(request));
                answer = act(child, &request, keep);
                if (send(socket_fd, &answer, sizeof(answer), MSG_NOSIGNAL) != sizeof(answer))
                        return HELPER_DIED;
        }
}
