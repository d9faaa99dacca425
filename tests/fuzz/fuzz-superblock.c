/*
 * Any 512 bytes are a verity header, or are refused. One that is read has a
 * tree that can be laid out or is refused, lies behind the header without gaps or wrap-around, and
 * is written back as the bytes that count.
 */
#include <string.h>

#include "base/macro.h"
#include "verity/image/superblock.h"
#include "verity/image/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
        if (!holds)
                abort();
}

static void check_tree(const VerityParams *p, size_t digest_size) {
        uint64_t start = tree_start(0, p->hash_block_size, true), at = start;
        Tree t;

        if (tree_init(&t, p, digest_size, start) < 0)
                return;
        require(t.levels <= TREE_LEVELS_MAX);
        require((uint64_t)t.per_block * t.slot_size <= p->hash_block_size);
        for (unsigned i = t.levels; i-- > 0;) {
                require(t.level[i].start == at && t.level[i].blocks > 0);
                require(t.level[i].blocks * t.per_block >= t.level[i].below);
                at += t.level[i].blocks;
        }
        require(at == t.end && t.end <= INT64_MAX / p->hash_block_size);
        require(t.levels == 0 || t.level[t.levels - 1].blocks == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        uint8_t raw[SUPERBLOCK_SIZE] = { 0 }, again[SUPERBLOCK_SIZE];
        VerityParams p, second;

        memcpy(raw, data, MIN_OF(size, sizeof raw));
        if (superblock_parse(raw, &p, NULL) < 0)
                return 0;
        require(superblock_check(&p, NULL) == 0);
        superblock_format(&p, again);
        require(superblock_parse(again, &second, NULL) == 0);
        superblock_format(&second, raw);
        require(memcmp(raw, again, sizeof raw) == 0);
        check_tree(&p, 20);
        check_tree(&p, 32);
        check_tree(&p, 64);
        return 0;
}
