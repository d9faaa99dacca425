/*
 * The growing text: doubles its room, so that N appends cost O(N).
 */
#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>

void strbuf_done(StrBuf *b) {
        free(b->text);
        *b = (StrBuf){ 0 };
}

static bool make_room(StrBuf *b, size_t more) {
        size_t wanted = b->length + more + 1;

        if (b->error < 0)
                return false;
        if (wanted > b->capacity) {
                size_t capacity = MAX_OF(wanted, MAX_OF(b->capacity * 2, (size_t)64));
                char *text = realloc(b->text, capacity);

                if (!text) {
                        b->error = -ENOMEM;
                        return false;
                }
                b->text = text;
                b->capacity = capacity;
        }
        return true;
}

void strbuf_add_n(StrBuf *b, const char *text, size_t length) {
        if (!make_room(b, length))
                return;
        memcpy(b->text + b->length, text, length);
        b->length += length;
        b->text[b->length] = '\0';
}

void strbuf_add(StrBuf *b, const char *text) {
        strbuf_add_n(b, text, strlen(text));
}

void strbuf_add_char(StrBuf *b, char c) {
        strbuf_add_n(b, &c, 1);
}

void strbuf_addv(StrBuf *b, const char *format, va_list ap) {
        va_list again;
        int n;

        va_copy(again, ap);
        n = vsnprintf(NULL, 0, format, ap);
        if (n >= 0 && make_room(b, (size_t)n)) {
                vsnprintf(b->text + b->length, (size_t)n + 1, format, again);
                b->length += (size_t)n;
        }
        va_end(again);
}

void strbuf_addf(StrBuf *b, const char *format, ...) {
        va_list ap;

        va_start(ap, format);
        strbuf_addv(b, format, ap);
        va_end(ap);
}

int strbuf_take(StrBuf *b, char **ret_text) {
        int r;

        strbuf_add_n(b, "", 0);
        r = b->error;
        if (r >= 0)
                *ret_text = TAKE_PTR(b->text);
        strbuf_done(b);
        return r;
}
