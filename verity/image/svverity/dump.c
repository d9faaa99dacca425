/*
 * "svverity dump": what a header says, which proves nothing.
 */
#include "base/fd.h"
#include "verity/image/svverity/svverity.h"

static int dump(const Settings *s, const char *name, Diag *diag) {
        int fd _cleanup_fd_ = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), r;
        Area area = { .data = -EBADF, .hash = fd };
        uint64_t size;

        if (fd < 0)
                return diag_error(diag, -errno, "opening %s: %m", name);
        if (s->no_superblock)
                return diag_error(diag, -EINVAL, "dump shows a header; leave --no-superblock out");
        r = files_size(fd, name, &size, diag);
        if (r == 0)
                r = files_params(s, name, fd, &area.params, diag);
        if (r == 0)
                r = area_init(&area, tree_start(s->hash_offset, area.params.hash_block_size, true),
                              diag);
        if (r == 0)
                show_params(s, &area, name, NULL);
        return r;
}

int svverity_dump(int argc, char *argv[], void *context) {
        Diag diag _cleanup_(diag_done) = { 0 };

        return dump(context, argv[1], &diag) < 0 ? svverity_complain(&diag, EXIT_FAILED)
                                                 : EXIT_SUCCESS;
}
