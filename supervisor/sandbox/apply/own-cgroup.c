/*
 * Two files of proc(5) tell it: where the hierarchy is mounted, and where in it
 * we are.
 */
#include "supervisor/sandbox/apply/own-cgroup.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/text.h"

enum { CGROUP_FILE_MAX = 64 * 1024, MOUNTINFO_MAX = 16 << 20 };

/* "0::/PATH"; other lines are of version 1. */
static int path_in_hierarchy(char **ret) {
        _cleanup_free_ char *text = NULL;
        int r = file_read_at(AT_FDCWD, "/proc/self/cgroup", CGROUP_FILE_MAX, &text, NULL);

        if (r < 0)
                return r;
        for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
                const char *path = text_after(line, "0::");

                /* ".." leads out of the cgroup namespace */
                if (!path || path_after(path, "/..") || !path_is_absolute(path))
                        continue;
                *ret = strdup(path);
                return *ret ? 0 : -ENOMEM;
        }
        return -ENOENT;
}

/* LINE of mountinfo is "ID PARENT DEVICE ROOT MOUNTPOINT OPTIONS ... - TYPE SOURCE OPTIONS". */
static const char *mount_point(char *line) {
        char *type = strstr(line, " - ");
        const char *root = NULL, *point = NULL;

        if (!type || !text_after(type, " - cgroup2 "))
                return NULL;
        for (int i = 0; i < 5; i++) {
                const char *field = strsep(&line, " ");

                root = i == 3 ? field : root;
                point = i == 4 ? field : point;
        }
        /* a blank in it is written as "\040": such a place is nobody's idea of a hierarchy */
        return root && point && text_eq(root, "/") && !strchr(point, '\\') ? point : NULL;
}

int own_cgroup_path(char **ret) {
        _cleanup_free_ char *text = NULL, *path = NULL;
        int r = path_in_hierarchy(&path);

        if (r >= 0)
                r = file_read_at(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX, &text, NULL);
        if (r < 0)
                return r;
        for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
                const char *point = mount_point(line);

                if (point)
                        return text_eq(path, "/") ? ((*ret = strdup(point)) ? 0 : -ENOMEM)
                                                  : path_join(point, path + 1, ret);
        }
        return -ENOENT;
}

int own_cgroup_open(void) {
        _cleanup_free_ char *path = NULL;
        int r = own_cgroup_path(&path);

        return r < 0 ? r : fd_open_nofollow(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
}
