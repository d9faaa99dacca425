/*
 * A file system image and its hash tree, opened: what building and checking have
 * in common. Both may be the same file, with the tree behind the data.
 */
#pragma once

#include "verity/image/digest.h"
#include "verity/image/tree.h"

typedef struct Area {
        int data, hash; /* fds, borrowed */
        VerityParams params;
        Tree tree;
        size_t digest_size;
} Area;

/* Fills in TREE and DIGEST_SIZE from PARAMS. START: see tree_init(). */
int area_init(Area *area, uint64_t start, Diag *diag);

/* What one process needs to compute with. */
typedef struct AreaWorker {
        const Area *area;
        Digest digest;
        uint8_t *below; /* room for the blocks that one hash block has digests of */
        uint8_t *block; /* room for one hash block */
} AreaWorker;

/* Allocates; never freed, for the process ends. NULL: no memory. AREA is a const Area. */
void *area_worker_new(void *area);

/* The blocks below hash block INDEX of LEVEL (from 0, the data's). */
typedef struct AreaSpan {
        int fd;
        uint64_t first; /* which block of those below, counted from 0 in its level */
        uint32_t n;
        uint32_t block_size; /* bytes */
        uint64_t offset;     /* bytes, where the first one lies in FD */
} AreaSpan;
AreaSpan area_span(const Area *area, unsigned level, uint64_t index);

/* Where hash block INDEX of LEVEL lies in the hash device, in bytes. */
uint64_t area_hash_offset(const Area *area, unsigned level, uint64_t index);

/* Reads or writes all N bytes at OFFSET. Returns 0, negative errno, or -ENODATA when the file ends
 * before that. */
int area_read(int fd, void *to, size_t n, uint64_t offset);
int area_write(int fd, const void *from, size_t n, uint64_t offset);
