/*
 * Conditions that look at files.
 */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/text.h"
#include "units/condition-tests.h"

#define DEPTH_MAX 8 /* of devices made from devices */

static bool is_kind(const char *path, mode_t kind, bool follow) {
        struct stat st;

        return (follow ? stat(path, &st) : lstat(path, &st)) == 0 && (st.st_mode & S_IFMT) == kind;
}

int condition_path_exists(const char *path, const ConditionFacts *facts) {
        return access(path, F_OK) == 0;
}

int condition_path_glob(const char *pattern, const ConditionFacts *facts) {
        glob_t found = { 0 };
        int r = glob(pattern, GLOB_NOSORT, NULL, &found);

        globfree(&found);
        return r == 0 ? 1 : r == GLOB_NOSPACE ? -ENOMEM : 0;
}

int condition_path_directory(const char *path, const ConditionFacts *facts) {
        return is_kind(path, S_IFDIR, true);
}

int condition_path_link(const char *path, const ConditionFacts *facts) {
        return is_kind(path, S_IFLNK, false);
}

int condition_path_mount(const char *path, const ConditionFacts *facts) {
        struct statx st;

        if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_TYPE, &st) < 0)
                return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
        return (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

int condition_path_writable(const char *path, const ConditionFacts *facts) {
        struct statvfs st;

        return statvfs(path, &st) == 0 && !(st.f_flag & ST_RDONLY);
}

/* The device, or one that it is made from. */
static bool is_encrypted(int device, unsigned depth) {
        _cleanup_(dir_closep) DIR *d = NULL;
        char uuid[64];

        if (file_read_start_at(device, "dm/uuid", uuid, sizeof(uuid)) > 0 &&
            text_after(uuid, "CRYPT-"))
                return true;
        if (depth == 0 || dir_open_at(device, "slaves", &d) < 0)
                return false;
        for (struct dirent *entry; (entry = dir_next(d));) {
                _cleanup_fd_ int below =
                        openat(dirfd(d), entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

                if (below >= 0 && is_encrypted(below, depth - 1))
                        return true;
        }
        return false;
}

int condition_path_encrypted(const char *path, const ConditionFacts *facts) {
        _cleanup_fd_ int device = -EBADF;
        char name[64];
        struct stat st;

        if (stat(path, &st) < 0)
                return errno == ENOENT ? 0 : -errno;
        snprintf(name, sizeof(name), "/sys/dev/block/%u:%u", major(st.st_dev), minor(st.st_dev));
        device = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return device >= 0 && is_encrypted(device, DEPTH_MAX);
}

int condition_path_directory_full(const char *path, const ConditionFacts *facts) {
        _cleanup_(dir_closep) DIR *d = NULL;
        int r = dir_open_at(AT_FDCWD, path, &d);

        if (r < 0)
                return r == -ENOENT || r == -ENOTDIR ? 0 : r;
        return dir_next(d) != NULL;
}

int condition_path_file_full(const char *path, const ConditionFacts *facts) {
        struct stat st;

        return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

int condition_path_executable(const char *path, const ConditionFacts *facts) {
        struct stat st;

        return stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

/* Is what was noted in the directory older than /usr? What cannot be updated does not need it. */
int condition_path_needs_update(const char *path, const ConditionFacts *facts) {
        char noted[PATH_MAX];
        struct stat usr, st;

        if (condition_path_writable(path, facts) <= 0)
                return 0;
        snprintf(noted, sizeof(noted), "%s/.updated", path);
        if (stat("/usr", &usr) < 0)
                return -errno;
        if (lstat(noted, &st) < 0)
                return errno == ENOENT ? 1 : -errno;
        return usr.st_mtim.tv_sec != st.st_mtim.tv_sec ? usr.st_mtim.tv_sec > st.st_mtim.tv_sec
                                                       : usr.st_mtim.tv_nsec > st.st_mtim.tv_nsec;
}
