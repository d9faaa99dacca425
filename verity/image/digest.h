/*
 * The digest of one block with its salt. Nothing is allocated per block: a
 * Digest is made once for each process that computes, and used again.
 */
#pragma once

#include <openssl/evp.h>

#include "verity/image/superblock.h"

#define DIGEST_MAX EVP_MAX_MD_SIZE

typedef struct Digest {
        EVP_MD *algorithm;
        EVP_MD_CTX *running;
        const VerityParams *params; /* borrowed */
        size_t size;                /* bytes of a digest */
} Digest;

/* P must have passed superblock_check(). Returns 0, -ENOENT for an algorithm that OpenSSL does
 * not have, -ENOMEM. */
int digest_init(Digest *ret, const VerityParams *p, Diag *diag);
void digest_done(Digest *d); /* for _cleanup_ */

/* Returns 0, or -EIO when the library refuses, which it does not do in practice. */
int digest_block(Digest *d, const uint8_t *block, size_t n, uint8_t ret[static DIGEST_MAX]);
