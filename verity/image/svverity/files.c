/*
 * The files that a verb was given. What is neither a regular file nor a block
 * device is refused without waiting for it.
 */
#include <inttypes.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "verity/image/svverity/svverity.h"

int files_size(int fd, const char *name, uint64_t *ret, Diag *diag) {
        struct stat st;

        if (fstat(fd, &st) < 0)
                return diag_error(diag, -errno, "%s: %s", name, strerror(errno));
        if (S_ISREG(st.st_mode))
                *ret = (uint64_t)st.st_size;
        else if (!S_ISBLK(st.st_mode))
                return diag_error(diag, -EINVAL, "%s is neither a file nor a block device", name);
        else if (ioctl(fd, BLKGETSIZE64, ret) < 0)
                return diag_error(diag, -errno, "the size of %s: %s", name, strerror(errno));
        return 0;
}

static int open_one(const char *name, int flags, uint64_t *size, Diag *diag) {
        int fd _cleanup_fd_ = open(name, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644), r;

        if (fd < 0)
                return diag_error(diag, -errno, "opening %s: %s", name, strerror(errno));
        r = files_size(fd, name, size, diag);
        return r < 0 ? r : TAKE_FD(fd);
}

static bool is_same(int a, int b) {
        struct stat one, two;

        if (fstat(a, &one) < 0 || fstat(b, &two) < 0)
                return false;
        if (S_ISBLK(one.st_mode) && S_ISBLK(two.st_mode))
                return one.st_rdev == two.st_rdev;
        return one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

int files_open(Files *ret, const char *data, const char *hash, int flags, Diag *diag) {
        Files f _cleanup_(files_done) = FILES_INIT;

        f.data = open_one(data, O_RDONLY, &f.data_size, diag);
        if (f.data < 0)
                return f.data;
        f.hash = open_one(hash, flags, &f.hash_size, diag);
        if (f.hash < 0)
                return f.hash;
        f.same = is_same(f.data, f.hash);
        *ret = f;
        f = (Files)FILES_INIT;
        return 0;
}

void files_done(Files *f) {
        fd_close(f->data);
        fd_close(f->hash);
}

/* The header is no authority: where the caller knows better, it has to agree. */
static int compare(const Settings *s, const VerityParams *p, Diag *diag) {
        const VerityParams *want = &s->params;

        if (s->algorithm_set && strcmp(want->algorithm, p->algorithm) != 0)
                return diag_error(diag, -EBADMSG, "the header says algorithm %s, --hash= says %s",
                                  p->algorithm, want->algorithm);
        if (s->type_set && want->hash_type != p->hash_type)
                return diag_error(diag, -EBADMSG,
                                  "the header says hash type %" PRIu32 ", --format= says %" PRIu32,
                                  p->hash_type, want->hash_type);
        if (s->sizes_set && (want->data_block_size != p->data_block_size ||
                             want->hash_block_size != p->hash_block_size))
                return diag_error(diag, -EBADMSG,
                                  "the header says blocks of %" PRIu32 " (data) and %" PRIu32
                                  " (hash) bytes, the options %" PRIu32 " and %" PRIu32,
                                  p->data_block_size, p->hash_block_size, want->data_block_size,
                                  want->hash_block_size);
        if (s->salt_set &&
            (want->salt_size != p->salt_size || memcmp(want->salt, p->salt, p->salt_size) != 0))
                return diag_error(diag, -EBADMSG, "the header has another salt than --salt= says");
        if (want->data_blocks > 0 && want->data_blocks != p->data_blocks)
                return diag_error(diag, -EBADMSG,
                                  "the header says %" PRIu64
                                  " data blocks, --data-blocks= says %" PRIu64,
                                  p->data_blocks, want->data_blocks);
        return 0;
}

int files_params(const Settings *s, const char *name, int fd, VerityParams *ret, Diag *diag) {
        uint8_t raw[SUPERBLOCK_SIZE];
        int r;

        if (s->no_superblock) {
                *ret = s->params;
                return 0;
        }
        if (s->hash_offset > INT64_MAX - SUPERBLOCK_SIZE)
                return diag_error(diag, -EINVAL, "--hash-offset= is too large");
        r = area_read(fd, raw, sizeof raw, s->hash_offset);
        if (r < 0)
                return diag_error(diag, r, "reading the header of %s: %s", name,
                                  r == -ENODATA ? "the file ends before it" : strerror(-r));
        diag->file = name;
        r = superblock_parse(raw, ret, diag);
        if (r == 0)
                r = compare(s, ret, diag);
        diag->file = NULL;
        return r;
}
