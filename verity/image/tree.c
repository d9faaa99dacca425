/*
 * The rules are dm-verity's (Documentation/admin-guide/device-mapper/verity.rst):
 * a hash block holds a power of two of digests; type 1 pads each to a power of
 * two, type 0 packs them and leaves the rest of the block empty.
 */
#include "verity/image/tree.h"

#include <errno.h>

static uint32_t power_of_two_up(uint32_t n) {
        uint32_t power = 1;

        while (power < n)
                power <<= 1;
        return power;
}

static uint32_t power_of_two_down(uint32_t n) {
        uint32_t power = 1;

        while (power <= n / 2)
                power <<= 1;
        return power;
}

static uint64_t divide_up(uint64_t n, uint64_t by) {
        return n / by + (n % by != 0);
}

int tree_init(Tree *ret, const VerityParams *p, size_t digest_size, uint64_t start) {
        Tree t = { 0 };
        uint64_t below = p->data_blocks, at = start;

        if (digest_size == 0 || digest_size > p->hash_block_size / 2)
                return -ERANGE;
        t.per_block = power_of_two_down(p->hash_block_size / (uint32_t)digest_size);
        t.slot_size =
                p->hash_type == 1 ? power_of_two_up((uint32_t)digest_size) : (uint32_t)digest_size;

        while (below > 1) {
                if (t.levels == TREE_LEVELS_MAX)
                        return -ERANGE;
                t.level[t.levels].below = below;
                below = divide_up(below, t.per_block);
                t.level[t.levels++].blocks = below;
        }
        for (unsigned i = t.levels; i-- > 0;) {
                t.level[i].start = at;
                if (__builtin_add_overflow(at, t.level[i].blocks, &at))
                        return -ERANGE;
        }
        if (at > INT64_MAX / p->hash_block_size)
                return -ERANGE;
        t.end = at;
        *ret = t;
        return 0;
}

uint64_t tree_start(uint64_t offset, uint32_t hash_block_size, bool superblock) {
        return divide_up(offset + (superblock ? SUPERBLOCK_SIZE : 0), hash_block_size);
}
