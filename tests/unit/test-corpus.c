/* Protects the units that people have: all files below $SVALINN_CORPUS load without an error and
 * without an unknown directive, and what they say survives being printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>

#include "base/file.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "tests/unit/skip.h"
#include "units/config.h"
#include "units/specifier.h"
#include "units/unit-name.h"

enum { FILE_MAX = 1024 * 1024 };

static unsigned files, faults;

/* Templates are read as one of their instances. */
static char *name_of(const char *path) {
        const char *name = path_last(path);
        char *instance = NULL;

        if (unit_name_kind(name) == UNIT_NAME_TEMPLATE)
                assert_int_equal(unit_name_with_instance(name, "x", &instance), 0);
        return instance ? instance : strdup(name);
}

/* Without specifiers: the text that config_format() writes has none left. */
static bool survives_printing(const Config *c) {
        _cleanup_(config_done) Config again;
        _cleanup_free_ char *text = NULL;

        assert_int_equal(config_init(&again), 0);
        assert_int_equal(config_format(c, &text), 0);
        return config_parse_text(&again, "again", text, strlen(text), NULL) == 0 &&
               config_equal(c, &again);
}

static void check_unit(const char *path, const char *text, size_t size) {
        _cleanup_free_ char *name = name_of(path);
        const SpecifierContext specifiers = { .unit = name,
                                              .fragment_path = path,
                                              .root_fd = -EBADF };
        _cleanup_(diag_done) Diag diag = { 0 };
        const ParseContext context = { .diag = &diag, .specifiers = &specifiers };
        _cleanup_(config_done) Config c;
        int r;

        assert_int_equal(config_init(&c), 0);
        r = config_parse_text(&c, path, text, size, &context);
        diag_print(&diag, 0, NULL, stderr);
        if (r != 0 || diag_count(&diag, DIAG_ERROR) > 0) {
                print_error("%s: %d wrong lines\n", path, r);
                faults++;
        } else if (!survives_printing(&c)) {
                print_error("%s: comes back as something else after printing\n", path);
                faults++;
        }
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
        _cleanup_free_ char *text = NULL;
        size_t size;

        if (kind != FTW_F || !unit_name_is_valid(path_last(path)))
                return 0;
        assert_int_equal(file_read_at(AT_FDCWD, path, FILE_MAX, &text, &size), 0);
        check_unit(path, text, size);
        files++;
        return 0;
}

static void test_all_units_load(void **state) {
        const char *corpus = getenv("SVALINN_CORPUS");

        if (!corpus)
                skip_because("SVALINN_CORPUS names no directory of unit files");
        assert_int_equal(nftw(corpus, visit, 16, FTW_PHYS), 0);
        print_message("%u units\n", files);
        assert_true(files > 0);
        assert_int_equal(faults, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_all_units_load),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
