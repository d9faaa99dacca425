/*
 * See hash.h. The NUL of a text is counted, so that "ab", "c" differs from "a", "bc".
 */
#include "base/hash.h"

#include <string.h>

uint64_t hash_bytes(uint64_t hash, const void *data, size_t n) {
        const unsigned char *bytes = data;

        for (size_t i = 0; i < n; i++)
                hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
        return hash;
}

uint64_t hash_text(uint64_t hash, const char *text) {
        return hash_bytes(hash, text, strlen(text) + 1);
}
