/*
 * Checks an image against its root hash in user space, on all cores, from the
 * root downwards: no digest is believed that is not itself covered.
 */
#pragma once

#include "verity/image/build.h"

typedef enum BlockState {
        BLOCK_GOOD,         /* the zero of fresh memory */
        BLOCK_DAMAGED,      /* it is not what its digest says, or cannot be read */
        BLOCK_UNVERIFIABLE, /* the hash block that has its digest is damaged */
} BlockState;

/* A run of blocks in the same state. */
typedef struct BlockRange {
        uint64_t first, n;
        BlockState state;
} BlockRange;

typedef struct CheckResult {
        bool root_matches;     /* false: nothing was looked at below it */
        uint64_t hash_damaged; /* blocks of the tree, at any level */
        uint64_t data_damaged, data_unverifiable;
        BlockRange *hash; /* blocks counted from the beginning of the hash device */
        size_t n_hash;
        BlockRange *data; /* blocks of the image */
        size_t n_data;
} CheckResult;

/* Returns 0 when all could be looked at, whatever was found, or negative errno. RET is to be given
 * to check_result_done() in both cases. */
int check_image(const Area *area, const uint8_t *root, VerityProgress *progress, void *context,
                CheckResult *ret);
void check_result_done(CheckResult *r); /* for _cleanup_ */

static inline bool check_result_is_good(const CheckResult *r) {
        return r->root_matches && r->hash_damaged == 0 && r->data_damaged == 0;
}
