/*
 * A text that grows. Errors stick: append as often as you like and look once,
 * when you take the result.
 */
#pragma once

#include <stdarg.h>

#include "base/macro.h"

typedef struct StrBuf {
        char *text; /* NUL-terminated once anything was appended, else NULL */
        size_t length;
        size_t capacity;
        int error; /* 0, or -ENOMEM from the first append that failed */
} StrBuf;

void strbuf_done(StrBuf *b); /* frees what it holds; for _cleanup_ */

void strbuf_add(StrBuf *b, const char *text);
void strbuf_add_n(StrBuf *b, const char *text, size_t length);
void strbuf_add_char(StrBuf *b, char c);
void strbuf_addf(StrBuf *b, const char *format, ...) _printf_(2, 3);
void strbuf_addv(StrBuf *b, const char *format, va_list ap) _printf_(2, 0);

/* Moves the text to *RET_TEXT (never NULL on success: nothing appended gives ""). Returns 0 or
 * -ENOMEM. B is empty again afterwards and may be used anew. */
int strbuf_take(StrBuf *b, char **ret_text);
