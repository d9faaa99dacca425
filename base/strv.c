/*
 * Lists of strings. Neither length nor room is stored. The room is a power of
 * two that the length tells, and all of it behind the last string is NULL; so
 * the end is found by halving, and N appends cost little more than N steps.
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

/* strv_length() of a list that grows here, in as many steps as the length has binary digits. */
static size_t find_end(char *const *l) {
        size_t low = 0, high = 4;

        if (!l)
                return 0;
        /* behind HIGH strings there is room for as many again */
        while (l[high - 1]) {
                low = high;
                high *= 2;
        }
        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (l[middle])
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

int strv_push(char ***l, char *s) {
        size_t n = find_end(*l), room = room_for(n + 1);

        if (!s)
                return -ENOMEM;
        if (!*l || room_for(n) < room) {
                char **bigger = reallocarray(*l, room, sizeof(char *));

                if (!bigger) {
                        free(s);
                        return -ENOMEM;
                }
                *l = bigger;
                for (size_t i = n + 1; i < room; i++)
                        bigger[i] = NULL;
        }
        (*l)[n] = s;
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
