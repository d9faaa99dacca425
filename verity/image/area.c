/*
 * Offsets cannot wrap: tree_init() and superblock_check() have bounded both
 * sides to 2^63 bytes.
 */
#include "verity/image/area.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int area_init(Area *area, uint64_t start, Diag *diag) {
        Digest d _cleanup_(digest_done) = { 0 };
        int r = digest_init(&d, &area->params, diag);

        if (r < 0)
                return r;
        area->digest_size = d.size;
        r = tree_init(&area->tree, &area->params, d.size, start);
        if (r < 0)
                return diag_error(diag, r,
                                  "a hash tree with these block sizes and this algorithm cannot be "
                                  "laid out; use larger hash blocks");
        return 0;
}

static size_t below_size(const Area *area) {
        size_t data = (size_t)area->tree.per_block * area->params.data_block_size;
        size_t hash = (size_t)area->tree.per_block * area->params.hash_block_size;

        return data > hash ? data : hash;
}

void *area_worker_new(void *context) {
        const Area *area = context;
        AreaWorker *w = calloc(1, sizeof *w);

        if (!w)
                return NULL;
        w->area = area;
        w->below = malloc(below_size(area));
        w->block = malloc(area->params.hash_block_size);
        if (!w->below || !w->block || digest_init(&w->digest, &area->params, NULL) < 0)
                return NULL;
        return w;
}

AreaSpan area_span(const Area *area, unsigned level, uint64_t index) {
        const Tree *t = &area->tree;
        uint64_t first = index * t->per_block, left = t->level[level].below - first;
        AreaSpan span = { .first = first,
                          .n = left < t->per_block ? (uint32_t)left : t->per_block };

        if (level == 0) {
                span.fd = area->data;
                span.block_size = area->params.data_block_size;
                span.offset = first * span.block_size;
        } else {
                span.fd = area->hash;
                span.block_size = area->params.hash_block_size;
                span.offset = area_hash_offset(area, level - 1, first);
        }
        return span;
}

uint64_t area_hash_offset(const Area *area, unsigned level, uint64_t index) {
        return (area->tree.level[level].start + index) * area->params.hash_block_size;
}

int area_read(int fd, void *to, size_t n, uint64_t offset) {
        uint8_t *at = to;

        while (n > 0) {
                ssize_t got = pread(fd, at, n, (off_t)offset);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -errno;
                if (got == 0)
                        return -ENODATA;
                at += got;
                n -= (size_t)got;
                offset += (uint64_t)got;
        }
        return 0;
}

int area_write(int fd, const void *from, size_t n, uint64_t offset) {
        const uint8_t *at = from;

        while (n > 0) {
                ssize_t put = pwrite(fd, at, n, (off_t)offset);

                if (put < 0 && errno == EINTR)
                        continue;
                if (put < 0)
                        return -errno;
                at += put;
                n -= (size_t)put;
                offset += (uint64_t)put;
        }
        return 0;
}
