/*
 * Numbers. strtoull() is lax where we must be strict, so digits are read here.
 */
#include "base/number.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

static int digit_value(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return INT_MAX;
}

static const char *skip_base_prefix(const char *s, int *base) {
        *base = 10;
        if (s[0] != '0' || s[1] == '\0')
                return s;
        switch (s[1]) {
        case 'x':
                *base = 16;
                return s + 2;
        case 'o':
                *base = 8;
                return s + 2;
        case 'b':
                *base = 2;
                return s + 2;
        default:
                *base = 8;
                return s + 1;
        }
}

int number_parse_u64(const char *s, int base, uint64_t *ret) {
        uint64_t value = 0;

        if (base == 0)
                s = skip_base_prefix(s, &base);
        if (!*s)
                return -EINVAL;
        for (; *s; s++) {
                int digit = digit_value(*s);

                if (digit >= base)
                        return -EINVAL;
                if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
                    __builtin_add_overflow(value, (uint64_t)digit, &value))
                        return -ERANGE;
        }
        *ret = value;
        return 0;
}

int number_parse_i64(const char *s, int base, int64_t *ret) {
        bool negative = *s == '-';
        uint64_t magnitude;
        int r = number_parse_u64(s + (*s == '-' || *s == '+'), base, &magnitude);

        if (r < 0)
                return r;
        if (magnitude > (uint64_t)INT64_MAX + negative)
                return -ERANGE;
        *ret = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
        return 0;
}

int number_parse_u32(const char *s, int base, uint32_t *ret) {
        uint64_t value;
        int r = number_parse_u64(s, base, &value);

        if (r < 0)
                return r;
        if (value > UINT32_MAX)
                return -ERANGE;
        *ret = (uint32_t)value;
        return 0;
}

int number_parse_int(const char *s, int *ret) {
        int64_t value;
        int r = number_parse_i64(s, 10, &value);

        if (r < 0)
                return r;
        if (value < INT_MIN || value > INT_MAX)
                return -ERANGE;
        *ret = (int)value;
        return 0;
}

int number_parse_uid(const char *s, uid_t *ret) {
        uint32_t id;
        int r;

        if (s[0] == '0' && s[1] != '\0')
                return -EINVAL; /* octal to some readers, decimal to others */
        r = number_parse_u32(s, 10, &id);
        if (r < 0)
                return r;
        if (id == UINT32_MAX || id == UINT16_MAX)
                return -ENXIO;
        *ret = id;
        return 0;
}

int number_parse_mode(const char *s, mode_t *ret) {
        uint32_t mode;
        int r = number_parse_u32(s, 8, &mode);

        if (r < 0)
                return r;
        if (mode > 07777)
                return -ERANGE;
        *ret = mode;
        return 0;
}

/* Reads up to MAX digits behind a dot as a fraction of SCALE = 10^MAX. */
static const char *read_fraction(const char *s, unsigned max, unsigned *ret) {
        unsigned value = 0, n = 0;

        for (; isdigit((unsigned char)*s) && n < max; s++, n++)
                value = value * 10 + (unsigned)(*s - '0');
        for (unsigned i = n; i < max; i++)
                value *= 10;
        *ret = value;
        return n > 0 ? s : NULL;
}

int number_parse_permyriad(const char *s, unsigned *ret) {
        unsigned whole = 0, fraction = 0;
        const char *p = s;

        for (; isdigit((unsigned char)*p); p++) {
                whole = whole * 10 + (unsigned)(*p - '0');
                if (whole > 100000)
                        return -ERANGE;
        }
        if (p == s)
                return -EINVAL;
        if (*p == '.') {
                p = read_fraction(p + 1, 2, &fraction);
                if (!p)
                        return -EINVAL;
        }
        if (*p != '%' || p[1] != '\0')
                return -EINVAL;
        *ret = whole * 100 + fraction;
        return 0;
}

/* Splits "12.5G" into its number and the shift of its suffix. */
static int size_shift(const char *suffix, unsigned *ret) {
        static const char letters[] = "BKMGTPE";
        const char *at;

        if (!*suffix) {
                *ret = 0;
                return 0;
        }
        at = strchr(letters, *suffix);
        if (!at || suffix[1] != '\0')
                return -EINVAL;
        *ret = (unsigned)(at - letters) * 10;
        return 0;
}

int number_parse_size(const char *s, uint64_t *ret) {
        uint64_t whole = 0, total;
        unsigned shift, fraction = 0;
        const char *p = s;
        int r;

        for (; isdigit((unsigned char)*p); p++)
                if (__builtin_mul_overflow(whole, 10, &whole) ||
                    __builtin_add_overflow(whole, (uint64_t)(*p - '0'), &whole))
                        return -ERANGE;
        if (p == s)
                return -EINVAL;
        if (*p == '.') {
                p = read_fraction(p + 1, 6, &fraction);
                if (!p)
                        return -EINVAL;
        }
        r = size_shift(p, &shift);
        if (r < 0)
                return r;
        if (whole > UINT64_MAX >> shift)
                return -ERANGE;
        total = (whole << shift) + (uint64_t)((long double)fraction * (1ULL << shift) / 1e6L);
        if (total < whole << shift)
                return -ERANGE;
        *ret = total;
        return 0;
}
