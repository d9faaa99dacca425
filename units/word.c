/*
 * A word is read by a small machine that looks at one character at a time: it is outside of
 * quotes, within them, or behind a backslash. The three step functions are these states; they
 * append to the word and advance, and say whether the word is complete.
 */
#include "units/word.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/unit-text.h"

typedef struct Splitter {
        const char *at; /* NULL once the text is used up */
        const char *separators;
        WordFlags flags;
        char quote; /* the one that is open, or 0 */
        bool backslash;
        StrBuf word;
} Splitter;

typedef enum Step {
        STEP_MORE,
        STEP_COMPLETE,
} Step;

static void splitter_done(Splitter *s) {
        strbuf_done(&s->word);
}

/* The value of N digits in BASE (8 or 16) at P, or -1 where others stand. */
static int64_t digits(const char *p, unsigned n, unsigned base) {
        static const char all[] = "0123456789abcdef";
        int64_t value = 0;

        for (unsigned i = 0; i < n; i++) {
                char lower = p[i] >= 'A' && p[i] <= 'F' ? (char)(p[i] - 'A' + 'a') : p[i];
                const char *found = p[i] ? memchr(all, lower, base) : NULL;

                if (!found)
                        return -1;
                value = value * base + (found - all);
        }
        return value;
}

/* Lone surrogates pass through \u, as they always did; what needs valid UTF-8 checks for it. */
static void add_code_point(StrBuf *b, uint32_t c) {
        char text[4];
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

        if (n == 1)
                text[0] = (char)c;
        for (size_t i = n - 1; n > 1 && i > 0; i--) {
                text[i] = (char)(0x80 | (c & 0x3f));
                c >>= 6;
        }
        if (n > 1)
                text[0] = (char)((0xf00 >> n) | c);
        strbuf_add_n(b, text, n);
}

static bool is_code_point(int64_t c) {
        return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) && (c < 0xfdd0 || c > 0xfdef) &&
               (c & 0xfffe) != 0xfffe;
}

/* Letters that stand for one byte. */
static char simple_escape(char c) {
        static const char from[] = "abfnrtv\\\"'s", to[] = "\a\b\f\n\r\t\v\\\"' ";
        const char *found = c ? strchr(from, c) : NULL;

        return found ? to[found - from] : '\0';
}

/* Decodes the escape whose backslash stands before P into B. Returns how many bytes it takes, or
 * -EINVAL for what is no escape. */
static int decode_escape(const char *p, StrBuf *b) {
        char simple = simple_escape(*p);
        int64_t value;

        if (simple) {
                strbuf_add_char(b, simple);
                return 1;
        }
        if (*p == 'u' || *p == 'U') {
                unsigned n = *p == 'u' ? 4 : 8;

                value = digits(p + 1, n, 16);
                if (value <= 0 || (n == 8 && !is_code_point(value)))
                        return -EINVAL;
                add_code_point(b, (uint32_t)value);
                return 1 + (int)n;
        }
        value = *p == 'x' ? digits(p + 1, 2, 16) : digits(p, 3, 8);
        if (value <= 0 || value > 0xff)
                return -EINVAL;
        strbuf_add_char(b, (char)value);
        return 3;
}

static bool is_separator(const Splitter *s, char c) {
        return c != '\0' && strchr(s->separators, c);
}

static Step end_of_text(Splitter *s) {
        s->at = NULL;
        return STEP_COMPLETE;
}

static Step add_here(Splitter *s) {
        strbuf_add_char(&s->word, *s->at++);
        return STEP_MORE;
}

static Step open_escape(Splitter *s) {
        s->backslash = true;
        s->at++;
        return STEP_MORE;
}

static bool begins_escape(const Splitter *s) {
        return *s->at == '\\' && !(s->flags & WORD_RETAIN_ESCAPE);
}

/* The text ends in a backslash. */
static int step_lone_backslash(Splitter *s) {
        bool relax = s->flags & WORD_RELAX;

        if ((s->flags & WORD_UNESCAPE_RELAX) && (!s->quote || relax))
                strbuf_add_char(&s->word, '\\');
        else if (!relax)
                return -EINVAL;
        return end_of_text(s);
}

static int step_escape(Splitter *s) {
        int n;

        if (*s->at == '\0')
                return step_lone_backslash(s);
        s->backslash = false;
        if (!(s->flags & (WORD_CUNESCAPE | WORD_UNESCAPE_SEPARATORS)))
                return add_here(s);
        n = s->flags & WORD_CUNESCAPE ? decode_escape(s->at, &s->word) : -EINVAL;
        if (n >= 0) {
                s->at += n;
                return STEP_MORE;
        }
        if ((s->flags & WORD_UNESCAPE_SEPARATORS) && (*s->at == '\\' || is_separator(s, *s->at)))
                return add_here(s);
        if (!(s->flags & WORD_UNESCAPE_RELAX))
                return -EINVAL;
        strbuf_add_char(&s->word, '\\');
        return add_here(s);
}

/* A quote, opening or closing, stays in the word or not. */
static Step step_quote_mark(Splitter *s, char now_open) {
        s->quote = now_open;
        if (!(s->flags & WORD_UNQUOTE))
                return add_here(s);
        s->at++;
        return STEP_MORE;
}

static int step_quoted(Splitter *s) {
        if (*s->at == '\0')
                return s->flags & WORD_RELAX ? (int)end_of_text(s) : -EINVAL;
        if (*s->at == s->quote)
                return step_quote_mark(s, 0);
        return begins_escape(s) ? open_escape(s) : add_here(s);
}

static Step step_separator(Splitter *s) {
        if (s->flags & WORD_RETAIN_SEPARATORS)
                return STEP_COMPLETE;
        if (s->flags & WORD_DONT_COALESCE_SEPARATORS) {
                s->at++;
                return STEP_COMPLETE;
        }
        s->at += strspn(s->at, s->separators);
        return *s->at ? STEP_COMPLETE : end_of_text(s);
}

static Step step_bare(Splitter *s) {
        bool quotes = s->flags & (WORD_KEEP_QUOTE | WORD_UNQUOTE);

        if (*s->at == '\0')
                return end_of_text(s);
        if (quotes && (*s->at == '"' || *s->at == '\''))
                return step_quote_mark(s, *s->at);
        if (begins_escape(s))
                return open_escape(s);
        return is_separator(s, *s->at) ? step_separator(s) : add_here(s);
}

static int step(Splitter *s) {
        return s->backslash ? step_escape(s) : s->quote ? step_quoted(s) : (int)step_bare(s);
}

int word_next(const char **p, const char *separators, WordFlags flags, char **ret) {
        _cleanup_(splitter_done) Splitter s = { .at = *p,
                                                .separators = separators ? separators : WHITESPACE,
                                                .flags = flags };
        int r;

        if (s.at && !(flags & WORD_DONT_COALESCE_SEPARATORS)) {
                s.at += strspn(s.at, s.separators);
                if (*s.at == '\0')
                        s.at = NULL;
        }
        if (!s.at) {
                *p = NULL;
                *ret = NULL;
                return 0;
        }
        do {
                r = step(&s);
                if (r < 0)
                        return r;
        } while (r != STEP_COMPLETE);
        r = strbuf_take(&s.word, ret);
        if (r < 0)
                return r;
        *p = s.at;
        return 1;
}

int word_next_lenient(const char **p, const char *separators, WordFlags flags, char **ret,
                      Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];
        const char *begin = *p;
        int r = word_next(p, separators, flags, ret);

        if (r != -EINVAL)
                return r;
        r = word_next(p, separators, flags | WORD_UNESCAPE_RELAX, ret);
        if (r >= 0)
                diag_warning(diag,
                             "\"%s\" has an unknown escape, which is kept as it stands; write "
                             "\"\\\\\" for a backslash",
                             text_excerpt(begin, excerpt));
        if (r == -EINVAL)
                return diag_error(diag, r, "a quote is not closed: %s",
                                  text_excerpt(begin, excerpt));
        return r;
}

int word_split(const char *value, const char *separators, WordFlags flags, char ***ret) {
        _cleanup_strv_ char **words = NULL;
        int r;

        for (;;) {
                char *word;

                r = word_next(&value, separators, flags, &word);
                if (r < 0)
                        return r;
                if (r == 0)
                        break;
                r = strv_push(&words, word);
                if (r < 0)
                        return r;
        }
        *ret = TAKE_PTR(words);
        return 0;
}

int word_unescape(const char *text, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        while (*text) {
                size_t plain = strcspn(text, "\\");
                int n;

                strbuf_add_n(&b, text, plain);
                text += plain;
                if (*text == '\0')
                        break;
                n = decode_escape(text + 1, &b);
                if (n < 0)
                        return n;
                text += 1 + n;
        }
        return strbuf_take(&b, ret);
}

/* Means itself wherever words are read. ";" alone separates commands. */
static bool is_plain(const char *word) {
        size_t length = strlen(word), n = 1;

        if (length == 0 || strpbrk(word, WHITESPACE "\"'\\;") || text_has_control(word))
                return false;
        for (size_t i = 0; i < length && n > 0; i += n)
                n = unit_text_character(word + i, length - i);
        return n > 0;
}

static void add_escaped(StrBuf *b, unsigned char c) {
        static const char from[] = "\n\t\r", to[] = "ntr";
        const char *found = c ? strchr(from, c) : NULL;

        if (found)
                strbuf_addf(b, "\\%c", to[found - from]);
        else
                strbuf_addf(b, "\\x%02x", c);
}

/* N is the length of the character at S, or 0 for a byte that is none. */
static void add_quoted(StrBuf *b, const char *s, size_t n) {
        if (n == 0 || (n == 1 && ((unsigned char)*s < ' ' || *s == 0x7f))) {
                add_escaped(b, (unsigned char)*s);
                return;
        }
        if (*s == '"' || *s == '\\')
                strbuf_add_char(b, '\\');
        strbuf_add_n(b, s, n);
}

int word_quote(const char *word, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        size_t length = strlen(word);

        if (is_plain(word)) {
                strbuf_add(&b, word);
                return strbuf_take(&b, ret);
        }
        strbuf_add_char(&b, '"');
        for (size_t i = 0, n; i < length; i += MAX_OF(n, (size_t)1)) {
                n = unit_text_character(word + i, length - i);
                add_quoted(&b, word + i, n);
        }
        strbuf_add_char(&b, '"');
        return strbuf_take(&b, ret);
}

int word_join(char *const *words, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        STRV_FOREACH(word, words) {
                _cleanup_free_ char *quoted = NULL;
                int r = word_quote(*word, &quoted);

                if (r < 0)
                        return r;
                if (b.length > 0)
                        strbuf_add_char(&b, ' ');
                strbuf_add(&b, quoted);
        }
        return strbuf_take(&b, ret);
}
