/*
 * Makes the hash tree of an image, on all cores, and gives its root hash. The
 * same image, salt and sizes make the same bits.
 */
#pragma once

#include "verity/image/area.h"

/* Called now and then with how much of the data is done. May be NULL. */
typedef void VerityProgress(uint64_t done, uint64_t of, void *context);

/* AREA->data is read, AREA->hash written where the tree lies, and nowhere else; neither is flushed.
 * Returns 0 or negative errno. */
int build_tree(const Area *area, VerityProgress *progress, void *context,
               uint8_t root[static DIGEST_MAX]);

/* The digest of the block that everything hangs from: the highest hash block, or the only data
 * block. Returns 0 or negative errno. */
int build_root(const Area *area, uint8_t ret[static DIGEST_MAX]);
