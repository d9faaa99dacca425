/*
 * The one place where text becomes a number. Everything is refused that is not
 * a number from end to end: no white space, no trailing letters, no wrap-around.
 *
 * All return 0, -EINVAL (no number) or -ERANGE (does not fit), and leave *RET
 * alone on failure.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

/* BASE 0 understands "0x", "0o", "0b" and a leading "0" (octal); 8, 10 and 16 take bare digits. */
int number_parse_u64(const char *s, int base, uint64_t *ret);
int number_parse_i64(const char *s, int base, int64_t *ret);
int number_parse_u32(const char *s, int base, uint32_t *ret);
int number_parse_int(const char *s, int *ret);

/* Decimal ids; 65535 and 4294967295 mean "none" to the kernel and are refused with -ENXIO. */
int number_parse_uid(const char *s, uid_t *ret);

/* Octal, at most 07777. */
int number_parse_mode(const char *s, mode_t *ret);

/* "10%", "12.5%", "99.99%" in units of a hundredth of a percent (10000 is all). */
int number_parse_permyriad(const char *s, unsigned *ret);

/* Bytes, with an optional fraction and suffix: B, K, M, G, T, P, E in steps of 1024. */
int number_parse_size(const char *s, uint64_t *ret);
