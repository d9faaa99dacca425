/*
 * Reads environment files, one assignment after the other. A value has two
 * parts: quoted pieces at its beginning, and plain text up to the end of the
 * line, in which quotes mean nothing.
 */
#include "units/environment-file.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/environment.h"

typedef struct Reader {
        const char *at; /* ends at the NUL */
        unsigned line;
        Diag *diag;
} Reader;

static bool at_line_end(const Reader *r) {
        return *r->at == '\0' || *r->at == '\n' || *r->at == '\r';
}

/* One character; counts lines. */
static char take(Reader *r) {
        if (*r->at == '\n')
                r->line++;
        return *r->at++;
}

static void skip_space(Reader *r) {
        while (*r->at && strchr(WHITESPACE, *r->at))
                take(r);
}

/* A backslash keeps even a comment going. */
static void skip_comment(Reader *r) {
        while (!at_line_end(r))
                if (take(r) == '\\' && *r->at)
                        take(r);
}

static void read_single_quoted(Reader *r, StrBuf *value) {
        take(r);
        while (*r->at && *r->at != '\'')
                strbuf_add_char(value, take(r));
}

static void read_double_quoted(Reader *r, StrBuf *value) {
        take(r);
        while (*r->at && *r->at != '"') {
                char c = take(r);

                if (c == '\\' && *r->at == '\n') {
                        take(r);
                        continue;
                }
                if (c == '\\' && *r->at && strchr("\"\\`$", *r->at))
                        c = take(r);
                strbuf_add_char(value, c);
        }
}

/* Quoted pieces, with white space between them that does not count. */
static void read_quoted(Reader *r, StrBuf *value) {
        for (;;) {
                while (*r->at == ' ' || *r->at == '\t')
                        take(r);
                if (*r->at == '\'')
                        read_single_quoted(r, value);
                else if (*r->at == '"')
                        read_double_quoted(r, value);
                else
                        return;
                if (*r->at)
                        take(r);
                else
                        diag_warning(r->diag, "a quote is not closed before the file ends; what "
                                              "follows it counts as the value");
        }
}

/* White space at the end does not count, unless it was escaped. */
static void read_plain(Reader *r, StrBuf *value) {
        size_t keep = value->length;

        while (!at_line_end(r)) {
                char c = take(r);
                bool escaped = c == '\\';

                if (escaped) {
                        if (*r->at == '\0')
                                break;
                        keep = value->length;
                        c = take(r);
                        if (c == '\n' || c == '\r')
                                continue;
                }
                strbuf_add_char(value, c);
                if (escaped || !strchr(WHITESPACE, c))
                        keep = value->length;
        }
        if (value->text && value->error == 0) {
                value->length = keep;
                value->text[keep] = '\0';
        }
}

static int add_assignment(Reader *r, const char *name, const char *value, char ***environment) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char excerpt[TEXT_EXCERPT_MAX], *text;
        int q;

        if (!environment_name_is_valid(name, strlen(name))) {
                diag_warning(r->diag,
                             "\"%s\" is no name of a variable, and the line is left out; use "
                             "letters, digits and \"_\"",
                             text_excerpt(name, excerpt));
                return 0;
        }
        strbuf_addf(&b, "%s=%s", name, value);
        q = strbuf_take(&b, &text);
        return q < 0 ? q : strv_push(environment, text);
}

static int read_assignment(Reader *r, char ***environment) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        _cleanup_free_ char *name = NULL, *text = NULL;
        size_t length = strcspn(r->at, "=\n\r");
        int q;

        if (r->diag)
                r->diag->line = r->line;
        name = strndup(r->at, length);
        if (!name)
                return -ENOMEM;
        r->at += length;
        if (*r->at != '=') {
                char excerpt[TEXT_EXCERPT_MAX];

                diag_warning(r->diag, "\"%s\" assigns nothing and is left out; use NAME=value",
                             text_excerpt(text_strip(name), excerpt));
                return 0;
        }
        take(r);
        read_quoted(r, &value);
        read_plain(r, &value);
        q = strbuf_take(&value, &text);
        return q < 0 ? q : add_assignment(r, text_strip(name), text, environment);
}

static int read_all(Reader *r, char ***environment) {
        for (;;) {
                int q = 0;

                skip_space(r);
                if (*r->at == '\0')
                        return 0;
                if (*r->at == '#' || *r->at == ';')
                        skip_comment(r);
                else
                        q = read_assignment(r, environment);
                if (q < 0)
                        return q;
        }
}

int environment_file_parse(const char *file, const char *text, size_t size, char ***environment,
                           Diag *diag) {
        _cleanup_strv_ char **result = NULL;
        Diag place = diag ? *diag : (Diag){ 0 };
        Reader r = { text, 1, diag };
        char **old;
        int q;

        if (diag)
                diag->file = file;
        if (strlen(text) != size || !text_is_utf8(text, size))
                q = diag_error(diag, -EBADMSG,
                               "this is no text in UTF-8; use a file of NAME=value lines");
        else {
                q = strv_copy(*environment, &result);
                if (q == 0)
                        q = read_all(&r, &result);
                if (q == 0)
                        q = environment_unique(result);
        }
        if (diag) {
                diag->file = place.file;
                diag->line = place.line;
        }
        if (q < 0)
                return q;
        old = *environment;
        *environment = TAKE_PTR(result);
        strv_free(old);
        return 0;
}
