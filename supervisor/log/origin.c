/*
 * /proc/PID/cgroup, the line of the unified hierarchy, which begins with "0::".
 */
#include "supervisor/log/origin.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/text.h"

enum { CGROUP_FILE_MAX = 8192 };

/* Behind the path of a group that is gone while its last process is still a zombie. */
static void cut_mark(char *path) {
        static const char mark[] = " (deleted)";

        if (text_ends_with(path, mark))
                path[strlen(path) - strlen(mark)] = '\0';
}

/* The path of the group in the unified hierarchy. */
static int read_group(pid_t pid, char *ret, size_t room) {
        char file[sizeof("/proc/2147483648/cgroup")], text[CGROUP_FILE_MAX], *line, *left = text;
        _cleanup_fd_ int fd = -EBADF;
        ssize_t n;

        if (pid > 0)
                snprintf(file, sizeof(file), "/proc/%d/cgroup", (int)pid);
        else
                snprintf(file, sizeof(file), "/proc/self/cgroup");
        fd = open(file, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        n = read(fd, text, sizeof(text) - 1);
        if (n < 0)
                return -errno;
        text[n] = '\0';
        while ((line = strsep(&left, "\n"))) {
                const char *path = text_after(line, "0::");

                if (path && strlen(path) < room) {
                        memcpy(ret, path, strlen(path) + 1);
                        cut_mark(ret);
                        return 0;
                }
        }
        return -ENOENT;
}

static void cut_last(char *path) {
        char *slash = strrchr(path, '/');

        *(slash ? slash : path) = '\0';
}

void origin_find_root(char ret[static ORIGIN_ROOT_MAX]) {
        if (read_group(0, ret, ORIGIN_ROOT_MAX) < 0)
                ret[0] = '\0';
        cut_last(ret);
        while (text_ends_with(ret, ".slice"))
                cut_last(ret);
}

void origin_unit_of_path(const char *path, const char *root, char ret[static UNIT_NAME_MAX]) {
        const char *rest = path_after(path, *root ? root : "/");
        char part[UNIT_NAME_MAX];

        ret[0] = '\0';
        while (rest && *rest) {
                size_t n = strcspn(rest, "/");
                const char *name = part;

                if (n >= sizeof(part))
                        return;
                memcpy(part, rest, n);
                part[n] = '\0';
                rest += n + (rest[n] == '/');
                if (text_ends_with(part, ".slice"))
                        continue;
                if (*name == '_') /* so written where the name could be a file of the kernel */
                        name++;
                if (unit_name_is_valid(name) && !text_eq(name, "init.scope"))
                        memcpy(ret, name, strlen(name) + 1);
                return;
        }
}

void origin_unit_of_pid(pid_t pid, const char *root, char ret[static UNIT_NAME_MAX]) {
        char path[CGROUP_FILE_MAX];

        ret[0] = '\0';
        if (pid > 0 && read_group(pid, path, sizeof(path)) >= 0)
                origin_unit_of_path(path, root, ret);
}
