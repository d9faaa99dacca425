/*
 * A fingerprint of what was seen, to find out later whether it is still the same: FNV-1a, 64 bits.
 * It keeps no secret and withstands no attacker who searches for two equal ones.
 */
#pragma once

#include "base/macro.h"

#define HASH_EMPTY UINT64_C(14695981039346656037)

/* Goes on from HASH with N bytes, or with a text and the NUL that ends it. */
uint64_t hash_bytes(uint64_t hash, const void *data, size_t n);
uint64_t hash_text(uint64_t hash, const char *text);
