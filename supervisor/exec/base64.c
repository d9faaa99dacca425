/*
 * Four characters are three bytes; "=" fills the last four up.
 */
#include "supervisor/exec/base64.h"

#include <string.h>

#include "base/text.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Takes as many characters as make bytes; *TEXT stands behind them. */
static size_t decode_body(const char **text, size_t *ret_digits, char *to) {
        uint32_t bits = 0;
        size_t digits = 0, size = 0;

        for (; **text && **text != '='; (*text)++) {
                const char *digit = strchr(alphabet, **text);

                if (strchr(WHITESPACE, **text))
                        continue;
                if (!digit)
                        break;
                bits = bits << 6 | (uint32_t)(digit - alphabet);
                if (++digits % 4 != 1)
                        to[size++] = (char)(bits >> (6 - 2 * ((digits - 1) % 4)));
        }
        *ret_digits = digits;
        return size;
}

int base64_decode(const char *text, char **ret, size_t *ret_size) {
        _cleanup_free_ char *bytes = malloc(strlen(text) + 1);
        size_t digits, size;

        if (!bytes)
                return -ENOMEM;
        size = decode_body(&text, &digits, bytes);
        for (; *text; text++) {
                if (*text == '=')
                        digits++;
                else if (!strchr(WHITESPACE, *text))
                        return -EINVAL;
        }
        if (digits % 4 != 0)
                return -EINVAL;
        bytes[size] = '\0';
        *ret = TAKE_PTR(bytes);
        *ret_size = size;
        return 0;
}
