/*
 * The layout is read field by field from bytes, so that neither alignment nor
 * the machine's byte order matters, and a hostile header is only ever copied
 * into arrays of the size that the format gives it.
 */
#include "verity/image/superblock.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char magic[8] = "verity\0";

#define VERSION 1

/* Where the fields are. Between and behind them are zeroes. */
enum {
        AT_MAGIC = 0,
        AT_VERSION = 8,
        AT_HASH_TYPE = 12,
        AT_UUID = 16,
        AT_ALGORITHM = 32,
        AT_DATA_BLOCK_SIZE = 64,
        AT_HASH_BLOCK_SIZE = 68,
        AT_DATA_BLOCKS = 72,
        AT_SALT_SIZE = 80,
        AT_SALT = 88,
};

static uint16_t get16(const uint8_t *at) {
        uint16_t n;

        memcpy(&n, at, sizeof n);
        return le16toh(n);
}
static uint32_t get32(const uint8_t *at) {
        uint32_t n;

        memcpy(&n, at, sizeof n);
        return le32toh(n);
}
static uint64_t get64(const uint8_t *at) {
        uint64_t n;

        memcpy(&n, at, sizeof n);
        return le64toh(n);
}
static void put16(uint8_t *at, uint16_t n) {
        n = htole16(n);
        memcpy(at, &n, sizeof n);
}
static void put32(uint8_t *at, uint32_t n) {
        n = htole32(n);
        memcpy(at, &n, sizeof n);
}
static void put64(uint8_t *at, uint64_t n) {
        n = htole64(n);
        memcpy(at, &n, sizeof n);
}

static bool is_block_size(uint32_t n) {
        return n >= VERITY_BLOCK_SIZE_MIN && n <= VERITY_BLOCK_SIZE_MAX && (n & (n - 1)) == 0;
}

static int check_block_size(const char *what, uint32_t n, Diag *diag) {
        if (is_block_size(n))
                return 0;
        return diag_error(diag, -EINVAL,
                          "the %s block size is %" PRIu32 "; it must be 512, 1024, 2048 or 4096",
                          what, n);
}

int superblock_check(const VerityParams *p, Diag *diag) {
        int r;

        if (p->hash_type > 1)
                return diag_error(diag, -EINVAL, "the hash type is %" PRIu32 "; it must be 0 or 1",
                                  p->hash_type);
        r = check_block_size("data", p->data_block_size, diag);
        if (r < 0)
                return r;
        r = check_block_size("hash", p->hash_block_size, diag);
        if (r < 0)
                return r;
        if (p->data_blocks == 0 || p->data_blocks > INT64_MAX / p->data_block_size)
                return diag_error(diag, -EINVAL, "%" PRIu64 " data blocks are none or too many",
                                  p->data_blocks);
        if (p->salt_size > VERITY_SALT_MAX)
                return diag_error(diag, -EINVAL, "the salt has %d bytes; %d are the most",
                                  p->salt_size, VERITY_SALT_MAX);
        if (!memchr(p->algorithm, '\0', sizeof p->algorithm) || !p->algorithm[0])
                return diag_error(diag, -EINVAL,
                                  "the name of the hash algorithm is empty or too long");
        return 0;
}

int superblock_parse(const uint8_t raw[static SUPERBLOCK_SIZE], VerityParams *ret, Diag *diag) {
        VerityParams p = {
                .hash_type = get32(raw + AT_HASH_TYPE),
                .data_block_size = get32(raw + AT_DATA_BLOCK_SIZE),
                .hash_block_size = get32(raw + AT_HASH_BLOCK_SIZE),
                .data_blocks = get64(raw + AT_DATA_BLOCKS),
                .salt_size = get16(raw + AT_SALT_SIZE),
        };
        int r;

        if (memcmp(raw + AT_MAGIC, magic, sizeof magic) != 0)
                return diag_error(diag, -ENOENT, "there is no verity header here");
        if (get32(raw + AT_VERSION) != VERSION)
                return diag_error(diag, -EINVAL,
                                  "the verity header has version %" PRIu32 "; only %d is known",
                                  get32(raw + AT_VERSION), VERSION);
        memcpy(p.uuid, raw + AT_UUID, sizeof p.uuid);
        memcpy(p.algorithm, raw + AT_ALGORITHM, sizeof p.algorithm);
        r = superblock_check(&p, diag);
        if (r < 0)
                return r;
        memcpy(p.salt, raw + AT_SALT, p.salt_size);
        *ret = p;
        return 0;
}

void superblock_format(const VerityParams *p, uint8_t ret[static SUPERBLOCK_SIZE]) {
        memset(ret, 0, SUPERBLOCK_SIZE);
        memcpy(ret + AT_MAGIC, magic, sizeof magic);
        put32(ret + AT_VERSION, VERSION);
        put32(ret + AT_HASH_TYPE, p->hash_type);
        memcpy(ret + AT_UUID, p->uuid, sizeof p->uuid);
        memcpy(ret + AT_ALGORITHM, p->algorithm, strlen(p->algorithm));
        put32(ret + AT_DATA_BLOCK_SIZE, p->data_block_size);
        put32(ret + AT_HASH_BLOCK_SIZE, p->hash_block_size);
        put64(ret + AT_DATA_BLOCKS, p->data_blocks);
        put16(ret + AT_SALT_SIZE, p->salt_size);
        memcpy(ret + AT_SALT, p->salt, p->salt_size);
}
