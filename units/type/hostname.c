/*
 * ProtectHostname=: a boolean, or "private" with the name that the service sees
 * as the host's.
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "units/directive.h"
#include "units/setting.h"
#include "units/types.h"

/* hostname(7): labels of letters, digits and "-", with dots between. */
static bool is_hostname(const char *s) {
        size_t length = strlen(s);

        if (length == 0 || length > 64)
                return false;
        for (size_t i = 0; i < length; i++) {
                bool edge = i == 0 || i + 1 == length || s[i - 1] == '.' || s[i + 1] == '.';

                if (!isalnum((unsigned char)s[i]) && (edge || !strchr("-.", s[i])))
                        return false;
        }
        return true;
}

static int take_name(const Directive *d, const char *text, const ParseContext *c, char **ret) {
        _cleanup_free_ char *name = NULL;
        char excerpt[TEXT_EXCERPT_MAX];
        int r = type_expand(d, text, c, &name);

        if (r < 0)
                return r;
        if (!is_hostname(name))
                return diag_error(c->diag, -EINVAL,
                                  "\"%s\" is no host name; use at most 64 letters, digits, \"-\" "
                                  "and \".\"",
                                  text_excerpt(name, excerpt));
        *ret = TAKE_PTR(name);
        return 0;
}

static int hostname_parse(const Directive *d, const char *value, const ParseContext *c,
                          void *field) {
        const char *rest = text_after(value, "private");
        _cleanup_free_ char *name = NULL;
        char excerpt[TEXT_EXCERPT_MAX];
        HostnameSetting *h = field;
        int mode = type_parse_boolean(value), r;

        if (!*value)
                return type_reset(d, field);
        if (rest && (!*rest || *rest == ':')) {
                r = *rest ? take_name(d, rest + 1, c, &name) : 0;
                if (r < 0)
                        return r;
                mode = PROTECT_HOSTNAME_PRIVATE;
        } else if (mode >= 0)
                mode = mode ? PROTECT_HOSTNAME_YES : PROTECT_HOSTNAME_NO;
        else
                return diag_error(c->diag, mode,
                                  "\"%s\" is no protection of the host name; use no, yes, private "
                                  "or private:NAME",
                                  text_excerpt(value, excerpt));
        free(h->name);
        *h = (HostnameSetting){ (ProtectHostname)mode, TAKE_PTR(name) };
        return 0;
}

static void hostname_format(const Directive *d, const void *field, StrBuf *to) {
        static const char *const words[] = {
                [PROTECT_HOSTNAME_NO] = "no",
                [PROTECT_HOSTNAME_YES] = "yes",
                [PROTECT_HOSTNAME_PRIVATE] = "private",
        };
        const HostnameSetting *h = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        strbuf_add(&line, words[h->mode]);
        if (h->name)
                strbuf_addf(&line, ":%s", h->name);
        type_format_taken(d, &line, to);
}

static bool hostname_equal(const void *a, const void *b) {
        const HostnameSetting *x = a, *y = b;

        return x->mode == y->mode && text_eq_or_null(x->name, y->name);
}

static void hostname_done(void *field) {
        HostnameSetting *h = field;

        free(h->name);
        *h = (HostnameSetting){ 0 };
}

const Type type_hostname = {
        .name = "host name protection",
        .size = sizeof(HostnameSetting),
        .parse = hostname_parse,
        .format = hostname_format,
        .equal = hostname_equal,
        .done = hostname_done,
};
