/*
 * Everything here happens under the lock of the runs directory; so a file that
 * can be locked for oneself alone is nobody's.
 */
#include "supervisor/exec/dynamic-uid.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "base/text.h"
#include "supervisor/exec/host-path.h"
#include "supervisor/exec/host-record.h"

#define SYSTEMD_DYNAMIC "/run/systemd/dynamic-uid"

enum { CANDIDATES_MAX = 4096, NAME_SIZE_MAX = 4096 };

static bool is_in_passwd(uid_t uid) {
        _cleanup_(file_closep) FILE *f = fopen("/etc/passwd", "re");

        if (f)
                for (struct passwd *pw; (pw = fgetpwent(f));)
                        if (pw->pw_uid == uid || pw->pw_gid == uid)
                                return true;
        return false;
}

static bool is_in_group(gid_t gid) {
        _cleanup_(file_closep) FILE *f = fopen("/etc/group", "re");

        if (f)
                for (struct group *g; (g = fgetgrent(f));)
                        if (g->gr_gid == gid)
                                return true;
        return false;
}

static bool is_taken_by_systemd(uid_t uid) {
        char path[sizeof(SYSTEMD_DYNAMIC) + 16];

        snprintf(path, sizeof(path), "%s/%u", SYSTEMD_DYNAMIC, uid);
        return access(path, F_OK) == 0;
}

/* The directory of the lock files stands beside the runs. */
static int directory_path(const Host *h, char **ret) {
        _cleanup_free_ char *own = strndup(h->runs, strlen(h->runs) - strlen(path_last(h->runs)));

        return own ? path_join(own, "dynamic-uid", ret) : -ENOMEM;
}

static int open_directory(const char *path) {
        _cleanup_(host_path_done) HostPath p = HOST_PATH_INIT;
        int r = host_path_begin("/", path, &p);

        if (r >= 0)
                r = host_path_to_last(&p, true);
        if (r >= 0)
                r = host_path_make(&p);
        return r < 0 ? r : fd_open_nofollow(p.fd, p.name, O_RDONLY | O_DIRECTORY, 0);
}

static bool holds_name(int fd, const char *name) {
        _cleanup_free_ char *text = NULL;

        return lseek(fd, 0, SEEK_SET) == 0 && file_read_fd(fd, NAME_SIZE_MAX, &text, NULL) >= 0 &&
               text_eq(text, name);
}

/* The id that a living run of the user NAME has. Returns 1 with a lock in *RET_FD, or 0. */
static int find_living(int dir_fd, const char *name, uid_t *ret_uid, int *ret_fd) {
        _cleanup_(dir_closep) DIR *d = NULL;
        int r = dir_open_at(dir_fd, ".", &d);

        if (r < 0)
                return r;
        for (struct dirent *e; (e = dir_next(d));) {
                _cleanup_fd_ int fd = -EBADF;
                uid_t uid;

                if (number_parse_uid(e->d_name, &uid) < 0)
                        continue;
                fd = openat(dir_fd, e->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
                if (fd < 0 || !holds_name(fd, name) || flock(fd, LOCK_EX | LOCK_NB) == 0)
                        continue; /* if it can be locked, its runs are dead */
                if (flock(fd, LOCK_SH | LOCK_NB) < 0)
                        continue;
                *ret_uid = uid;
                *ret_fd = TAKE_FD(fd);
                return 1;
        }
        return 0;
}

/* Locks the file of UID for the user NAME. Returns the fd, or -EBUSY when it is taken. */
static int take(int dir_fd, uid_t uid, const char *name) {
        char file[16];
        _cleanup_fd_ int fd = -EBADF;
        int r;

        snprintf(file, sizeof(file), "%u", uid);
        fd = openat(dir_fd, file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd < 0)
                return -errno;
        if (flock(fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? -EBUSY : -errno;
        if (ftruncate(fd, 0) < 0)
                return -errno;
        r = fd_write_all(fd, name, strlen(name));
        if (r < 0)
                return r;
        return flock(fd, LOCK_SH | LOCK_NB) < 0 ? -errno : TAKE_FD(fd);
}

static int record(Host *h, const char *directory, uid_t uid) {
        _cleanup_free_ char *path = NULL;

        return asprintf(&path, "%s/%u", directory, uid) < 0
                       ? -ENOMEM
                       : host_record_add(h, HOST_RECORD_DYNAMIC, path);
}

/* Is UID worth a record? Taken ones are left out, so that the record holds one entry. */
static bool is_candidate(int dir_fd, uid_t uid) {
        char file[16];
        _cleanup_fd_ int fd = -EBADF;

        if (is_taken_by_systemd(uid) || is_in_passwd(uid) || is_in_group(uid))
                return false;
        snprintf(file, sizeof(file), "%u", uid);
        fd = openat(dir_fd, file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        return fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static int find_new(Host *h, const char *directory, int dir_fd, const char *name, uid_t *ret_uid) {
        for (unsigned n = 0; n < CANDIDATES_MAX; n++) {
                uid_t uid = identity_dynamic_uid(name, n);
                int r;

                if (!is_candidate(dir_fd, uid))
                        continue;
                r = record(h, directory, uid);
                if (r < 0)
                        return r;
                r = take(dir_fd, uid, name);
                if (r != -EBUSY) {
                        *ret_uid = uid;
                        return r;
                }
        }
        return -EBUSY;
}

int dynamic_uid_claim(Host *h, const char *name, uid_t *ret) {
        _cleanup_fd_ int lock = host_record_lock(h), dir_fd = -EBADF, fd = -EBADF;
        _cleanup_free_ char *directory = NULL;
        int r = lock < 0 ? lock : directory_path(h, &directory);

        if (r < 0)
                return r;
        dir_fd = open_directory(directory);
        if (dir_fd < 0)
                return dir_fd;
        r = find_living(dir_fd, name, ret, &fd);
        if (r > 0)
                r = record(h, directory, *ret);
        else if (r == 0)
                r = fd = find_new(h, directory, dir_fd, name, ret);
        if (r < 0)
                return r;
        h->uid_lock_fd = TAKE_FD(fd);
        return 0;
}

int dynamic_uid_release(int dir_fd, const char *name, int own_fd) {
        _cleanup_fd_ int opened = openat(dir_fd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        struct stat a, b;
        bool own;

        if (opened < 0)
                return errno == ENOENT ? 0 : -errno;
        own = own_fd >= 0 && fstat(own_fd, &a) == 0 && fstat(opened, &b) == 0 &&
              a.st_ino == b.st_ino && a.st_dev == b.st_dev;
        if (flock(own ? own_fd : opened, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? 0 : -errno; /* others still are this user */
        return unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}
