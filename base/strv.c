/*
 * Lists of strings. They are short, so an append looks for the end each time
 * and grows by powers of two.
 */
#include "base/strv.h"

#include <string.h>

void strv_free(char **l) {
        for (char **s = l; s && *s; s++)
                free(*s);
        free(l);
}

size_t strv_length(char *const *l) {
        size_t n = 0;

        while (l && l[n])
                n++;
        return n;
}

bool strv_contains(char *const *l, const char *s) {
        STRV_FOREACH(i, l)
                if (strcmp(*i, s) == 0)
                        return true;
        return false;
}

bool strv_equal(char *const *a, char *const *b) {
        size_t n = strv_length(a);

        if (n != strv_length(b))
                return false;
        for (size_t i = 0; i < n; i++)
                if (strcmp(a[i], b[i]) != 0)
                        return false;
        return true;
}

/* The room of a list of N strings is always the same, so that it need not be stored. */
static size_t room_for(size_t n) {
        size_t room = 4;

        while (room < n + 1)
                room *= 2;
        return room;
}

int strv_push(char ***l, char *s) {
        size_t n = strv_length(*l);

        if (!s)
                return -ENOMEM;
        if (!*l || room_for(n) < room_for(n + 1)) {
                char **bigger = reallocarray(*l, room_for(n + 1), sizeof(char *));

                if (!bigger) {
                        free(s);
                        return -ENOMEM;
                }
                *l = bigger;
        }
        (*l)[n] = s;
        (*l)[n + 1] = NULL;
        return 0;
}

int strv_add(char ***l, const char *s) {
        return strv_push(l, strdup(s));
}

int strv_add_all(char ***l, char *const *more) {
        STRV_FOREACH(s, more) {
                int r = strv_add(l, *s);

                if (r < 0)
                        return r;
        }
        return 0;
}

int strv_copy(char *const *l, char ***ret) {
        _cleanup_strv_ char **copy = NULL;
        int r = strv_add_all(&copy, l);

        if (r < 0)
                return r;
        *ret = TAKE_PTR(copy);
        return 0;
}

void strv_reverse(char **l) {
        for (size_t i = 0, n = strv_length(l); i < n / 2; i++) {
                char *swapped = l[i];

                l[i] = l[n - 1 - i];
                l[n - 1 - i] = swapped;
        }
}
