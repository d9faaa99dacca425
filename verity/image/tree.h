/*
 * The shape of a hash tree, as dm-verity lays it out: where each level lies and
 * where in a hash block a digest stands. Pure arithmetic.
 *
 * Level 0 holds the digests of the data blocks, each further level those of the
 * blocks of the one below, and the highest is one block, whose digest is the
 * root hash. On disk the highest comes first. A single data block needs no
 * tree: its digest is the root hash.
 */
#pragma once

#include "verity/image/superblock.h"

/* Blocks of 512 bytes with eight digests each, and 2^63 bytes. */
#define TREE_LEVELS_MAX 19

typedef struct TreeLevel {
        uint64_t start;  /* in hash blocks from the beginning of the hash device */
        uint64_t blocks; /* how many hash blocks */
        uint64_t below;  /* how many blocks it has digests of */
} TreeLevel;

typedef struct Tree {
        unsigned levels;
        TreeLevel level[TREE_LEVELS_MAX]; /* from the data upwards */
        uint32_t per_block;               /* digests in a hash block */
        uint32_t slot_size;               /* bytes from one digest to the next */
        uint64_t end;                     /* the first hash block behind the tree */
} Tree;

/* START: the hash block where the tree begins, behind the header. P must have passed
 * superblock_check(). Returns 0, or -ERANGE when a digest of that size does not fit into a block
 * twice, or the tree into an area of 2^63 bytes. */
int tree_init(Tree *ret, const VerityParams *p, size_t digest_size, uint64_t start);

/* Hash blocks that a header takes before the tree, when it stands OFFSET bytes into the device. */
uint64_t tree_start(uint64_t offset, uint32_t hash_block_size, bool superblock);
