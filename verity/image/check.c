/*
 * What is found goes into one byte a block of memory that all processes share:
 * nobody waits for anybody, and a worker that dies cannot hide what it found.
 *
 * A damaged hash block makes everything below it unverifiable, and that is said
 * instead of trusting what happens to fit to it.
 */
#include "verity/image/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "verity/image/pool.h"

/* The states of all blocks, for all processes. */
typedef struct Findings {
        const Area *area;
        uint8_t *data; /* one BlockState for each data block */
        uint8_t *hash; /* for each hash block behind the beginning of the tree */
        uint64_t hash_start, hash_blocks;
} Findings;

typedef struct Level {
        const Findings *findings;
        unsigned level;
} Level;

typedef struct Checker {
        const Findings *findings;
        AreaWorker *worker;
        unsigned level;
} Checker;

static void *checker_new(void *context) {
        static Checker c; /* one a process */
        const Level *l = context;

        c.findings = l->findings;
        c.worker = area_worker_new((void *)l->findings->area);
        c.level = l->level;
        return c.worker ? &c : NULL;
}

static uint8_t *state_of_hash(const Findings *f, unsigned level, uint64_t index) {
        return f->hash + (f->area->tree.level[level].start - f->hash_start) + index;
}

/* The states of what lies below hash block INDEX of LEVEL. */
static uint8_t *states_below(const Findings *f, unsigned level, uint64_t first) {
        return level == 0 ? f->data + first : state_of_hash(f, level - 1, first);
}

static void check_one(Checker *c, const AreaSpan *span, uint32_t i, bool readable, uint8_t *state) {
        AreaWorker *w = c->worker;
        uint8_t *block = w->below + (size_t)i * span->block_size, digest[DIGEST_MAX];

        if (!readable && area_read(span->fd, block, span->block_size,
                                   span->offset + (uint64_t)i * span->block_size) < 0) {
                *state = BLOCK_DAMAGED;
                return;
        }
        if (digest_block(&w->digest, block, span->block_size, digest) < 0 ||
            memcmp(digest, w->block + (size_t)i * w->area->tree.slot_size, w->area->digest_size) !=
                    0)
                *state = BLOCK_DAMAGED;
}

static int check_block(uint64_t index, void *context) {
        Checker *c = context;
        AreaWorker *w = c->worker;
        AreaSpan span = area_span(w->area, c->level, index);
        uint8_t *below = states_below(c->findings, c->level, span.first);
        bool readable;

        if (*state_of_hash(c->findings, c->level, index) != BLOCK_GOOD ||
            area_read(w->area->hash, w->block, w->area->params.hash_block_size,
                      area_hash_offset(w->area, c->level, index)) < 0) {
                memset(below, BLOCK_UNVERIFIABLE, span.n);
                return 0;
        }
        /* One block that cannot be read must not hide its neighbours. */
        readable = area_read(span.fd, w->below, (size_t)span.n * span.block_size, span.offset) == 0;
        for (uint32_t i = 0; i < span.n; i++)
                check_one(c, &span, i, readable, below + i);
        return 0;
}

static int check_levels(const Findings *f, VerityProgress *progress, void *context) {
        for (unsigned i = f->area->tree.levels; i-- > 0;) {
                Level level = { f, i };
                PoolJob job = {
                        .pieces = f->area->tree.level[i].blocks,
                        .begin = checker_new,
                        .work = check_block,
                        .context = &level,
                        .progress = i == 0 ? progress : NULL,
                        .progress_context = context,
                };
                int r = pool_run(&job);

                if (r < 0)
                        return r;
        }
        return 0;
}

/* Puts together what is alike. Returns 0 or -ENOMEM. */
static int ranges(const uint8_t *states, uint64_t n, uint64_t base, BlockRange **ret,
                  size_t *ret_n) {
        BlockRange *list = NULL;
        size_t used = 0;

        for (uint64_t i = 0; i < n; i++) {
                BlockRange *grown;

                if (states[i] == BLOCK_GOOD)
                        continue;
                if (used > 0 && list[used - 1].state == states[i] &&
                    list[used - 1].first + list[used - 1].n == base + i) {
                        list[used - 1].n++;
                        continue;
                }
                grown = reallocarray(list, used + 1, sizeof *list);
                if (!grown) {
                        free(list);
                        return -ENOMEM;
                }
                list = grown;
                list[used++] = (BlockRange){ base + i, 1, states[i] };
        }
        *ret = list;
        *ret_n = used;
        return 0;
}

static uint64_t count(const BlockRange *list, size_t n, BlockState state) {
        uint64_t sum = 0;

        for (size_t i = 0; i < n; i++)
                if (list[i].state == state)
                        sum += list[i].n;
        return sum;
}

static int collect(const Findings *f, CheckResult *ret) {
        int r = ranges(f->data, f->area->params.data_blocks, 0, &ret->data, &ret->n_data);

        if (r == 0)
                r = ranges(f->hash, f->hash_blocks, f->hash_start, &ret->hash, &ret->n_hash);
        ret->data_damaged = count(ret->data, ret->n_data, BLOCK_DAMAGED);
        ret->data_unverifiable = count(ret->data, ret->n_data, BLOCK_UNVERIFIABLE);
        ret->hash_damaged = count(ret->hash, ret->n_hash, BLOCK_DAMAGED);
        return r;
}

int check_image(const Area *area, const uint8_t *root, VerityProgress *progress, void *context,
                CheckResult *ret) {
        const Tree *t = &area->tree;
        Findings f = { .area = area };
        uint8_t digest[DIGEST_MAX];
        uint64_t size;
        int r = build_root(area, digest);

        *ret = (CheckResult){ .root_matches =
                                      r == 0 && memcmp(digest, root, area->digest_size) == 0 };
        if (r < 0 || !ret->root_matches)
                return r;
        f.hash_start = t->levels ? t->level[t->levels - 1].start : 0;
        f.hash_blocks = t->levels ? t->end - f.hash_start : 0;
        size = area->params.data_blocks + f.hash_blocks;
        f.data = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (f.data == MAP_FAILED)
                return -errno;
        f.hash = f.data + area->params.data_blocks;
        r = check_levels(&f, progress, context);
        if (r == 0)
                r = collect(&f, ret);
        munmap(f.data, size);
        return r;
}

void check_result_done(CheckResult *r) {
        free(r->hash);
        free(r->data);
        *r = (CheckResult){ 0 };
}
