/*
 * Both cases of the letters are read, lower case is written, and nothing
 * between the digits is skipped: what is not wholly hexadecimal is refused.
 */
#include "base/hex.h"

#include <string.h>

static int digit(char c) {
        static const char digits[] = "0123456789abcdef";
        const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

        return at ? (int)(at - digits) : -EINVAL;
}

int hex_parse(const char *text, uint8_t *ret, size_t max) {
        size_t n;

        for (n = 0; text[2 * n]; n++) {
                int high = digit(text[2 * n]), low = high < 0 ? high : digit(text[2 * n + 1]);

                if (low < 0)
                        return -EINVAL;
                if (n == max)
                        return -ERANGE;
                ret[n] = (uint8_t)(high << 4 | low);
        }
        return (int)n;
}

char *hex_format(const uint8_t *bytes, size_t n, char *ret) {
        static const char digits[] = "0123456789abcdef";

        for (size_t i = 0; i < n; i++) {
                ret[2 * i] = digits[bytes[i] >> 4];
                ret[2 * i + 1] = digits[bytes[i] & 15];
        }
        ret[2 * n] = '\0';
        return ret;
}
