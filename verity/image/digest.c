/*
 * The context is initialised again for each block instead of being copied from
 * one that has seen the salt: a copy allocates, and the salt is a fraction of a
 * percent of a block.
 */
#include "verity/image/digest.h"

#include <errno.h>

int digest_init(Digest *ret, const VerityParams *p, Diag *diag) {
        Digest d = { .params = p };

        d.algorithm = EVP_MD_fetch(NULL, p->algorithm, NULL);
        if (!d.algorithm)
                return diag_error(diag, -ENOENT,
                                  "the hash algorithm \"%s\" is not known; use for example sha256",
                                  p->algorithm);
        d.size = (size_t)EVP_MD_get_size(d.algorithm);
        d.running = EVP_MD_CTX_new();
        if (!d.running || EVP_DigestInit_ex2(d.running, d.algorithm, NULL) != 1) {
                digest_done(&d);
                return -ENOMEM;
        }
        *ret = d;
        return 0;
}

void digest_done(Digest *d) {
        EVP_MD_CTX_free(d->running);
        EVP_MD_free(d->algorithm);
        *d = (Digest){ 0 };
}

int digest_block(Digest *d, const uint8_t *block, size_t n, uint8_t ret[static DIGEST_MAX]) {
        const VerityParams *p = d->params;
        bool first = p->hash_type == 1;

        if (EVP_DigestInit_ex2(d->running, NULL, NULL) != 1 ||
            (first && EVP_DigestUpdate(d->running, p->salt, p->salt_size) != 1) ||
            EVP_DigestUpdate(d->running, block, n) != 1 ||
            (!first && EVP_DigestUpdate(d->running, p->salt, p->salt_size) != 1) ||
            EVP_DigestFinal_ex(d->running, ret, NULL) != 1)
                return -EIO;
        return 0;
}
