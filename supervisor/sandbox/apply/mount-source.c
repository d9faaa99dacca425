/*
 * Detached mounts, by the mount API of Linux 5.2 and later: nothing is visible
 * anywhere before it is complete.
 */
#include "supervisor/sandbox/apply/mount-source.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"

int mount_source_clone(int fd, const char *name, bool recursive, ApplyContext *x) {
        int tree = open_tree(fd, "",
                             AT_EMPTY_PATH | OPEN_TREE_CLOEXEC | OPEN_TREE_CLONE |
                                     (recursive ? AT_RECURSIVE : 0));

        return tree < 0 ? apply_fail(x, -errno, "copying the mount at %s", name) : tree;
}

int mount_source_bind(const Op *op, ApplyContext *x) {
        int tree = open_tree(AT_FDCWD, op->source,
                             OPEN_TREE_CLOEXEC | OPEN_TREE_CLONE |
                                     (op->flags & OP_NOT_RECURSIVE ? 0 : AT_RECURSIVE));

        /* an implied one may lack its place, but not what another operation made for it */
        if (tree < 0 && errno == ENOENT && op->flags & OP_IGNORE_MISSING &&
            !(op->flags & OP_IMPLIED))
                return -ENOENT;
        return tree < 0 ? apply_fail(x, -errno, "opening the source %s to mount it on %s",
                                     op->source, op->path)
                        : tree;
}

static int configure_one(int fs, char *option) {
        char *value = strchr(option, '=');

        if (!value)
                return fsconfig(fs, FSCONFIG_SET_FLAG, option, NULL, 0);
        *value++ = '\0';
        return fsconfig(fs, FSCONFIG_SET_STRING, option, value, 0);
}

static int configure(int fs, const char *type, const char *options, ApplyContext *x) {
        _cleanup_free_ char *copy = strdup(options);

        if (!copy)
                return apply_fail(x, -ENOMEM, "reading mount options");
        for (char *rest = copy, *option; (option = strsep(&rest, ","));)
                if (*option && configure_one(fs, option) < 0)
                        return apply_fail(x, -errno, "setting the option \"%s\" of a new %s",
                                          option, type);
        return 0;
}

int mount_source_new(const char *type, const char *options, uint64_t attributes, ApplyContext *x) {
        _cleanup_fd_ int fs = fsopen(type, FSOPEN_CLOEXEC);
        int mount, r;

        if (fs < 0)
                return apply_fail(x, -errno, "opening the file system type %s", type);
        r = options ? configure(fs, type, options, x) : 0;
        if (r < 0)
                return r;
        if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
                return apply_fail(x, -errno, "making a new %s", type);
        mount = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)attributes);
        return mount < 0 ? apply_fail(x, -errno, "mounting a new %s", type) : mount;
}
