/*
 * Protects the promise that a unit's name is the same name to systemd: what is valid, how it is
 * taken apart, how paths become names and return. Asks units/ and systemd's own library the same
 * questions. Random numbers have a fixed seed: a failure comes again.
 */
#include <dlfcn.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "units/unit-escape.h"
#include "units/unit-name.h"

#ifdef __aarch64__
#define LIBRARY "/usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-252.so"
#else
#define LIBRARY "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so"
#endif

#define ROUNDS  300000
#define SKIPPED 77

/* systemd's functions, as its headers of version 252 declare them. */
typedef bool IsValid(const char *name, int flags);
typedef int OneText(const char *text, char **ret);
typedef int TwoTexts(const char *a, const char *b, char **ret);
typedef char *Escape(const char *text);
typedef int Mangle(const char *name, const char *operation, int flags, const char *suffix,
                   char **ret);

enum { THEIR_PLAIN = 1, THEIR_TEMPLATE = 2, THEIR_INSTANCE = 4 };

static void *library;
static unsigned seed = 1;

static unsigned below(unsigned n) {
        return (unsigned)rand_r(&seed) % n;
}

static void *find(const char *name) {
        void *f = dlsym(library, name);

        if (!f) {
                printf("skipped: %s lacks %s\n", LIBRARY, name);
                exit(SKIPPED);
        }
        return f;
}

/* R and S are what ours and theirs returned. Frees both texts. */
static void compare(const char *what, const char *of, int r, char *ours, int s, char *theirs) {
        if (MIN_OF(r, 0) != MIN_OF(s, 0) || (r >= 0 && !text_eq_or_null(ours, theirs))) {
                fprintf(stderr, "%s of \"%s\" differs: ours %d \"%s\", theirs %d \"%s\"\n", what,
                        of, r, ours ? ours : "", s, theirs ? theirs : "");
                exit(1);
        }
        free(ours);
        free(theirs);
}

static void compare_kind(const char *name) {
        static IsValid *is_valid;
        int kind = unit_name_kind(name), theirs;

        if (!is_valid)
                is_valid = (IsValid *)find("unit_name_is_valid");
        theirs = is_valid(name, THEIR_PLAIN)      ? UNIT_NAME_PLAIN
                 : is_valid(name, THEIR_TEMPLATE) ? UNIT_NAME_TEMPLATE
                 : is_valid(name, THEIR_INSTANCE) ? UNIT_NAME_INSTANCE
                                                  : -EINVAL;
        if (kind != theirs || (unit_name_check(name, NULL) > 0) != (kind > 0)) {
                fprintf(stderr, "\"%s\" is %d, to systemd %d\n", name, kind, theirs);
                exit(1);
        }
}

/* Text in, text out. */
static const struct {
        const char *name;
        OneText *ours;
} one_text[] = {
        { "unit_name_to_prefix", unit_name_prefix },
        { "unit_name_to_instance", unit_name_instance },
        { "unit_name_template", unit_name_template },
        { "unit_name_to_path", unit_name_to_path },
        { "unit_name_unescape", unit_escape_undo },
        { "unit_name_path_unescape", unit_escape_undo_path },
        { "unit_name_path_escape", unit_escape_path },
};

static void compare_one_text(const char *text) {
        static OneText *theirs[ARRAY_SIZE(one_text)];

        for (size_t i = 0; i < ARRAY_SIZE(one_text); i++) {
                char *a = NULL, *b = NULL;
                int r, s;

                if (!theirs[i])
                        theirs[i] = (OneText *)find(one_text[i].name);
                r = one_text[i].ours(text, &a);
                s = theirs[i](text, &b);
                compare(one_text[i].name, text, r, a, s, b);
        }
}

static void compare_others(const char *text) {
        Escape *escape = (Escape *)find("unit_name_escape");
        TwoTexts *replace_instance = (TwoTexts *)find("unit_name_replace_instance");
        TwoTexts *change_suffix = (TwoTexts *)find("unit_name_change_suffix");
        TwoTexts *from_path = (TwoTexts *)find("unit_name_from_path");
        Mangle *mangle = (Mangle *)find("unit_name_mangle_with_suffix");
        char *a = NULL, *b = NULL;
        int r, s;

        r = unit_escape(text, &a);
        compare("unit_name_escape", text, r, a, 0, escape(text));

        a = NULL;
        r = unit_name_with_instance(text, "in@st", &a);
        s = replace_instance(text, "in@st", &b);
        compare("unit_name_replace_instance", text, r, a, s, b);

        a = b = NULL;
        r = unit_name_with_type(text, UNIT_AUTOMOUNT, &a);
        s = change_suffix(text, ".automount", &b);
        compare("unit_name_change_suffix", text, r, a, s, b);

        a = b = NULL;
        r = unit_name_from_path(text, UNIT_MOUNT, &a);
        s = from_path(text, ".mount", &b);
        if (r == -ENAMETOOLONG) /* there it makes a name with a hash */
                free(b);
        else
                compare("unit_name_from_path", text, r, a, s, b);

        a = b = NULL;
        r = unit_name_complete(text, UNIT_SERVICE, &a);
        s = mangle(text, NULL, 0, ".service", &b);
        if (r == -ENAMETOOLONG)
                free(b);
        else
                compare("unit_name_mangle_with_suffix", text, r, a, s, b);
}

static char *some_text(void) {
        static const char *const pieces[] = {
                "foo",
                "a",
                "-",
                "-",
                "@",
                ".",
                "..",
                "/",
                "/",
                "\\",
                "\\x2d",
                "\\x2f",
                "\\xe4",
                "\\xz",
                "_",
                ":",
                "0",
                " ",
                "\t",
                "\xc3\xa4",
                "\xff",
                "*",
                "[",
                "dev",
                "/dev/",
                "/sys/",
                "~",
                "_0123456789abcdef",
                ".service",
                ".mount",
                ".device",
                ".slice",
                ".socket",
                ".d",
                ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
        };
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char *text;

        for (unsigned n = below(8); n > 0; n--)
                strbuf_add(&b, pieces[below(ARRAY_SIZE(pieces))]);
        if (below(2))
                strbuf_add(&b, ".service");
        if (strbuf_take(&b, &text) < 0)
                exit(1);
        return text;
}

int main(void) {
        unsigned valid = 0;

        library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
        if (!library) {
                printf("skipped: %s is not there\n", LIBRARY);
                return SKIPPED;
        }
        ((void (*)(int))find("log_set_max_level"))(0);
        for (unsigned i = 0; i < ROUNDS; i++) {
                _cleanup_free_ char *text = some_text();

                compare_kind(text);
                compare_one_text(text);
                compare_others(text);
                valid += unit_name_is_valid(text);
        }
        printf("%d names agree, %u of them valid\n", ROUNDS, valid);
        return 0;
}
