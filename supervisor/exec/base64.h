/*
 * Base64 with the usual alphabet: RFC 4648, section 4.
 */
#pragma once

#include "base/macro.h"

/* Decodes TEXT; white space in it is passed over. Returns 0 with a new buffer of *RET_SIZE bytes,
 * -EINVAL or -ENOMEM. */
int base64_decode(const char *text, char **ret, size_t *ret_size);
