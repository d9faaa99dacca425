/*
 * Small questions about strings, and the two that need thought: is it valid
 * UTF-8, and which known word did the writer mean?
 */
#pragma once

#include <string.h>

#include "base/macro.h"

#define WHITESPACE " \t\n\r"

static inline bool text_eq(const char *a, const char *b) {
        return strcmp(a, b) == 0;
}

/* NULL is equal to NULL only. */
static inline bool text_eq_or_null(const char *a, const char *b) {
        return a && b ? text_eq(a, b) : a == b;
}

static inline bool text_is_empty(const char *s) {
        return !s || !*s;
}

/* What follows PREFIX in S, or NULL when S does not begin with it. */
const char *text_after(const char *s, const char *prefix);

bool text_ends_with(const char *s, const char *suffix);

/* Cuts white space off both ends, in place; returns the new beginning. */
char *text_strip(char *s);

/* Control characters make a value unfit for names and messages. */
bool text_has_control(const char *s);

/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, at most U+10FFFF. */
bool text_is_utf8(const char *s, size_t length);

/* Length in bytes of the valid UTF-8 sequence at S, or 0 where there is none. */
size_t text_utf8_sequence(const char *s, size_t available);

/* How many insertions, deletions, replacements and swaps of neighbours lie between A and B, as
 * far as LIMIT; more than that is LIMIT + 1. Case is ignored. */
unsigned text_distance(const char *a, const char *b, unsigned limit);

/* A copy of S for a message: control characters shown as "?", cut after 60 bytes with "...".
 * RET has room for TEXT_EXCERPT_MAX bytes; returns it. */
#define TEXT_EXCERPT_MAX 64
char *text_excerpt(const char *s, char ret[static TEXT_EXCERPT_MAX]);

/* Shows control characters as "?", in place, so that no text from elsewhere can steer a terminal;
 * returns S. */
char *text_mask_control(char *s);
