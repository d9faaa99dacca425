/*
 * Texts and paths within unit names. One alphabet decides what stays as it is; everything else is
 * written as "\xHH", so that the way back is never ambiguous.
 */
#include "units/unit-escape.h"

#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "units/unit-name.h"

static void add_escaped(StrBuf *b, char c) {
        strbuf_addf(b, "\\x%02x", (unsigned char)c);
}

static bool is_in_prefix(char c) {
        return unit_name_is_prefix((const char[]){ c, '\0' });
}

int unit_escape(const char *text, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        for (const char *p = text; *p; p++) {
                /* a unit file must not be hidden: no dot at the beginning */
                bool plain =
                        is_in_prefix(*p) && *p != '-' && *p != '\\' && !(p == text && *p == '.');

                if (*p == '/')
                        strbuf_add_char(&b, '-');
                else if (plain)
                        strbuf_add_char(&b, *p);
                else
                        add_escaped(&b, *p);
        }
        return strbuf_take(&b, ret);
}

static int hex_digit(char c) {
        static const char all[] = "0123456789abcdef0123456789ABCDEF";
        const char *found = c ? strchr(all, c) : NULL;

        return found ? (int)((found - all) % 16) : -1;
}

/* The byte that the "\xHH" at P stands for, or -EINVAL. */
static int decode(const char *p) {
        int high, low;

        if (p[0] != '\\' || p[1] != 'x')
                return -EINVAL;
        high = hex_digit(p[2]);
        low = high < 0 ? -1 : hex_digit(p[3]);
        return low < 0 || (high == 0 && low == 0) ? -EINVAL : high * 16 + low;
}

int unit_escape_undo(const char *text, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        for (const char *p = text; *p; p++) {
                int c = (unsigned char)*p;

                if (*p == '-')
                        c = '/';
                if (*p == '\\') {
                        c = decode(p);
                        if (c < 0)
                                return c;
                        p += 3;
                }
                strbuf_add_char(&b, (char)c);
        }
        return strbuf_take(&b, ret);
}

static int copy(const char *text, char **ret) {
        char *s = strdup(text);

        if (!s)
                return -ENOMEM;
        *ret = s;
        return 0;
}

int unit_escape_path(const char *path, char **ret) {
        _cleanup_free_ char *p = strdup(path);

        if (!p)
                return -ENOMEM;
        path_simplify(p);
        if (*p == '\0' || text_eq(p, "/"))
                return copy("-", ret);
        if (!path_is_valid(p) || !path_is_normalised(p))
                return -EINVAL;
        return unit_escape(p[0] == '/' ? p + 1 : p, ret);
}

int unit_escape_undo_path(const char *text, char **ret) {
        _cleanup_free_ char *relative = NULL, *path = NULL;
        int r;

        if (text_eq(text, "-"))
                return copy("/", ret);
        r = unit_escape_undo(text, &relative);
        if (r < 0)
                return r;
        if (*relative == '\0' || *relative == '/')
                return -EINVAL;
        if (asprintf(&path, "/%s", relative) < 0)
                return -ENOMEM;
        if (!path_is_valid(path) || !path_is_normalised(path))
                return -EINVAL;
        *ret = TAKE_PTR(path);
        return 0;
}
