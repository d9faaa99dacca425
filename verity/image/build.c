/*
 * Level by level from the data upwards. A piece of work is one hash block: the
 * blocks below it are read in one go, and it is written whole, so no two
 * processes ever write into the same block.
 */
#include "verity/image/build.h"

#include <errno.h>
#include <string.h>

#include "verity/image/pool.h"

typedef struct Level {
        const Area *area;
        unsigned level;
} Level;

typedef struct Builder {
        AreaWorker *worker;
        unsigned level;
} Builder;

static void *builder_new(void *context) {
        static Builder b; /* one a process */
        const Level *l = context;

        b.worker = area_worker_new((void *)l->area);
        b.level = l->level;
        return b.worker ? &b : NULL;
}

static int build_block(uint64_t index, void *context) {
        const Builder *b = context;
        AreaWorker *w = b->worker;
        const Area *area = w->area;
        AreaSpan span = area_span(area, b->level, index);
        int r = area_read(span.fd, w->below, (size_t)span.n * span.block_size, span.offset);

        memset(w->block, 0, area->params.hash_block_size);
        for (uint32_t i = 0; r == 0 && i < span.n; i++) {
                uint8_t digest[DIGEST_MAX];

                r = digest_block(&w->digest, w->below + (size_t)i * span.block_size,
                                 span.block_size, digest);
                memcpy(w->block + (size_t)i * area->tree.slot_size, digest, area->digest_size);
        }
        if (r < 0)
                return r;
        return area_write(area->hash, w->block, area->params.hash_block_size,
                          area_hash_offset(area, b->level, index));
}

int build_root(const Area *area, uint8_t root[static DIGEST_MAX]) {
        Digest d _cleanup_(digest_done) = { 0 };
        uint8_t block[VERITY_BLOCK_SIZE_MAX];
        const Tree *t = &area->tree;
        uint32_t size = t->levels ? area->params.hash_block_size : area->params.data_block_size;
        uint64_t offset = t->levels ? area_hash_offset(area, t->levels - 1, 0) : 0;
        int r = digest_init(&d, &area->params, NULL);

        if (r == 0)
                r = area_read(t->levels ? area->hash : area->data, block, size, offset);
        return r < 0 ? r : digest_block(&d, block, size, root);
}

int build_tree(const Area *area, VerityProgress *progress, void *context,
               uint8_t root[static DIGEST_MAX]) {
        for (unsigned i = 0; i < area->tree.levels; i++) {
                Level level = { area, i };
                PoolJob job = {
                        .pieces = area->tree.level[i].blocks,
                        .begin = builder_new,
                        .work = build_block,
                        .context = &level,
                        .progress = i == 0 ? progress : NULL,
                        .progress_context = context,
                };
                int r = pool_run(&job);

                if (r < 0)
                        return r;
        }
        return build_root(area, root);
}
