/*
 * StandardInput=, StandardOutput=, StandardError=: systemd.exec(5), "LOGGING AND
 * STANDARD INPUT/OUTPUT". A word, or "kind:argument".
 */
#include <string.h>

#include "base/text.h"
#include "units/directive.h"
#include "units/names.h"
#include "units/param.h"
#include "units/setting.h"
#include "units/types.h"

enum { INPUT = 1 << 0, OUTPUT = 1 << 1 };

typedef struct StreamWord {
        const char *word; /* with ":" where an argument follows */
        StreamKind kind;
        unsigned ends; /* bits of INPUT and OUTPUT */
} StreamWord;

/* The first row of a kind is how it is written. */
static const StreamWord stream_words[] = {
        { "inherit", STREAM_INHERIT, OUTPUT },
        { "null", STREAM_NULL, INPUT | OUTPUT },
        { "tty", STREAM_TTY, INPUT | OUTPUT },
        { "tty-force", STREAM_TTY_FORCE, INPUT },
        { "tty-fail", STREAM_TTY_FAIL, INPUT },
        { "data", STREAM_DATA, INPUT },
        { "socket", STREAM_SOCKET, INPUT | OUTPUT },
        { "journal", STREAM_JOURNAL, OUTPUT },
        { "journal+console", STREAM_JOURNAL_CONSOLE, OUTPUT },
        { "kmsg", STREAM_KMSG, OUTPUT },
        { "kmsg+console", STREAM_KMSG_CONSOLE, OUTPUT },
        { "file:", STREAM_FILE, INPUT | OUTPUT },
        { "append:", STREAM_APPEND, OUTPUT },
        { "truncate:", STREAM_TRUNCATE, OUTPUT },
        { "fd", STREAM_NAMED_FD, INPUT | OUTPUT },
        { "fd:", STREAM_NAMED_FD, INPUT | OUTPUT },
        { "syslog", STREAM_JOURNAL, OUTPUT },
        { "syslog+console", STREAM_JOURNAL_CONSOLE, OUTPUT },
};

static unsigned end_of(const Directive *d) {
        const StreamParam *p = d->param;

        return p && p->input ? INPUT : OUTPUT;
}

static const StreamWord *find_word(const char *value, unsigned end) {
        for (size_t i = 0; i < ARRAY_SIZE(stream_words); i++) {
                const StreamWord *w = &stream_words[i];
                const char *rest = text_after(value, w->word);

                if (rest && (w->ends & end) && (text_ends_with(w->word, ":") || !*rest))
                        return w;
        }
        return NULL;
}

static int say_unknown(const char *value, unsigned end, Diag *diag) {
        const char *words[ARRAY_SIZE(stream_words)], *nearest;
        char excerpt[TEXT_EXCERPT_MAX];
        size_t n = 0;

        for (size_t i = 0; i < ARRAY_SIZE(stream_words); i++)
                if (stream_words[i].ends & end)
                        words[n++] = stream_words[i].word;
        nearest = names_nearest_of(words, n, value);
        text_excerpt(value, excerpt);
        if (nearest)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is nothing to connect to; did you mean "
                                  "%s?",
                                  excerpt, nearest);
        return diag_error(diag, -EINVAL, "\"%s\" is nothing to connect to; use %s", excerpt,
                          end == INPUT ? "null, tty, data, socket, file:PATH or fd:NAME"
                                       : "null, inherit, journal, tty, socket, file:PATH, "
                                         "append:PATH or fd:NAME");
}

/* What sd_listen_fds_with_names(3) allows. */
static int check_fd_name(const char *name, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];
        bool fits = strlen(name) <= 255;

        for (const char *p = name; *p; p++)
                fits = fits && *p > ' ' && *p < 0x7f && *p != ':';
        return fits ? 0
                    : diag_error(diag, -EINVAL,
                                 "\"%s\" is no name of a file descriptor; use up to 255 printable "
                                 "ASCII characters without spaces and \":\"",
                                 text_excerpt(name, excerpt));
}

/* The default name of an fd is written as none. */
static int take_argument(const Directive *d, const StreamWord *w, const char *text,
                         const ParseContext *c, char **ret) {
        _cleanup_free_ char *argument = NULL;
        int r = type_expand(d, text, c, &argument);

        if (r < 0)
                return r;
        if (w->kind == STREAM_NAMED_FD && !*argument) {
                *ret = NULL;
                return 0;
        }
        r = w->kind == STREAM_NAMED_FD ? check_fd_name(argument, c->diag)
                                       : type_check_path(argument, TYPE_PATH_ABSOLUTE, c->diag);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(argument);
        return 0;
}

static int stream_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        _cleanup_free_ char *argument = NULL;
        const StreamWord *w;
        StreamSetting *s = field;

        if (!*value)
                return type_reset(d, field);
        w = find_word(value, end_of(d));
        if (!w)
                return say_unknown(value, end_of(d), c->diag);
        if (text_ends_with(w->word, ":")) {
                int r = take_argument(d, w, value + strlen(w->word), c, &argument);

                if (r < 0)
                        return r;
        }
        if (text_after(w->word, "syslog"))
                diag_note(c->diag, "\"%s\" is an old word for \"%s\"; use that", w->word,
                          w->kind == STREAM_JOURNAL ? "journal" : "journal+console");
        free(s->argument);
        *s = (StreamSetting){ w->kind, TAKE_PTR(argument) };
        return 0;
}

static void stream_format(const Directive *d, const void *field, StrBuf *to) {
        const StreamSetting *s = field;
        _cleanup_(strbuf_done) StrBuf line = { 0 };

        for (size_t i = 0; i < ARRAY_SIZE(stream_words); i++)
                if (stream_words[i].kind == s->kind) {
                        strbuf_add(&line, stream_words[i].word);
                        break;
                }
        if (s->argument && s->kind == STREAM_NAMED_FD)
                strbuf_add_char(&line, ':');
        if (s->argument)
                type_add_literal(d, s->argument, &line);
        type_format_taken(d, &line, to);
}

static bool stream_equal(const void *a, const void *b) {
        const StreamSetting *x = a, *y = b;

        return x->kind == y->kind && text_eq_or_null(x->argument, y->argument);
}

static void stream_done(void *field) {
        StreamSetting *s = field;

        free(s->argument);
        *s = (StreamSetting){ 0 };
}

const Type type_stream = {
        .name = "standard stream",
        .size = sizeof(StreamSetting),
        .parse = stream_parse,
        .format = stream_format,
        .equal = stream_equal,
        .done = stream_done,
};
