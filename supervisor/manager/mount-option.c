/*
 * Which file systems are mounted over a network, says systemd.mount(5).
 */
#include "supervisor/manager/mount-option.h"

#include <string.h>

#include "base/text.h"

bool mount_option_has(const char *options, const char *option) {
        size_t length = strlen(option);

        for (const char *o = options; o; o = strchr(o, ',') ? strchr(o, ',') + 1 : NULL)
                if (strncmp(o, option, length) == 0 && (o[length] == '\0' || o[length] == ','))
                        return true;
        return false;
}

bool mount_option_is_network(const char *type, const char *options) {
        static const char *const types[] = { "nfs",       "nfs4",  "cifs",       "smb3",
                                             "smbfs",     "ncpfs", "ncp",        "afs",
                                             "ceph",      "9p",    "gfs",        "gfs2",
                                             "glusterfs", "ocfs2", "orangefs",   "pvfs2",
                                             "davfs",     "sshfs", "fuse.sshfs", "fuse.glusterfs" };

        if (mount_option_has(options, "_netdev"))
                return true;
        for (size_t i = 0; type && i < ARRAY_SIZE(types); i++)
                if (text_eq(types[i], type))
                        return true;
        return false;
}
