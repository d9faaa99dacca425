/*
 * Comparisons in conditions.
 */
#include <string.h>

#include "base/text.h"
#include "units/condition-tests.h"

const char *condition_compare_operator(const char **text) {
        /* the longer ones first */
        static const char *const operators[] = { "<=", ">=", "!=", "<>", "==", "<", ">", "=" };

        for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
                const char *after = text_after(*text, operators[i]);

                if (!after)
                        continue;
                *text = after + strspn(after, WHITESPACE);
                return operators[i];
        }
        return NULL;
}

bool condition_compare_fits(const char *op, int result) {
        if (text_eq(op, "!=") || text_eq(op, "<>"))
                return result != 0;
        if (result == 0)
                return strchr(op, '=');
        return op[0] == (result < 0 ? '<' : '>');
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What ends a part comes before, or after, what goes on. */
static int rank(char c) {
        static const char order[] = "~\001-^.";
        const char *at = c ? strchr(order, c) : &order[1];

        return at ? (int)(at - order) : 100;
}

static size_t run(const char *s, bool (*fits)(char c)) {
        size_t n = 0;

        while (fits(s[n]))
                n++;
        return n;
}

static int sign(int n) {
        return (n > 0) - (n < 0);
}

static int compare_numbers(const char *a, size_t na, const char *b, size_t nb) {
        for (; na > 0 && *a == '0'; na--)
                a++;
        for (; nb > 0 && *b == '0'; nb--)
                b++;
        return na != nb ? (na > nb ? 1 : -1) : sign(memcmp(a, b, na));
}

static int compare_words(const char *a, size_t na, const char *b, size_t nb) {
        int r = sign(memcmp(a, b, MIN_OF(na, nb)));

        return r != 0 ? r : (na > nb) - (na < nb);
}

static bool counts(char c) {
        return is_digit(c) || is_letter(c) || c == '\0' || strchr("~-^.", c);
}

int condition_compare_versions(const char *a, const char *b) {
        for (;;) {
                size_t na, nb;
                int r;

                while (!counts(*a))
                        a++;
                while (!counts(*b))
                        b++;
                if (!*a && !*b)
                        return 0;
                if (strchr("~-^.", *a) || strchr("~-^.", *b)) { /* or one has ended */
                        if (*a != *b)
                                return sign(rank(*a) - rank(*b));
                        a++;
                        b++;
                        continue;
                }
                if (is_digit(*a) || is_digit(*b)) {
                        na = run(a, is_digit);
                        nb = run(b, is_digit);
                        r = na == 0 || nb == 0 ? (na > nb) - (na < nb)
                                               : compare_numbers(a, na, b, nb);
                } else {
                        na = run(a, is_letter);
                        nb = run(b, is_letter);
                        r = compare_words(a, na, b, nb);
                }
                if (r != 0)
                        return r;
                a += na;
                b += nb;
        }
}
