/*
 * "svverity format": the order of writes is what matters. An old header is wiped
 * first and the new one written last, with the tree flushed in between, so an
 * interrupted run leaves no header that belongs to another tree.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/hex.h"
#include "verity/image/svverity/svverity.h"

#define SALT_SIZE 32

static int choose_salt(const Settings *s, VerityParams *p) {
        if (s->salt_set)
                return 0;
        p->salt_size = SALT_SIZE;
        return getrandom(p->salt, SALT_SIZE, 0) == SALT_SIZE ? 0 : -EIO;
}

static int choose_blocks(const Files *f, const char *name, VerityParams *p, Diag *diag) {
        uint64_t there = f->data_size / p->data_block_size;

        if (p->data_blocks > there)
                return diag_error(diag, -EINVAL,
                                  "%s has %" PRIu64 " blocks, fewer than --data-blocks=%" PRIu64,
                                  name, there, p->data_blocks);
        if (p->data_blocks > 0)
                return 0;
        if (f->data_size % p->data_block_size != 0 || there == 0)
                return diag_error(diag, -EINVAL,
                                  "%s has %" PRIu64
                                  " bytes, which is no multiple of the block size %" PRIu32
                                  "; enlarge it, or say --data-blocks=",
                                  name, f->data_size, p->data_block_size);
        p->data_blocks = there;
        return 0;
}

/* In one file the tree must lie behind the data. */
static int check_place(const Settings *s, const Files *f, const Area *area, Diag *diag) {
        uint64_t data_end = area->params.data_blocks * area->params.data_block_size;

        if (s->hash_offset % 512 != 0 || s->hash_offset > INT64_MAX / 2)
                return diag_error(diag, -EINVAL, "--hash-offset= must be a multiple of 512");
        if (f->same && s->hash_offset < data_end)
                return diag_error(diag, -EINVAL,
                                  "the tree would overwrite the data; use --hash-offset=%" PRIu64
                                  " or more",
                                  data_end);
        return 0;
}

static int write_header(const Settings *s, const Area *area, bool wipe) {
        uint8_t raw[SUPERBLOCK_SIZE] = { 0 };
        int r;

        if (!s->no_superblock) {
                if (!wipe)
                        superblock_format(&area->params, raw);
                r = area_write(area->hash, raw, sizeof raw, s->hash_offset);
                if (r < 0)
                        return r;
        }
        return fsync(area->hash) < 0 ? -errno : 0;
}

/* So that the same input gives the same bits without anybody choosing a UUID: made of the root
 * hash, with the marks of version 8 (RFC 9562). */
static void choose_uuid(const Settings *s, Area *area, const uint8_t *root) {
        uint8_t *uuid = area->params.uuid;

        if (s->uuid_set)
                return;
        memcpy(uuid, root, MIN_OF(area->digest_size, (size_t)VERITY_UUID_SIZE));
        uuid[6] = (uuid[6] & 0x0f) | 0x80;
        uuid[8] = (uuid[8] & 0x3f) | 0x80;
}

/* A tree without blocks still takes the block that the header is in, as a device would have it. */
static int extend(const Area *area) {
        uint64_t end = area->tree.end * area->params.hash_block_size;
        struct stat st;

        if (fstat(area->hash, &st) < 0)
                return -errno;
        if (S_ISREG(st.st_mode) && (uint64_t)st.st_size < end &&
            ftruncate(area->hash, (off_t)end) < 0)
                return -errno;
        return 0;
}

static int write_tree(const Settings *s, Area *area, uint8_t *root) {
        static char word[] = "hashing";
        int r = write_header(s, area, true);

        if (r == 0)
                r = extend(area);
        if (r == 0)
                r = build_tree(area, progress_for(s), word, root);
        progress_end(s);
        if (r == 0 && fsync(area->hash) < 0)
                r = -errno;
        if (r < 0)
                return r;
        choose_uuid(s, area, root);
        return write_header(s, area, false);
}

static int write_root_hash(const Settings *s, const Area *area, const uint8_t *root, Diag *diag) {
        char text[2 * DIGEST_MAX + 1];
        int r;

        if (!s->root_hash_file)
                return 0;
        hex_format(root, area->digest_size, text);
        r = file_write_atomic_at(AT_FDCWD, s->root_hash_file, text, 0644);
        return r < 0 ? diag_error(diag, r, "writing %s: %s", s->root_hash_file, strerror(-r)) : 0;
}

static int format(const Settings *s, char *names[], Diag *diag) {
        Files f _cleanup_(files_done) = FILES_INIT;
        Area area = { .params = s->params };
        uint8_t root[DIGEST_MAX];
        int r = files_open(&f, names[0], names[1], O_RDWR | O_CREAT, diag);

        if (r == 0)
                r = choose_blocks(&f, names[0], &area.params, diag);
        if (r == 0)
                r = choose_salt(s, &area.params);
        if (r == 0)
                r = superblock_check(&area.params, diag);
        if (r == 0)
                r = check_place(s, &f, &area, diag);
        if (r == 0)
                r = area_init(
                        &area,
                        tree_start(s->hash_offset, area.params.hash_block_size, !s->no_superblock),
                        diag);
        if (r < 0)
                return r;
        area.data = f.data;
        area.hash = f.hash;
        r = write_tree(s, &area, root);
        if (r < 0)
                return diag_error(diag, r, "making the hash tree of %s in %s: %s", names[0],
                                  names[1], strerror(-r));
        r = write_root_hash(s, &area, root, diag);
        if (r == 0)
                show_params(s, &area, names[1], root);
        return r;
}

int svverity_format(int argc, char *argv[], void *context) {
        Diag diag _cleanup_(diag_done) = { 0 };

        return format(context, argv + 1, &diag) < 0 ? svverity_complain(&diag, EXIT_FAILED)
                                                    : EXIT_SUCCESS;
}
