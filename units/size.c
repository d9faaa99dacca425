/*
 * Sizes: each term is a number for base/number.h; here is only how terms
 * follow each other.
 */
#include "units/size.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

/* One term of a size without its inner white space. Returns what follows it, or NULL. */
static const char *take_term(const char *s, char *to, size_t room) {
        size_t n = strspn(s, "0123456789.");
        const char *suffix = s + n + strspn(s + n, WHITESPACE);
        bool has_suffix = *suffix && strchr("BKMGTPE", *suffix);

        if (n == 0 || n + 2 > room)
                return NULL;
        memcpy(to, s, n);
        to[n] = has_suffix ? *suffix : '\0';
        to[n + 1] = '\0';
        suffix += has_suffix;
        return suffix + strspn(suffix, WHITESPACE);
}

/* Where the suffix stands in the order in which terms must come. */
static int suffix_rank(const char *term) {
        static const char order[] = "EPTGMKB";
        const char *at = strchr(order, term[strlen(term) - 1]);

        return at ? (int)(at - order) : (int)strlen(order);
}

int size_parse(const char *value, uint64_t *ret) {
        uint64_t total = 0, part;
        int rank = -1;

        do {
                char term[64];
                int r;

                value = take_term(value, term, sizeof(term));
                if (!value || suffix_rank(term) <= rank)
                        return -EINVAL;
                rank = suffix_rank(term);
                r = number_parse_size(term, &part);
                if (r < 0)
                        return r;
                if (__builtin_add_overflow(total, part, &total))
                        return -ERANGE;
        } while (*value);
        *ret = total;
        return 0;
}

char *size_format(uint64_t size, char ret[static SIZE_TEXT_MAX]) {
        static const char letters[] = "\0KMGTPE";
        unsigned i = 0;

        while (size != 0 && size % 1024 == 0 && i + 2 < sizeof(letters)) {
                size /= 1024;
                i++;
        }
        snprintf(ret, SIZE_TEXT_MAX, "%" PRIu64 "%.1s", size, letters + i);
        return ret;
}
