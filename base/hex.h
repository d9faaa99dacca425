/*
 * Bytes as hexadecimal digits.
 */
#pragma once

#include "base/macro.h"

/* At most MAX bytes from TEXT, which holds two digits of either case for each and nothing else.
 * Returns how many, -EINVAL, or -ERANGE when there are more. */
int hex_parse(const char *text, uint8_t *ret, size_t max);

/* Two lower-case digits a byte, and a NUL: RET has room for 2 * N + 1. Returns it. */
char *hex_format(const uint8_t *bytes, size_t n, char *ret);
