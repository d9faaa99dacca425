/*
 * What a value can be. A type is a set of functions over one field of Config;
 * a row of directives.def names its type and, by "param", what the type needs
 * to know beyond that: the words of an enumeration, the bounds of a number.
 *
 * Rules that all types keep:
 * - parse() sees one assignment's value, white space already stripped from both ends. It changes
 * the field only when the whole value is right (lists: each word on its own, so that one wrong word
 * is named and the others stay). The empty value resets the field to its initial state.
 * - format() writes the value so that parse() gives an equal field; lists that need several
 *   assignments get several lines (see type_format_line()). "%" is doubled where specifiers expand.
 * - A field of zero bytes is a valid, empty field: equal() and done() accept it.
 */
#pragma once

#include "base/diag.h"
#include "base/strbuf.h"
#include "units/word.h"

typedef struct Directive Directive;
typedef struct SpecifierContext SpecifierContext;

typedef struct ParseContext {
        Diag *diag;                         /* may be NULL */
        const SpecifierContext *specifiers; /* NULL: "%" stands for itself, but "%%" is "%" */
        bool internal; /* the text is from our own programs: it may set rows that are INTERNAL */
} ParseContext;

typedef struct Type {
        const char *name; /* for people: "boolean", "time span" */
        size_t size;      /* of the field, in bytes */
        int (*parse)(const Directive *d, const char *value, const ParseContext *c, void *field);
        void (*format)(const Directive *d, const void *field, StrBuf *to);
        bool (*equal)(const void *a, const void *b);
        void (*done)(void *field); /* NULL: nothing to free; leaves zero bytes */
} Type;

/* Appends "Name=VALUE\n". Every format() function builds its lines with this. */
void type_format_line(const Directive *d, const char *value, StrBuf *to);

/* "%" expanded as far as the row and the context allow it: a new string. Without specifiers in C,
 * only "%%" has a meaning, so that formatted text reads back as it was. */
int type_expand(const Directive *d, const char *text, const ParseContext *c, char **ret);

/* -- For the types themselves -------------------------------------------------------------- */

/* What the empty assignment does: the field as the row's initial text has it, else zero bytes. */
int type_reset(const Directive *d, void *field);

/* "%" doubled where the row expands specifiers; type_format_line() does not do it. */
void type_add_literal(const Directive *d, const char *text, StrBuf *to);

/* The same, quoted for WORD_UNQUOTE with or without WORD_CUNESCAPE where it would not stand for
 * itself; a character of EXTRA, too, makes the quotes necessary. */
void type_add_word(const Directive *d, const char *word, const char *extra, StrBuf *to);

/* type_format_line() of what was built in VALUE, which is emptied. Errors go to TO. */
void type_format_taken(const Directive *d, StrBuf *value, StrBuf *to);

/* How a list is read: where its words end, and what takes one. */
typedef struct TypeWords {
        WordFlags flags;
        int (*one)(const Directive *d, const char *word, const ParseContext *c, void *field);
} TypeWords;

/* Calls HOW->one for each word of VALUE. A word that it refuses does not keep the others from being
 * tried: the first error is returned at the end. */
int type_each_word(const Directive *d, const char *value, const ParseContext *c, void *field,
                   const TypeWords *how);

/* Expands TEXT, and checks it by the row's WordsParam and type_check_text() (not that, where quotes
 * can hold anything): a new string. */
int type_take_text(const Directive *d, const char *text, const ParseContext *c, char **ret);

/* Has TEXT a place in a unit file, as a value of its own? Refuses control characters, what is not
 * UTF-8, and a backslash at the end, which would join the next line. */
int type_check_text(const char *text, Diag *diag);

/* Simplifies PATH in place and demands that it is absolute (or relative) and without "..". */
typedef enum TypePathKind { TYPE_PATH_ABSOLUTE, TYPE_PATH_RELATIVE, TYPE_PATH_ANY } TypePathKind;
int type_check_path(char *path, TypePathKind kind, Diag *diag);

/* TEXT expanded and checked as a path: a new string. */
int type_take_path(const Directive *d, const char *text, TypePathKind kind, const ParseContext *c,
                   char **ret);

/* yes/no in all spellings: 1, 0 or -EINVAL, without a message. */
int type_parse_boolean(const char *value);

/* For Type.equal. */
bool type_equal_int(const void *a, const void *b);
bool type_equal_u64(const void *a, const void *b);
