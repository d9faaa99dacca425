/*
 * Paths as text, component by component.
 */
#include "base/path.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

char *path_simplify(char *p) {
        char *to = p, *from = p;

        if (*from == '/')
                *to++ = *from++;
        while (*from) {
                size_t n;

                from += strspn(from, "/");
                n = strcspn(from, "/");
                if (n == 0)
                        break;
                if (n == 1 && from[0] == '.') {
                        from++;
                        continue;
                }
                if (to > p && to[-1] != '/')
                        *to++ = '/';
                memmove(to, from, n);
                to += n;
                from += n;
        }
        if (to == p && *p)
                *to++ = '.';
        *to = '\0';
        return p;
}

bool path_is_normalised(const char *p) {
        if (strcmp(p, "/") == 0)
                return true;
        if (*p == '/')
                p++;
        do {
                size_t n = strcspn(p, "/");

                if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && strncmp(p, "..", 2) == 0))
                        return false;
                p += n;
        } while (*p++ == '/');
        return true;
}

bool path_is_valid(const char *p) {
        if (!*p || strlen(p) >= PATH_MAX)
                return false;
        while (*p) {
                size_t n = strcspn(p, "/");

                if (n > NAME_MAX)
                        return false;
                p += n;
                p += strspn(p, "/");
        }
        return true;
}

const char *path_after(const char *p, const char *prefix) {
        size_t n = strlen(prefix);

        while (n > 0 && prefix[n - 1] == '/')
                n--;
        if (strncmp(p, prefix, n) != 0)
                return NULL;
        p += n;
        if (*p != '\0' && *p != '/')
                return NULL;
        return p + strspn(p, "/");
}

int path_compare(const char *a, const char *b) {
        while (*a && *a == *b) {
                a++;
                b++;
        }
        if (*a == *b)
                return 0;
        /* the end of a path sorts first, then "/", then everything else */
        if (!*a || !*b)
                return *a ? 1 : -1;
        if (*a == '/' || *b == '/')
                return *a == '/' ? -1 : 1;
        return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

int path_join(const char *a, const char *b, char **ret) {
        size_t n = strlen(a);
        char *joined;

        while (n > 0 && a[n - 1] == '/')
                n--;
        b += strspn(b, "/");
        if (asprintf(&joined, "%.*s/%s", (int)n, a, b) < 0)
                return -ENOMEM;
        *ret = joined;
        return 0;
}

const char *path_last(const char *p) {
        const char *slash = strrchr(p, '/');

        return slash ? slash + 1 : p;
}
