/*
 * Mount points, backwards, and how they are written.
 */
#include "base/mount-info.h"

#include <string.h>

enum { FIELDS_BEFORE = 4 };

static bool is_octal(const char *s) {
        return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' &&
               s[2] <= '7';
}

/* "\040" is a blank, and so on. */
void mount_info_unescape(char *s) {
        char *to = s;

        for (; *s; to++) {
                if (*s == '\\' && is_octal(s + 1)) {
                        *to = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
                        s += 4;
                } else {
                        *to = *s++;
                }
        }
        *to = '\0';
}

char *mount_info_last(char *text, size_t *n) {
        while (*n > 0) {
                char *before, *field;

                text[--*n] = '\0'; /* the newline */
                before = memrchr(text, '\n', *n);
                field = before ? before + 1 : text;
                *n = (size_t)(field - text);
                for (int i = 0; i < FIELDS_BEFORE && field; i++) {
                        field = strchr(field, ' ');
                        field = field ? field + 1 : NULL;
                }
                if (!field)
                        continue;
                field[strcspn(field, " ")] = '\0';
                mount_info_unescape(field);
                return field;
        }
        return NULL;
}
