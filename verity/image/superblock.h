/*
 * The header that a hash area begins with, as cryptsetup's verity format
 * version 1 has it: 512 bytes, all numbers little-endian.
 *
 * The root hash does not cover it, and the kernel believes whatever it says. So
 * what stands there is a claim: it is parsed with all bounds checked here, and
 * compared with what the caller knows from a place that somebody signed.
 */
#pragma once

#include "base/diag.h"

#define SUPERBLOCK_SIZE 512

#define VERITY_SALT_MAX      256
#define VERITY_ALGORITHM_MAX 32
#define VERITY_UUID_SIZE     16

/* Bounds that dm-verity has: blocks are powers of two, and no larger than a page. */
#define VERITY_BLOCK_SIZE_MIN 512
#define VERITY_BLOCK_SIZE_MAX 4096

typedef struct VerityParams {
        uint32_t hash_type; /* 1: the salt comes first; 0: it comes last (Chrome OS) */
        char algorithm[VERITY_ALGORITHM_MAX]; /* "sha256" */
        uint32_t data_block_size;             /* bytes */
        uint32_t hash_block_size;             /* bytes */
        uint64_t data_blocks;
        uint8_t uuid[VERITY_UUID_SIZE];
        uint8_t salt[VERITY_SALT_MAX];
        uint16_t salt_size; /* bytes, may be 0 */
} VerityParams;

/* Returns 0, or -EINVAL after naming the field that is out of bounds. */
int superblock_check(const VerityParams *p, Diag *diag);

/* Returns 0; -ENOENT when RAW does not begin a hash area at all; or -EINVAL. Both are explained. */
int superblock_parse(const uint8_t raw[static SUPERBLOCK_SIZE], VerityParams *ret, Diag *diag);

/* P must have passed superblock_check(). */
void superblock_format(const VerityParams *p, uint8_t ret[static SUPERBLOCK_SIZE]);
