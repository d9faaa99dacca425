/*
 * The directory and few files change their owner: whoever has these may move processes between
 * groups below and hand on what the group has. Limits of the group itself stay root's.
 */
#include "supervisor/exec/delegate.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "units/type.h"

#define LIST     "/sys/kernel/cgroup/delegate"
#define LIST_MAX 4096

/* Where the kernel has no list. */
#define USUAL "cgroup.procs\ncgroup.threads\ncgroup.subtree_control\n"

static bool is_asked_for(const Config *c) {
        const char *first = c->delegate ? c->delegate[0] : NULL;

        /* an empty list of controllers is a delegation, too, but is not assigned here */
        return first && type_parse_boolean(first) != 0;
}

static int give(int fd, const char *name, const Identity *who, Diag *diag) {
        /* a name of the kernel's list may be one of a controller that is off */
        if (fchownat(fd, name, who->uid, who->gid, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0 ||
            errno == ENOENT)
                return 0;
        return diag_error(diag, -errno, "the control group cannot be handed over: %s%s%s", name,
                          *name ? ": " : "", strerror(errno));
}

int delegate_group(const Config *c, const Identity *who, int fd, Diag *diag) {
        char text[LIST_MAX] = USUAL, *rest = text, *name;
        int r;

        if (!is_asked_for(c) || who->uid == 0)
                return 0;
        if (file_read_start_at(AT_FDCWD, LIST, text, sizeof(text)) <= 0)
                memcpy(text, USUAL, sizeof(USUAL));
        diag->directive = "Delegate";
        r = give(fd, "", who, diag);
        while (r >= 0 && (name = strsep(&rest, "\n")))
                if (*name && !strchr(name, '/'))
                        r = give(fd, name, who, diag);
        diag->directive = NULL;
        return r;
}
