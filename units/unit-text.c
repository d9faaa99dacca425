/*
 * The reader of unit text, in three layers: physical lines, logical lines (comments dropped,
 * continuations joined), and what a logical line says.
 *
 * What always holds: every byte is looked at a bounded number of times, memory is bounded by
 * UNIT_TEXT_LINE_MAX, and one buffer serves all lines.
 */
#include "units/unit-text.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

typedef struct Reader {
        const char *at, *end;
        unsigned line;    /* of the physical line read last */
        unsigned begin;   /* physical line in which the logical one begins */
        bool mark_seen;   /* a file has one byte order mark, on whichever line it comes first */
        StrBuf logical;   /* the line that is being joined */
        StrBuf section;   /* "text" is NULL before the first header */
        bool passed_over; /* the handler does not want this section */
        UnitTextHandler *handler;
        void *userdata;
        Diag *diag;
} Reader;

typedef struct Span {
        const char *text;
        size_t length;
} Span;

static void reader_done(Reader *r) {
        strbuf_done(&r->logical);
        strbuf_done(&r->section);
}

/* Line ends as bits, 0 for what is none. */
static unsigned line_end(char c) {
        return c == '\n' ? 1 : c == '\r' ? 2 : c == '\0' ? 4 : 0;
}

/* One line end is a run in which each kind occurs once and nothing follows a NUL. */
static const char *skip_line_end(const char *at, const char *end) {
        unsigned seen = 0;

        while (at < end && !(seen & line_end('\0'))) {
                unsigned kind = line_end(*at);

                if (kind == 0 || (seen & kind))
                        break;
                seen |= kind;
                at++;
        }
        return at;
}

static bool next_line(Reader *r, Span *ret) {
        const char *begin = r->at;

        if (r->at == r->end)
                return false;
        while (r->at < r->end && line_end(*r->at) == 0)
                r->at++;
        *ret = (Span){ begin, (size_t)(r->at - begin) };
        r->at = skip_line_end(r->at, r->end);
        r->line++;
        return true;
}

static bool is_comment(Span line) {
        size_t i = 0;

        while (i < line.length && (line.text[i] == ' ' || line.text[i] == '\t'))
                i++;
        return i < line.length && (line.text[i] == '#' || line.text[i] == ';');
}

static void skip_byte_order_mark(Reader *r, Span *line) {
        size_t n = strlen(BYTE_ORDER_MARK);

        if (r->mark_seen || line->length < n || memcmp(line->text, BYTE_ORDER_MARK, n) != 0)
                return;
        line->text += n;
        line->length -= n;
        r->mark_seen = true;
}

/* A backslash that another one escapes joins nothing. */
static bool is_continued(Span line) {
        size_t backslashes = 0;

        while (backslashes < line.length && line.text[line.length - backslashes - 1] == '\\')
                backslashes++;
        return backslashes % 2 != 0;
}

/* Code points that Unicode promises never to assign; systemd counts them as invalid. */
static bool is_noncharacter(const unsigned char *s, size_t length) {
        if (length == 3 && s[0] == 0xef && s[1] == 0xb7)
                return s[2] >= 0x90 && s[2] <= 0xaf;
        if (length < 3 || s[length - 2] != 0xbf || s[length - 1] < 0xbe)
                return false;
        return length == 3 ? s[0] == 0xef : (s[1] & 0x0f) == 0x0f;
}

size_t unit_text_character(const char *s, size_t available) {
        size_t n = text_utf8_sequence(s, available);

        return is_noncharacter((const unsigned char *)s, n) ? 0 : n;
}

static int check_characters(Reader *r, Span line) {
        for (size_t i = 0, n; i < line.length; i += n) {
                n = unit_text_character(line.text + i, line.length - i);
                if (n == 0)
                        return diag_error(r->diag, -EINVAL,
                                          "byte 0x%02x at column %zu is no valid UTF-8; save the "
                                          "file in that encoding",
                                          (unsigned char)line.text[i], i + 1);
        }
        return 0;
}

static int call_handler(Reader *r, const char *key, const char *value) {
        UnitTextItem item = {
                .section = r->section.text, .key = key, .value = value, .line = r->begin
        };

        return r->handler(&item, r->userdata);
}

static bool is_section_name(const char *name) {
        return !text_has_control(name) && !strpbrk(name, "\"'\\");
}

/* LINE begins with "[" and has no white space at its ends. */
static int read_header(Reader *r, char *line) {
        size_t length = strlen(line);
        char excerpt[TEXT_EXCERPT_MAX];
        int q;

        if (line[length - 1] != ']')
                return diag_error(r->diag, -EBADMSG,
                                  "\"%s\" is no section header; it must end in \"]\", with nothing "
                                  "behind it",
                                  text_excerpt(line, excerpt));
        line[length - 1] = '\0';
        if (!is_section_name(line + 1))
                return diag_error(r->diag, -EBADMSG,
                                  "\"%s]\" is no section header; quotes, backslashes and control "
                                  "characters cannot be part of a name",
                                  text_excerpt(line, excerpt));
        strbuf_done(&r->section);
        strbuf_add(&r->section, line + 1);
        if (r->section.error < 0)
                return r->section.error;
        q = call_handler(r, NULL, NULL);
        r->passed_over = q == 0;
        return MIN_OF(q, 0);
}

static int pass_over(Reader *r, const char *line, const char *why) {
        char excerpt[TEXT_EXCERPT_MAX];

        diag_warning(r->diag, "\"%s\" is ignored: %s", text_excerpt(line, excerpt), why);
        return 0;
}

static int read_assignment(Reader *r, char *line) {
        char *equals = strchr(line, '=');
        int q;

        if (!r->section.text)
                return pass_over(r, line, "it stands before the first [section]");
        if (r->passed_over)
                return 0;
        if (!equals)
                return pass_over(r, line, "it has no \"=\"; write NAME=VALUE");
        if (equals == line)
                return pass_over(r, line, "there is no name before the \"=\"; write NAME=VALUE");
        *equals = '\0';
        line = text_strip(line);
        if (r->diag)
                r->diag->directive = line;
        q = call_handler(r, line, text_strip(equals + 1));
        if (r->diag)
                r->diag->directive = NULL;
        return MIN_OF(q, 0);
}

static int read_logical(Reader *r) {
        char *line = text_strip(r->logical.text);
        int q;

        if (*line == '\0')
                return 0;
        q = check_characters(r, (Span){ line, strlen(line) });
        if (q < 0)
                return q;
        return *line == '[' ? read_header(r, line) : read_assignment(r, line);
}

static int too_long(Reader *r) {
        return diag_error(r->diag, -ENOBUFS,
                          "this line is too long; a line, with those that it continues, must stay "
                          "below %u bytes",
                          UNIT_TEXT_LINE_MAX);
}

/* Empties the buffer and keeps its memory for the next line. */
static int finish_logical(Reader *r) {
        int q = r->logical.error < 0 ? r->logical.error : read_logical(r);

        r->logical.length = 0;
        r->begin = 0;
        return q;
}

static int read_physical(Reader *r, Span line) {
        bool continued;

        if (r->begin == 0)
                r->begin = r->line;
        if (r->diag)
                r->diag->line = r->begin;
        skip_byte_order_mark(r, &line);
        if (r->logical.length + line.length > UNIT_TEXT_LINE_MAX)
                return too_long(r);
        continued = is_continued(line);
        strbuf_add_n(&r->logical, line.text, line.length - continued);
        if (!continued)
                return finish_logical(r);
        strbuf_add_char(&r->logical, ' ');
        return 0;
}

static int read_all(Reader *r) {
        Span line;
        int q = 0;

        while (q >= 0 && next_line(r, &line)) {
                if (line.length >= UNIT_TEXT_LINE_MAX) {
                        if (r->diag)
                                r->diag->line = r->line;
                        return too_long(r);
                }
                if (!is_comment(line))
                        q = read_physical(r, line);
        }
        /* a file may end in the midst of a continued line */
        return q >= 0 && r->begin > 0 ? finish_logical(r) : q;
}

int unit_text_parse(const char *text, size_t size, UnitTextHandler *handler, void *userdata,
                    Diag *diag) {
        _cleanup_(reader_done) Reader r = { .at = text,
                                            .end = text + size,
                                            .handler = handler,
                                            .userdata = userdata,
                                            .diag = diag };
        int q = read_all(&r);

        if (diag)
                diag->line = 0;
        return q;
}
