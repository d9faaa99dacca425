/*
 * Values are made of words. Each directive has its own rules for where a word ends and what quotes
 * and backslashes mean in it; the flags below are those rules, and mean what the EXTRACT_ flags of
 * the same name mean to systemd, so that a directive can be looked up there.
 *
 * The escapes are those of "Quoting" in systemd.syntax(7): \a \b \f \n \r \t \v \\ \" \' \s (space)
 * \xHH \OOO \uHHHH \UHHHHHHHH. None of them may mean NUL.
 */
#pragma once

#include "base/diag.h"
#include "base/macro.h"

typedef enum WordFlags {
        /* What an unclosed quote or a lone backslash at the end contains counts as if closed. */
        WORD_RELAX = 1 << 0,
        /* Escapes are decoded; without this flag a backslash only takes its meaning from the next
         * character and vanishes. */
        WORD_CUNESCAPE = 1 << 1,
        /* Unknown escapes stay as they are, with their backslash. */
        WORD_UNESCAPE_RELAX = 1 << 2,
        /* A backslash takes their meaning from separators, and from itself. */
        WORD_UNESCAPE_SEPARATORS = 1 << 3,
        /* Separators within quotes do not separate; the quotes stay (KEEP) or go (UNQUOTE). */
        WORD_KEEP_QUOTE = 1 << 4,
        WORD_UNQUOTE = 1 << 5,
        /* Each separator ends a word, so that words can be empty ("a::b"). */
        WORD_DONT_COALESCE_SEPARATORS = 1 << 6,
        /* A backslash is a character like others. */
        WORD_RETAIN_ESCAPE = 1 << 7,
        /* *P stays before the separator that ended the word. */
        WORD_RETAIN_SEPARATORS = 1 << 8,
} WordFlags;

/* Takes the next word of *P; SEPARATORS NULL means white space. Returns 1 with a new string in *RET
 * and *P behind it, 0 at the end with *P and *RET NULL, -EINVAL (unclosed quote, unknown escape) or
 * -ENOMEM with *P and *RET untouched. *P is NULL after the last word, and stays so. */
int word_next(const char **p, const char *separators, WordFlags flags, char **ret) _warn_unused_;

/* The same for directives in which an unknown escape is kept, with a warning; an unclosed quote is
 * an error and explained. */
int word_next_lenient(const char **p, const char *separators, WordFlags flags, char **ret,
                      Diag *diag) _warn_unused_;

/* All words of VALUE as a new list. Returns 0 or as word_next(). */
int word_split(const char *value, const char *separators, WordFlags flags, char ***ret);

/* Decodes the escapes in a whole text; quotes mean nothing. Returns 0, -EINVAL or -ENOMEM. */
int word_unescape(const char *text, char **ret);

/* WORD as it must be written so that word_next() with WORD_UNQUOTE | WORD_CUNESCAPE, white space or
 * not, gives WORD back; bare where that is enough. The result is printable UTF-8 on one line, also
 * where WORD is not. "%" and "$" are not touched: directives differ in what they mean. */
int word_quote(const char *word, char **ret);

/* Each word quoted, a space between. An empty list gives "". */
int word_join(char *const *words, char **ret);
