/*
 * Protects the promise that a distribution's units mean here what they mean to
 * systemd: reads real unit files, and thousands of damaged copies of them, with
 * units/ and with systemd's own library, and wants the same answers. The same
 * for the words in their values.
 *
 * Argument or SVALINN_CORPUS: a directory of unit files. Needs systemd 252's
 * private library. Random numbers have fixed seeds: a failure comes again.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/unit-text.h"
#include "units/word.h"

#ifdef __aarch64__
#define LIBRARY "/usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-252.so"
#else
#define LIBRARY "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so"
#endif

#define MUTATIONS   20000
#define WORD_ROUNDS 200000
#define SKIPPED     77

/* systemd's functions, as its headers of version 252 declare them. */
typedef int ConfigCallback(const char *unit, const char *file, unsigned line, const char *section,
                           unsigned section_line, const char *key, int type, const char *value,
                           void *data, void *userdata);
typedef int ConfigLookup(const void *table, const char *section, const char *key,
                         ConfigCallback **ret_callback, int *ret_type, void **ret_data,
                         void *userdata);
typedef int ConfigParse(const char *unit, const char *file, FILE *f, const char *sections,
                        ConfigLookup *lookup, const void *table, int flags, void *userdata,
                        struct stat *ret_stat);
typedef int ExtractFirstWord(const char **p, char **ret, const char *separators, int flags);
typedef ssize_t Cunescape(const char *s, size_t length, const char *prefix, int flags, char **ret);

typedef struct Systemd {
        ConfigParse *config_parse;
        ExtractFirstWord *extract_first_word;
        Cunescape *cunescape;
} Systemd;

typedef struct File {
        char *text;
        size_t size;
} File;

static Systemd systemd;
static File *corpus;
static size_t corpus_n;
static char **values; /* of all assignments in the corpus */
static unsigned seed;

static unsigned below(unsigned n) {
        return (unsigned)rand_r(&seed) % n;
}

static _noreturn_ void skip(const char *reason) {
        printf("skipped: %s\n", reason);
        exit(SKIPPED);
}

static _noreturn_ void fail(const char *what, unsigned round) {
        fprintf(stderr, "%s differs, round %u\n", what, round);
        exit(1);
}

/* ---- reading with both ---- */

static void add_item(StrBuf *b, const char *section, const char *key, const char *value) {
        strbuf_addf(b, "[%s] %s=", section, key);
        strbuf_add(b, value);
        strbuf_add_char(b, '\n');
}

static int our_item(const UnitTextItem *item, void *userdata) {
        if (item->key)
                add_item(userdata, item->section, item->key, item->value);
        return 1;
}

static int their_item(const char *unit, const char *file, unsigned line, const char *section,
                      unsigned section_line, const char *key, int type, const char *value,
                      void *data, void *userdata) {
        /* it was asked to take all sections; with a list it ignores what stands outside */
        if (section)
                add_item(userdata, section, key, value);
        return 0;
}

static int their_lookup(const void *table, const char *section, const char *key,
                        ConfigCallback **ret_callback, int *ret_type, void **ret_data,
                        void *userdata) {
        *ret_callback = their_item;
        *ret_type = 0;
        *ret_data = NULL;
        return 1;
}

/* A stream of memory with NUL bytes in it, which fmemopen() may take for the end. */
static ssize_t read_memory(void *cookie, char *buffer, size_t size) {
        File *f = cookie;
        size_t n = MIN_OF(size, f->size);

        memcpy(buffer, f->text, n);
        f->text += n;
        f->size -= n;
        return (ssize_t)n;
}

static int read_theirs(File file, StrBuf *b) {
        FILE *f = fopencookie(&file, "r", (cookie_io_functions_t){ .read = read_memory });
        int r;

        assert(f);
        r = systemd.config_parse(NULL, "file", f, NULL, their_lookup, NULL, 0, b, NULL);
        fclose(f);
        return MIN_OF(r, 0);
}

static void write_example(const File *file) {
        FILE *f = fopen("differs.unit", "we");

        if (!f)
                return;
        (void)fwrite(file->text, 1, file->size, f);
        fclose(f);
        fprintf(stderr, "the text is in ./differs.unit\n");
}

/* Returns what both returned. */
static int compare_file(const File *file, unsigned round) {
        _cleanup_(strbuf_done) StrBuf ours = { 0 }, theirs = { 0 };
        int r, s;

        strbuf_add(&ours, "");
        strbuf_add(&theirs, "");
        r = unit_text_parse(file->text, file->size, our_item, &ours, NULL);
        s = read_theirs(*file, &theirs);
        if (r == s && text_eq(ours.text, theirs.text))
                return r;
        fprintf(stderr, "ours: %s\n%s\ntheirs: %s\n%s\n", strerror(-r), ours.text, strerror(-s),
                theirs.text);
        write_example(file);
        fail("the text of a unit", round);
}

/* ---- damage ---- */

/* Replaces LENGTH bytes at AT by TEXT. */
static void replace(File *f, size_t at, size_t length, const char *text, size_t n) {
        char *t = malloc(f->size - length + n + 1);

        assert(t);
        if (f->size > 0) {
                memcpy(t, f->text, at);
                memcpy(t + at + n, f->text + at + length, f->size - at - length);
        }
        memcpy(t + at, text, n);
        free(f->text);
        f->text = t;
        f->size = f->size - length + n;
}

static const struct {
        const char *text;
        size_t n;
} inserts[] = {
#define INSERT(s) \
        { s, sizeof(s) - 1 }
        INSERT("\r"),
        INSERT("\0"),
        INSERT("\n"),
        INSERT("\n\r"),
        INSERT("\r\n\0"),
        INSERT("\\\n"),
        INSERT("\\\r\n"),
        INSERT("\\\0\n"),
        INSERT("\\"),
        INSERT("\\\n#x\n"),
        INSERT("["),
        INSERT("]"),
        INSERT("\n["),
        INSERT("]\n"),
        INSERT("="),
        INSERT("\n="),
        INSERT("#"),
        INSERT("\n;"),
        INSERT(" "),
        INSERT("\t"),
        INSERT("\v"),
        INSERT("\xef\xbb\xbf"),
        INSERT("\n\xef\xbb\xbf"),
        INSERT("\xff"),
        INSERT("\xc3"),
        INSERT("\xc3\xa4"),
        INSERT("\xed\xa0\x80"),
        INSERT("\xc0\x80"),
        INSERT("\xef\xb7\x90"),
        INSERT("\xef\xbf\xbf"),
        INSERT("\xf0\x9f\x98\x80"),
        INSERT("\xf0\x9f\xbf\xbe"),
        INSERT("\xf4\x90\x80\x80"),
        INSERT("\xf8\x88\x80\x80\x80"),
        INSERT("\""),
        INSERT("'"),
        INSERT("\n[]\n"),
};

static void insert_something(File *f) {
        size_t i = below(ARRAY_SIZE(inserts));

        replace(f, below((unsigned)f->size + 1), 0, inserts[i].text, inserts[i].n);
}

static void flip_byte(File *f) {
        if (f->size > 0)
                f->text[below((unsigned)f->size)] = (char)below(256);
}

static void cut_end(File *f) {
        f->size = below((unsigned)f->size + 1);
}

static void cut_middle(File *f) {
        size_t at = below((unsigned)f->size + 1), n = below(100);

        replace(f, at, MIN_OF(f->size - at, n), "", 0);
}

static void double_line(File *f) {
        size_t at = below((unsigned)f->size + 1);
        const char *end = memchr(f->text + at, '\n', f->size - at);
        size_t n = end ? (size_t)(end - f->text) - at + 1 : f->size - at;
        _cleanup_free_ char *line = malloc(n + 1);

        assert(line);
        memcpy(line, f->text + at, n);
        replace(f, below((unsigned)f->size + 1), 0, line, n);
}

/* Lines about as long as they may be; seldom, since they take their time. */
static void lengthen_line(File *f) {
        _cleanup_free_ char *text = NULL;
        size_t n = UNIT_TEXT_LINE_MAX - 40 + below(50), at = below((unsigned)f->size + 1);

        if (below(50) > 0)
                return;
        text = malloc(n);
        assert(text);
        memset(text, "ax \\="[below(5)], n);
        if (below(2))
                memcpy(text + below((unsigned)n - 2), "\\\n", 2);
        replace(f, at, 0, text, n);
}

static void mutate(File *f) {
        static void (*const ways[])(File *) = { insert_something, insert_something, flip_byte,
                                                cut_end,          cut_middle,       double_line,
                                                lengthen_line };

        for (unsigned n = 1 + below(6); n > 0; n--)
                ways[below(ARRAY_SIZE(ways))](f);
}

static void compare_mutations(void) {
        unsigned refused = 0;

        assert(corpus_n > 0);
        for (unsigned i = 0; i < MUTATIONS; i++) {
                const File *original = &corpus[i % corpus_n];
                File f = { 0 };

                seed = i;
                replace(&f, 0, 0, original->text, original->size);
                mutate(&f);
                refused += compare_file(&f, i) < 0;
                free(f.text);
        }
        printf("%d damaged texts agree, %u of them refused\n", MUTATIONS, refused);
        /* both ends of the question must have been asked */
        if (refused < MUTATIONS / 20 || refused > MUTATIONS / 2)
                fail("the share of refusals", refused);
}

/* ---- words ---- */

/* Reads VALUE to its end with both. */
static void compare_words(const char *value, const char *separators, WordFlags flags,
                          unsigned round) {
        const char *p = value, *q = value;

        /* some flags together never advance, here and there */
        for (unsigned n = 0; n < 100; n++) {
                _cleanup_free_ char *ours = NULL, *theirs = NULL;
                int r = word_next(&p, separators, flags, &ours);
                int s = systemd.extract_first_word(&q, &theirs, separators, (int)flags);

                if (r != s || (r >= 0 && p != q) || !text_eq_or_null(ours, theirs)) {
                        fprintf(stderr,
                                "\"%s\" by \"%s\", flags 0x%x: ours %d \"%s\", theirs %d "
                                "\"%s\"\n",
                                value, separators ? separators : "white space", (unsigned)flags, r,
                                ours ? ours : "", s, theirs ? theirs : "");
                        fail("a word", round);
                }
                if (r <= 0)
                        return;
        }
}

static void compare_unescape(const char *value, unsigned round) {
        _cleanup_free_ char *ours = NULL, *theirs = NULL;
        int r = word_unescape(value, &ours);
        ssize_t s = systemd.cunescape(value, strlen(value), NULL, 0, &theirs);

        if (r != MIN_OF(s, 0) || !text_eq_or_null(ours, theirs)) {
                fprintf(stderr, "\"%s\": ours %d, theirs %zd\n", value, r, s);
                fail("an unescaped text", round);
        }
}

static char *damaged_value(void) {
        static const char *const pieces[] = {
                "\"",          "'",           "\\",      "\\\\",    " ",           "\t",
                ":",           ",",           "=",       "\\x4",    "\\x41",       "\\101",
                "\\400",       "\\u00e4",     "\\u0000", "\\ud800", "\\U0001F600", "\\U00110000",
                "\\U0000fffe", "\\U0000fdd0", "\\s",     "\\n",     "\\ ",         "\\:",
                "a",           "0",           "\\q",     "\n",      "\xc3\xa4"
        };
        const char *value = values[below((unsigned)strv_length(values))];
        size_t length = MIN_OF(strlen(value), 200);
        File f = { 0 };

        replace(&f, 0, 0, value, length);
        for (unsigned n = below(6); n > 0; n--) {
                const char *piece = pieces[below(ARRAY_SIZE(pieces))];

                replace(&f, below((unsigned)f.size + 1), 0, piece, strlen(piece));
        }
        f.text[f.size] = '\0';
        return f.text;
}

static void compare_all_words(void) {
        static const char *const separators[] = { NULL, ":", ",", "=", " ,", "" };

        for (unsigned i = 0; i < WORD_ROUNDS; i++) {
                _cleanup_free_ char *value = NULL;
                WordFlags flags;

                seed = i;
                value = damaged_value();
                flags = (WordFlags)below(WORD_RETAIN_SEPARATORS << 1);
                if (flags & WORD_KEEP_QUOTE)
                        flags &= (WordFlags)~WORD_UNQUOTE; /* excludes it */
                compare_words(value, separators[below(ARRAY_SIZE(separators))], flags, i);
                compare_unescape(value, i);
        }
        printf("%d values agree in their words\n", WORD_ROUNDS);
}

/* ---- the corpus ---- */

static int keep_value(const UnitTextItem *item, void *userdata) {
        return item->key && strv_length(values) < 3000 ? strv_add(&values, item->value) : 1;
}

static int keep_file(const char *path, const struct stat *st, int kind, struct FTW *walk) {
        File f;

        if (kind != FTW_F || !S_ISREG(st->st_mode) || st->st_size > 1 << 20)
                return 0;
        if (file_read_at(AT_FDCWD, path, 1 << 20, &f.text, &f.size) < 0)
                return 0;
        corpus = reallocarray(corpus, corpus_n + 1, sizeof(File));
        assert(corpus);
        corpus[corpus_n++] = f;
        (void)unit_text_parse(f.text, f.size, keep_value, NULL, NULL);
        return 0;
}

/* The order of a directory is not the same everywhere, and seeds should mean something. */
static int by_content(const void *a, const void *b) {
        const File *f = a, *g = b;

        return f->size != g->size ? (f->size > g->size) - (f->size < g->size)
                                  : memcmp(f->text, g->text, f->size);
}

static int by_text(const void *a, const void *b) {
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static void load_corpus(const char *directory) {
        if (nftw(directory, keep_file, 16, FTW_PHYS) != 0 || corpus_n == 0 || !values)
                skip("there are no unit files in SVALINN_CORPUS");
        qsort(corpus, corpus_n, sizeof(File), by_content);
        qsort(values, strv_length(values), sizeof(char *), by_text);
}

static void load_systemd(void) {
        void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
        void (*set_level)(int);

        if (!library)
                skip(LIBRARY " is not there");
        set_level = (void (*)(int))dlsym(library, "log_set_max_level");
        systemd = (Systemd){
                .config_parse = (ConfigParse *)dlsym(library, "config_parse"),
                .extract_first_word = (ExtractFirstWord *)dlsym(library, "extract_first_word"),
                .cunescape = (Cunescape *)dlsym(library, "cunescape_length_with_prefix"),
        };
        if (!set_level || !systemd.config_parse || !systemd.extract_first_word ||
            !systemd.cunescape)
                skip(LIBRARY " lacks the functions");
        set_level(0);
}

static void forget_corpus(void) {
        for (size_t i = 0; i < corpus_n; i++)
                free(corpus[i].text);
        free(corpus);
        strv_free(values);
}

int main(int argc, char *argv[]) {
        const char *directory = argc > 1 ? argv[1] : getenv("SVALINN_CORPUS");

        load_systemd();
        if (text_is_empty(directory))
                skip("SVALINN_CORPUS names no directory of unit files");
        load_corpus(directory);
        for (size_t i = 0; i < corpus_n; i++)
                compare_file(&corpus[i], 0);
        printf("%zu unit files agree\n", corpus_n);
        compare_mutations();
        compare_all_words();
        forget_corpus();
        return 0;
}
