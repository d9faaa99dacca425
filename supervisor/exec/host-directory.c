/*
 * A directory gets its owner and then its mode, and both before it is used;
 * until then only root can enter it. What was interrupted is mended next time.
 */
#include "supervisor/exec/host-directory.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "supervisor/exec/chown-tree.h"
#include "supervisor/exec/host-link.h"
#include "supervisor/exec/host-path.h"
#include "supervisor/exec/host-record.h"
#include "supervisor/sandbox/apply/id-map.h"

enum { PRIVATE_MODE = 0700 };

/* "/var/lib/private" keeps everybody but root out. P stands before it. */
static int make_private(const HostPath *p) {
        _cleanup_fd_ int fd = -EBADF;
        struct stat st;

        if (mkdirat(p->fd, p->name, PRIVATE_MODE) < 0 && errno != EEXIST)
                return -errno;
        fd = fd_open_nofollow(p->fd, p->name, O_RDONLY | O_DIRECTORY, 0);
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if ((st.st_uid != geteuid() || st.st_gid != getegid()) &&
            fchown(fd, geteuid(), getegid()) < 0)
                return -errno;
        if ((st.st_mode & 07777) != PRIVATE_MODE && fchmod(fd, PRIVATE_MODE) < 0)
                return -errno;
        return 0;
}

static int make_parents(Host *h, const Op *op, HostPath *p) {
        bool make = !(op->flags & OP_IGNORE_MISSING);
        bool is_private = op->flags & OP_ID_MAPPED;

        if (make && op->flags & OP_REMOVE_AFTERWARDS)
                return host_record_make_parents(h, p);
        while (!host_path_is_last(p)) {
                int r = 0;

                if (is_private && text_eq(p->name, "private")) {
                        is_private = false;
                        r = make_private(p);
                } else if (make)
                        r = host_path_make(p);
                if (r >= 0)
                        r = host_path_enter(p);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Ours goes afterwards, and what another run will remove; what was there before us stays. */
static int record(Host *h, const Op *op, const HostPath *p) {
        bool exists = faccessat(p->fd, p->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;

        if (exists && !host_record_is_shared(h, HOST_RECORD_TREE, op->path))
                return 0;
        return host_record_add(h, HOST_RECORD_TREE, op->path);
}

static int open_link(const HostPath *p) {
        int fd;

        if (!host_path_is_trusted(p->fd))
                return -ELOOP;
        fd = openat(p->fd, p->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

/* Returns a readable fd of the directory, which is made if need be. */
static int open_or_make(const Op *op, const HostPath *p, Diag *diag) {
        int fd, r;

        if (op->flags & OP_ID_MAPPED)
                r = host_link_move_in(op, p, diag);
        else
                r = host_link_move_out(op, p, diag);
        if (r < 0)
                return r;
        if (mkdirat(p->fd, p->name, 0700) < 0 && errno != EEXIST)
                return -errno;
        fd = fd_open_nofollow(p->fd, p->name, O_RDONLY | O_DIRECTORY, 0);
        return fd == -ELOOP && !(op->flags & OP_ID_MAPPED) ? open_link(p) : fd;
}

static int give_away(int fd, const Op *op, uid_t uid, gid_t gid, Diag *diag) {
        int r = chown_tree_fd(fd, uid, gid);

        if (r > 0)
                diag_warning(diag,
                             "files below %s keep their owner, since they have other names "
                             "elsewhere and were not its owner's",
                             op->path);
        return r < 0 ? r : 0;
}

static int mend_owner(int fd, const struct stat *st, const Op *op, Diag *diag) {
        bool mapped = op->flags & OP_ID_MAPPED;
        uid_t uid = mapped ? ID_MAP_NOBODY : op->uid;
        gid_t gid = mapped ? ID_MAP_NOBODY : op->gid;

        if (uid == (uid_t)-1)
                /* in /tmp, anybody may have made a directory of that name */
                return st->st_uid == geteuid() ? 0 : -EPERM;
        if (st->st_uid == uid && st->st_gid == gid)
                return 0;
        return give_away(fd, op, uid, gid, diag);
}

static int mend(int fd, const Op *op, Diag *diag) {
        struct stat st;
        int r;

        if (fstat(fd, &st) < 0)
                return -errno;
        r = mend_owner(fd, &st, op, diag);
        if (r >= 0 && (st.st_mode & 07777) != op->mode && fchmod(fd, op->mode) < 0)
                r = -errno;
        return r;
}

/* Where kernel or file system cannot map ids, the files belong to the user for real. */
static int map_ids(int fd, const Op *op, Diag *diag, int *ret_mount) {
        int mount = id_map_mount(fd, op->uid, op->gid), r;

        if (mount < 0 && !id_map_is_refusal(mount))
                return diag_error(diag, mount, "the ids of %s cannot be mapped: %s", op->path,
                                  strerror(-mount));
        r = mount < 0 ? give_away(fd, op, op->uid, op->gid, diag) : 0;
        if (r >= 0)
                *ret_mount = mount < 0 ? -EBADF : mount;
        return r;
}

static int make(Host *h, const Op *op, Diag *diag, int *ret_mount) {
        _cleanup_(host_path_done) HostPath p = HOST_PATH_INIT;
        _cleanup_fd_ int lock = -EBADF, fd = -EBADF;
        int r = host_path_begin("/", op->path, &p);

        if (r >= 0 && op->flags & OP_REMOVE_AFTERWARDS)
                r = lock = host_record_lock(h);
        if (r >= 0)
                r = make_parents(h, op, &p);
        if (r == -ENOENT && op->flags & OP_IGNORE_MISSING)
                return 0;
        if (r >= 0 && op->flags & OP_REMOVE_AFTERWARDS)
                r = record(h, op, &p);
        if (r < 0)
                return r;
        fd = open_or_make(op, &p, diag);
        if (fd < 0)
                return fd;
        r = mend(fd, op, diag);
        if (r >= 0)
                r = host_link_make(h, op, diag);
        return r < 0 || !(op->flags & OP_ID_MAPPED) ? r : map_ids(fd, op, diag, ret_mount);
}

static const char *explain(int error) {
        switch (error) {
        case -ENOTDIR:
                return "a part of the path is no directory";
        case -ELOOP:
                return "a part of the path is a symbolic link that others can change; use the path "
                       "it leads to";
        case -ENAMETOOLONG:
                return "its directories are nested too deep to change their owner";
        default:
                return strerror(-error);
        }
}

int host_directory_make(Host *h, const Op *op, Diag *diag, int *ret_mount) {
        Diag said = { .directive = op->directive };
        int r = make(h, op, &said, ret_mount);

        if (r < 0 && diag_count(&said, DIAG_ERROR) == 0)
                diag_error(&said, r, "the directory %s cannot be made: %s", op->path, explain(r));
        for (size_t i = 0; i < said.n; i++) {
                const char *before = diag ? diag->directive : NULL;

                if (!diag)
                        break;
                diag->directive = op->directive;
                if (said.entries[i].level == DIAG_ERROR)
                        diag_error(diag, r, "%s", said.entries[i].message);
                else
                        diag_warning(diag, "%s", said.entries[i].message);
                diag->directive = before;
        }
        diag_done(&said);
        return r;
}
