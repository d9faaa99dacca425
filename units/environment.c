/*
 * Lists of assignments. The last of several to one name wins, at the place of
 * the first.
 */
#include "units/environment.h"

#include <ctype.h>
#include <string.h>

#include "base/strv.h"
#include "base/text.h"

bool environment_name_is_valid(const char *name, size_t n) {
        if (n == 0 || isdigit((unsigned char)name[0]))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!isalnum((unsigned char)name[i]) && name[i] != '_')
                        return false;
        return true;
}

int environment_check(const char *text, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];
        const char *equals = strchr(text, '=');

        text_excerpt(text, excerpt);
        if (!equals)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is no assignment; use NAME=value, and quotes around it "
                                  "if the value contains spaces",
                                  excerpt);
        if (!environment_name_is_valid(text, (size_t)(equals - text)))
                return diag_error(diag, -EINVAL,
                                  "\"%s\" begins with no name of a variable; use letters, digits "
                                  "and \"_\", and no digit at the beginning",
                                  excerpt);
        if (!text_is_utf8(equals, strlen(equals)))
                return diag_error(diag, -EINVAL, "the value of \"%s\" is not valid UTF-8", excerpt);
        return 0;
}

int environment_put(char ***environment, char *assignment) {
        size_t n = strcspn(assignment, "=") + 1;

        for (char **e = *environment; e && *e; e++)
                if (strncmp(*e, assignment, n) == 0) {
                        free(*e);
                        *e = assignment;
                        return 0;
                }
        return strv_push(environment, assignment);
}

/* By name, then by place in the list. */
static int compare(const void *a, const void *b) {
        char **x = *(char **const *)a, **y = *(char **const *)b;
        size_t n = strcspn(*x, "="), m = strcspn(*y, "=");
        int r = strncmp(*x, *y, n < m ? n : m);

        if (r == 0)
                r = (n > m) - (n < m);
        return r != 0 ? r : (x > y) - (x < y);
}

static bool is_same_name(const char *a, const char *b) {
        size_t n = strcspn(a, "=");

        return strcspn(b, "=") == n && memcmp(a, b, n) == 0;
}

/* ORDER holds the places of all N assignments, sorted: of each name, the last goes to the first
 * place, and leaves gaps with the others. */
static void keep_last(char ***order, size_t n) {
        char **first = n > 0 ? order[0] : NULL;

        for (size_t i = 1; i < n; i++) {
                char **later = order[i];

                if (is_same_name(*first, *later)) {
                        free(*first);
                        *first = TAKE_PTR(*later);
                } else
                        first = later;
        }
}

static void close_gaps(char **list, size_t n) {
        size_t kept = 0;

        for (size_t i = 0; i < n; i++) {
                char *s = TAKE_PTR(list[i]);

                if (s)
                        list[kept++] = s;
        }
}

int environment_unique(char **environment) {
        size_t n = strv_length(environment);
        _cleanup_free_ char ***order = calloc(n + 1, sizeof(char **));

        if (!order)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++)
                order[i] = environment + i;
        qsort(order, n, sizeof(char **), compare);
        keep_last(order, n);
        close_gaps(environment, n);
        return 0;
}

const char *environment_get(char *const *environment, const char *name, size_t n) {
        STRV_FOREACH(e, environment)
                if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
                        return *e + n + 1;
        return NULL;
}
