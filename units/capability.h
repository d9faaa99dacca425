/*
 * Capabilities as unit files name them: capabilities(7). Sets are bits: bit N
 * is capability N, so that one that this table is too old to name can still be
 * carried and written.
 */
#pragma once

#include "base/macro.h"

#define CAPABILITY_BIT(n) (UINT64_C(1) << (n))

/* Bit 63 stands for none, so that a set of all but some differs from every list. */
#define CAPABILITY_MAX 62

/* All that there are and will be. */
#define CAPABILITY_EVERY UINT64_MAX

/* The number of "CAP_CHOWN" (in any case), or of "0" to "62"; -ENOENT. */
int capability_find(const char *name);

/* "CAP_CHOWN", or NULL for a number without name. */
const char *capability_name(unsigned n);

/* Those that have a name. */
uint64_t capability_named(void);
