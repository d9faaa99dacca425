/*
 * String questions. Everything here works on bytes and never on the locale, so
 * that a unit means the same on every machine.
 */
#include "base/text.h"

#include <ctype.h>

const char *text_after(const char *s, const char *prefix) {
        size_t n = strlen(prefix);

        return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

bool text_ends_with(const char *s, const char *suffix) {
        size_t n = strlen(s), m = strlen(suffix);

        return n >= m && text_eq(s + n - m, suffix);
}

char *text_strip(char *s) {
        s += strspn(s, WHITESPACE);
        for (size_t n = strlen(s); n > 0 && strchr(WHITESPACE, s[n - 1]); n--)
                s[n - 1] = '\0';
        return s;
}

bool text_has_control(const char *s) {
        for (; *s; s++)
                if ((unsigned char)*s < ' ' || *s == 0x7f)
                        return true;
        return false;
}

size_t text_utf8_sequence(const char *s, size_t available) {
        const unsigned char *u = (const unsigned char *)s;
        size_t n = u[0] < 0x80   ? 1
                   : u[0] < 0xc2 ? 0
                   : u[0] < 0xe0 ? 2
                   : u[0] < 0xf0 ? 3
                   : u[0] < 0xf5 ? 4
                                 : 0;

        if (n == 0 || n > available)
                return 0;
        for (size_t i = 1; i < n; i++)
                if ((u[i] & 0xc0) != 0x80)
                        return 0;
        if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
            (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
                return 0;
        return n;
}

bool text_is_utf8(const char *s, size_t length) {
        for (size_t i = 0; i < length;) {
                size_t n = text_utf8_sequence(s + i, length - i);

                if (n == 0)
                        return false;
                i += n;
        }
        return true;
}

#define DISTANCE_MAX_LENGTH 48

static unsigned least(unsigned a, unsigned b, unsigned c) {
        return MIN_OF(MIN_OF(a, b), c);
}

static bool same_letter(char a, char b) {
        return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* The "optimal string alignment" distance, kept in three rows. */
unsigned text_distance(const char *a, const char *b, unsigned limit) {
        unsigned row[3][DISTANCE_MAX_LENGTH + 1];
        size_t n = strlen(a), m = strlen(b);

        if (n > DISTANCE_MAX_LENGTH || m > DISTANCE_MAX_LENGTH)
                return limit + 1;
        for (size_t j = 0; j <= m; j++)
                row[0][j] = (unsigned)j;
        for (size_t i = 1; i <= n; i++) {
                unsigned *now = row[i % 3], *before = row[(i + 2) % 3], *two = row[(i + 1) % 3];

                now[0] = (unsigned)i;
                for (size_t j = 1; j <= m; j++) {
                        now[j] = least(now[j - 1] + 1, before[j] + 1,
                                       before[j - 1] + !same_letter(a[i - 1], b[j - 1]));
                        if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                            same_letter(a[i - 2], b[j - 1]))
                                now[j] = MIN_OF(now[j], two[j - 2] + 1);
                }
        }
        return MIN_OF(row[n % 3][m], limit + 1);
}

char *text_excerpt(const char *s, char ret[static TEXT_EXCERPT_MAX]) {
        size_t i = 0;

        for (; i < TEXT_EXCERPT_MAX - 4 && s[i]; i++)
                ret[i] = (unsigned char)s[i] < ' ' || s[i] == 0x7f ? '?' : s[i];
        if (s[i]) {
                while (i > 0 && (s[i] & 0xc0) == 0x80)
                        i--; /* do not cut a character in two */
                memcpy(ret + i, "...", 3);
                i += 3;
        }
        ret[i] = '\0';
        return ret;
}

char *text_mask_control(char *s) {
        for (char *c = s; *c; c++)
                if ((unsigned char)*c < ' ' || *c == 0x7f)
                        *c = '?';
        return s;
}
