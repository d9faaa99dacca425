/*
 * Reads and writes command lines. The first word is special: prefixes, then a
 * path; the others are arguments. A ";" counts as a separator only where it
 * stands unquoted between white space.
 */
#include "units/command-line.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/environment.h"
#include "units/specifier.h"
#include "units/word.h"

static const WordFlags word_flags = WORD_UNQUOTE | WORD_CUNESCAPE;

void command_line_done(Command *c) {
        free(c->path);
        free(c->file);
        strv_free(c->argv);
        *c = (Command){ 0 };
}

void command_line_list_done(CommandList *list) {
        for (size_t i = 0; i < list->n; i++)
                command_line_done(&list->items[i]);
        free(list->items);
        *list = (CommandList){ 0 };
}

bool command_line_equal(const Command *a, const Command *b) {
        return text_eq(a->path, b->path) && strv_equal(a->argv, b->argv) &&
               a->ignore_failure == b->ignore_failure && a->no_environment == b->no_environment &&
               a->full_privileges == b->full_privileges && a->no_setuid == b->no_setuid &&
               a->ambient_or_setuid == b->ambient_or_setuid;
}

/* What one assignment is read from. */
typedef struct Line {
        const char *at; /* NULL after the last word */
        const SpecifierContext *specifiers;
        Diag *diag;
} Line;

/* Takes one prefix if it may stand here: each once, and one of "+", "!", "!!" only. */
static bool take_prefix(char prefix, Command *c, bool *separate_name) {
        bool privileged = c->full_privileges || c->no_setuid || c->ambient_or_setuid;
        bool *flag = prefix == '-'                  ? &c->ignore_failure
                     : prefix == '@'                ? separate_name
                     : prefix == ':'                ? &c->no_environment
                     : prefix == '+' && !privileged ? &c->full_privileges
                     : prefix == '!' && !privileged ? &c->no_setuid
                                                    : NULL;

        if (flag && !*flag) {
                *flag = true;
                return true;
        }
        if (prefix != '!' || !c->no_setuid)
                return false;
        c->no_setuid = false;
        c->ambient_or_setuid = true;
        return true;
}

static bool is_file_name(const char *s) {
        return *s && !strchr(s, '/') && strlen(s) <= NAME_MAX && !strchr("-@:+!", *s) &&
               !text_eq(s, ".") && !text_eq(s, "..") && !text_eq(s, ";");
}

static int check_program(const char *path, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];

        text_excerpt(path, excerpt);
        if (!*path)
                return diag_error(diag, -EINVAL,
                                  "the command names no program; begin it with a path");
        if (text_has_control(path) || strpbrk(path, "\"'\\") || !text_is_utf8(path, strlen(path)))
                return diag_error(diag, -EINVAL,
                                  "the program's name \"%s\" contains a quote, a backslash or a "
                                  "control character; use another name",
                                  excerpt);
        if (text_ends_with(path, "/"))
                return diag_error(diag, -EINVAL, "\"%s\" is a directory; use the path of a program",
                                  excerpt);
        if (path_is_absolute(path) ? !path_is_valid(path) : !is_file_name(path))
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is no program; use an absolute path, or a name without "
                                  "\"/\" that is looked up in ExecSearchPath=",
                                  excerpt);
        return 0;
}

/* Prefixes and path; argv[0], too, unless it follows as a word of its own. */
static int read_program(Line *l, const char *word, Command *c) {
        _cleanup_free_ char *path = NULL;
        bool separate_name = false;
        int r;

        while (*word && take_prefix(*word, c, &separate_name))
                word++;
        r = specifier_expand(l->specifiers, word, l->diag, &path);
        if (r < 0)
                return r;
        r = check_program(path, l->diag);
        if (r < 0)
                return r;
        r = separate_name ? 0 : strv_add(&c->argv, path);
        if (r < 0)
                return r;
        c->path = path_simplify(TAKE_PTR(path));
        return text_eq(c->path, "/") ? check_program("/", l->diag) : 0;
}

/* ";" or "\;" as a word: neither is seen by the reader of words, which would take them for others.
 */
static bool stands_alone(const char *at, const char *mark) {
        const char *rest = text_after(at, mark);

        return rest && (!*rest || strchr(WHITESPACE, *rest));
}

static void skip_mark(Line *l, const char *mark) {
        l->at += strlen(mark);
        l->at += strspn(l->at, WHITESPACE);
}

static int read_argument(Line *l, Command *c) {
        _cleanup_free_ char *word = NULL;
        char *argument;
        int r;

        if (stands_alone(l->at, "\\;")) {
                skip_mark(l, "\\;");
                return strv_add(&c->argv, ";");
        }
        r = word_next_lenient(&l->at, NULL, word_flags, &word, l->diag);
        if (r <= 0)
                return r;
        r = specifier_expand(l->specifiers, word, l->diag, &argument);
        return r < 0 ? r : strv_push(&c->argv, argument);
}

static int read_command(Line *l, const char *first_word, Command *c) {
        int r = read_program(l, first_word, c);

        while (r == 0 && !text_is_empty(l->at)) {
                if (stands_alone(l->at, ";")) {
                        skip_mark(l, ";");
                        break;
                }
                r = read_argument(l, c);
        }
        if (r < 0)
                return r;
        return c->argv ? 0
                       : diag_error(l->diag, -EINVAL,
                                    "after \"@\" and the path, the name for the program must "
                                    "follow, as a word");
}

/* What was an error is a warning where failure is ignored. */
static void soften(Diag *diag, size_t from) {
        for (size_t i = from; diag && i < diag->n; i++)
                diag->entries[i].level = DIAG_WARNING;
        diag_warning(diag, "the command begins with \"-\" and is left out, therefore");
}

static int note_place(const Diag *diag, Command *c) {
        if (!diag || !diag->file || diag->line == 0)
                return 0;
        c->file = strdup(diag->file);
        c->line = diag->line;
        return c->file ? 0 : -ENOMEM;
}

static int append(CommandList *list, Command *c) {
        int r = ARRAY_GROW(list->items, list->n);

        if (r < 0)
                return r;
        list->items[list->n++] = *c;
        *c = (Command){ 0 };
        return 0;
}

static int read_line(Line *l, CommandList *list) {
        while (!text_is_empty(l->at)) {
                _cleanup_(command_line_done) Command c = { 0 };
                _cleanup_free_ char *word = NULL;
                size_t said = l->diag ? l->diag->n : 0;
                int r = word_next_lenient(&l->at, NULL, word_flags, &word, l->diag);

                if (r <= 0)
                        return r;
                if (text_eq(word, ";"))
                        continue;
                r = read_command(l, word, &c);
                if (r < 0 && r != -ENOMEM && c.ignore_failure) {
                        soften(l->diag, said);
                        return 0;
                }
                if (r >= 0)
                        r = note_place(l->diag, &c);
                if (r >= 0)
                        r = append(list, &c);
                if (r < 0)
                        return r;
        }
        return 0;
}

int command_line_parse(const char *value, const SpecifierContext *specifiers, Diag *diag,
                       CommandList *list) {
        _cleanup_(command_line_list_done) CommandList read = { 0 };
        Line l = { value, specifiers, diag };
        int r = read_line(&l, &read);

        if (r < 0)
                return r;
        for (size_t i = 0; i < read.n; i++) {
                r = append(list, &read.items[i]);
                if (r < 0) {
                        while (i-- > 0)
                                command_line_done(&list->items[--list->n]);
                        return r;
                }
        }
        return 0;
}

/* -- Writing ------------------------------------------------------------------------------- */

static int add_word(StrBuf *b, const char *prefixes, const char *word) {
        _cleanup_(strbuf_done) StrBuf literal = { 0 };
        _cleanup_free_ char *escaped = NULL, *whole = NULL, *quoted = NULL;
        int r = specifier_escape(word, &escaped);

        if (r < 0)
                return r;
        strbuf_addf(&literal, "%s%s", prefixes, escaped);
        r = strbuf_take(&literal, &whole);
        if (r >= 0)
                r = word_quote(whole, &quoted);
        if (r < 0)
                return r;
        strbuf_add(b, b->length > 0 ? " " : "");
        strbuf_add(b, quoted);
        return 0;
}

int command_line_format(const Command *c, char **ret) {
        bool separate_name = !text_eq(c->argv[0], c->path);
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char prefixes[8];
        int r;

        snprintf(prefixes, sizeof(prefixes), "%s%s%s%s", separate_name ? "@" : "",
                 c->ignore_failure ? "-" : "", c->no_environment ? ":" : "",
                 c->full_privileges     ? "+"
                 : c->no_setuid         ? "!"
                 : c->ambient_or_setuid ? "!!"
                                        : "");
        r = add_word(&b, prefixes, c->path);
        for (char **a = c->argv + !separate_name; r >= 0 && *a; a++)
                r = add_word(&b, "", *a);
        return r < 0 ? r : strbuf_take(&b, ret);
}

/* -- Variables ----------------------------------------------------------------------------- */

/* The value, or NULL with a note. */
static const char *look_up(const char *name, size_t n, char *const *environment, Diag *diag) {
        const char *value = environment_get(environment, name, n);

        if (!value)
                diag_note(diag, "the variable %.*s is not set and counts as empty", (int)n, name);
        return value;
}

/* "$NAME" as a word of its own. The name is all that follows, be it one or not. */
static int add_split(const char *name, char *const *environment, Diag *diag, char ***argv) {
        _cleanup_strv_ char **words = NULL;
        const char *value;
        char excerpt[TEXT_EXCERPT_MAX];
        int r;

        if (!environment_name_is_valid(name, strlen(name))) {
                diag_warning(diag,
                             "\"$%s\" is no variable, and the word is left out; use ${NAME} within "
                             "a word, or \"$$\" for a dollar sign",
                             text_excerpt(name, excerpt));
                return 0;
        }
        value = look_up(name, strlen(name), environment, diag);
        if (!value)
                return 0;
        r = word_split(value, NULL, WORD_UNQUOTE | WORD_RELAX, &words);
        return r < 0 ? r : strv_add_all(argv, words);
}

/* "${NAME}" at S: its length, or 0 where it is something else. */
static size_t variable_length(const char *s) {
        size_t n = strcspn(s, "}:");

        return s[n] == '}' ? n + 1 : 0;
}

static int add_replaced(const char *word, char *const *environment, Diag *diag, char ***argv) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char *text;
        int r;

        while (*word) {
                size_t n = text_after(word, "${") ? variable_length(word) : 0;

                if (n > 0) {
                        const char *value = look_up(word + 2, n - 3, environment, diag);

                        strbuf_add(&b, value ? value : "");
                        word += n;
                        continue;
                }
                strbuf_add_char(&b, *word);
                word += word[0] == '$' && word[1] == '$' ? 2 : 1;
        }
        r = strbuf_take(&b, &text);
        return r < 0 ? r : strv_push(argv, text);
}

int command_line_substitute(const Command *c, char *const *environment, Diag *diag,
                            char ***ret_argv) {
        _cleanup_strv_ char **argv = NULL;
        int r = strv_add(&argv, c->argv[0]);

        for (char **a = c->argv + 1; r >= 0 && *a; a++)
                if (c->no_environment)
                        r = strv_add(&argv, *a);
                else if ((*a)[0] == '$' && (*a)[1] != '{' && (*a)[1] != '$')
                        r = add_split(*a + 1, environment, diag, &argv);
                else
                        r = add_replaced(*a, environment, diag, &argv);
        if (r < 0)
                return r;
        *ret_argv = TAKE_PTR(argv);
        return 0;
}
