/*
 * Everything goes through the files of the hierarchy. The kernel removes a group only when no
 * process is in it, and says that with a delay, so removing is tried until it works or time is up.
 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "tests/container/group.h"

#define NOTE   "trusted.svalinn-container"
#define TRIES  1000
#define TRY_NS (10 * 1000 * 1000)

/* The mount point in a line of mountinfo (proc(5)) that is about the unified hierarchy, else NULL.
 * It has no white space where anybody mounts it. */
static char *unified_mount(char *line) {
        char *type = strstr(line, " - "), *point = NULL;

        if (!type || strncmp(type, " - cgroup2 ", strlen(" - cgroup2 ")) != 0)
                return NULL;
        for (int i = 0; i < 5; i++)
                point = strsep(&line, " ");
        return point;
}

int group_path(const char *name, char **ret) {
        _cleanup_free_ char *mounts = NULL;
        char *rest, *line, *point = NULL;
        StrBuf b = { 0 };
        int r = file_read_at(AT_FDCWD, "/proc/self/mountinfo", (size_t)1 << 20, &mounts, NULL);

        if (r < 0)
                return r;
        for (rest = mounts; !point && (line = strsep(&rest, "\n"));)
                point = unified_mount(line);
        if (!point)
                return -ENOENT;
        strbuf_addf(&b, "%s/svalinn-container.%s", point, name);
        return strbuf_take(&b, ret);
}

static bool is_populated(const char *path) {
        _cleanup_fd_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        _cleanup_free_ char *events = NULL;

        return fd >= 0 && file_read_at(fd, "cgroup.events", 4096, &events, NULL) >= 0 &&
               strstr(events, "populated 1");
}

int group_make(const char *path) {
        int fd, r;

        if (mkdir(path, 0755) < 0) {
                if (errno != EEXIST)
                        return -errno;
                if (is_populated(path))
                        return -EBUSY;
                r = group_remove(path);
                if (r < 0)
                        return r;
                if (mkdir(path, 0755) < 0)
                        return -errno;
        }
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *unused _unused_) {
        return kind == FTW_DP && rmdir(path) < 0 ? -errno : 0;
}

int group_remove(const char *path) {
        _cleanup_fd_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int r;

        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        r = file_write_kernel(fd, "cgroup.kill", "1");
        if (r < 0)
                return r;
        for (int i = 0; i < TRIES; i++) {
                r = nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
                if (r == 0 || (r == -1 && errno == ENOENT))
                        return 0;
                nanosleep(&(struct timespec){ .tv_nsec = TRY_NS }, NULL);
        }
        return r;
}

int group_note_first(const char *path, pid_t pid) {
        char text[16];

        snprintf(text, sizeof(text), "%d", pid);
        return setxattr(path, NOTE, text, strlen(text), 0) < 0 ? -errno : 0;
}

pid_t group_first(const char *path) {
        char text[16] = "";
        int pid, r;

        if (getxattr(path, NOTE, text, sizeof(text) - 1) < 0)
                return -errno;
        r = number_parse_int(text, &pid);
        return r < 0 ? r : pid;
}

int group_join(const char *path, pid_t pid) {
        _cleanup_free_ char *where = NULL, *procs = NULL;
        char proc[32], *own;
        StrBuf b = { 0 };
        int r;

        snprintf(proc, sizeof(proc), "/proc/%d/cgroup", pid);
        r = file_read_at(AT_FDCWD, proc, (size_t)1 << 16, &where, NULL);
        if (r < 0)
                return r;
        /* "0::/svalinn-container.NAME/below"; the hierarchies of version 1 have other numbers. */
        own = strstr(where, "0::/");
        own = own ? strstr(own, path_last(path)) : NULL;
        if (!own)
                return -ESRCH;
        own[strcspn(own, "\n")] = '\0';
        strbuf_add_n(&b, path, (size_t)(path_last(path) - path));
        strbuf_addf(&b, "%s/cgroup.procs", own);
        r = strbuf_take(&b, &procs);
        return r < 0 ? r : file_write_kernel(AT_FDCWD, procs, "0");
}
