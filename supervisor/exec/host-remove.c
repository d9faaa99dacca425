/*
 * A record may be old and its paths may lead elsewhere by now: they are walked
 * with the same distrust as when things were made.
 */
#include "supervisor/exec/host-remove.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"
#include "base/remove-tree.h"
#include "supervisor/exec/dynamic-uid.h"
#include "supervisor/exec/host-cgroup.h"
#include "supervisor/exec/host-path.h"
#include "supervisor/exec/remove-ipc.h"

static int remove_empty(int dir_fd, const char *name) {
        struct stat st;
        int r = 0;

        if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                r = -errno;
        else if (S_ISDIR(st.st_mode))
                r = unlinkat(dir_fd, name, AT_REMOVEDIR) < 0 ? -errno : 0;
        else if (S_ISLNK(st.st_mode) || (S_ISREG(st.st_mode) && st.st_size == 0))
                r = unlinkat(dir_fd, name, 0) < 0 ? -errno : 0;
        return r == -ENOENT || r == -ENOTEMPTY || r == -EEXIST ? 0 : r;
}

/* "UID:GID" */
static int remove_ipc_of(const char *owner) {
        _cleanup_free_ char *copy = strdup(owner);
        uint32_t uid, gid;
        char *colon;

        if (!copy)
                return -ENOMEM;
        colon = strchr(copy, ':');
        if (!colon)
                return -EBADMSG;
        *colon = '\0';
        if (number_parse_u32(copy, 10, &uid) < 0 || number_parse_u32(colon + 1, 10, &gid) < 0)
                return -EBADMSG;
        return remove_ipc(uid, gid);
}

int host_remove(HostRecordKind kind, const char *path, int uid_lock_fd) {
        _cleanup_(host_path_done) HostPath p = HOST_PATH_INIT;
        int r;

        if (kind == HOST_RECORD_IPC)
                return remove_ipc_of(path);
        r = host_path_begin("/", path, &p);

        if (r >= 0)
                r = host_path_to_last(&p, false);
        if (r < 0)
                return r == -ENOENT || r == -ENOTDIR ? 0 : r;
        switch (kind) {
        case HOST_RECORD_TREE:
                r = remove_tree_at(p.fd, p.name);
                return r == -ENOTDIR ? 0 : r;
        case HOST_RECORD_CGROUP:
                return host_cgroup_remove(p.fd, p.name, true);
        case HOST_RECORD_HUNG_CGROUP:
                return host_cgroup_remove(p.fd, p.name, false);
        case HOST_RECORD_EMPTY:
                return remove_empty(p.fd, p.name);
        case HOST_RECORD_IPC:
                break;
        case HOST_RECORD_DYNAMIC:
                return dynamic_uid_release(p.fd, p.name, uid_lock_fd);
        }
        return -EINVAL;
}
