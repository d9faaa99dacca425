/* Protects files of every size around the buffers, their limit, and that a name always has one of
 * two whole contents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fd.h"
#include "base/file.h"

static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 8191, 8192, 8193, 16384, 100000 };

static void test_sizes(void **state) {
        for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
                _cleanup_fd_ int fd = memfd_create("file", MFD_CLOEXEC);
                _cleanup_free_ char *text = NULL;
                size_t size = 0;

                assert_true(fd >= 0);
                for (size_t n = 0; n < sizes[i]; n++)
                        assert_int_equal(write(fd, &(char){ (char)('a' + n % 26) }, 1), 1);
                if (sizes[i] > 0) {
                        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
                        assert_int_equal(file_read_fd(fd, sizes[i] - 1, &text, NULL), -EFBIG);
                }
                assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
                assert_int_equal(file_read_fd(fd, sizes[i], &text, &size), 0);
                assert_int_equal(size, sizes[i]);
                assert_int_equal(text[size], '\0');
                for (size_t n = 0; n < size; n++)
                        assert_int_equal(text[n], 'a' + n % 26);
        }
}

static void test_replacing(void **state) {
        char place[] = "/tmp/svalinn-test-file-XXXXXX";
        _cleanup_fd_ int top = -EBADF;
        _cleanup_free_ char *text = NULL;

        assert_non_null(mkdtemp(place));
        top = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(top >= 0);
        assert_int_equal(file_replace_at(top, "a", "first", 0600), 0);
        assert_int_equal(file_replace_at(top, "a", "2", 0600), 0);
        assert_int_equal(file_replace_at(top, "no/a", "2", 0600), -ENOENT);
        assert_int_equal(file_read_at(top, "a", 10, &text, NULL), 0);
        assert_string_equal(text, "2");
        /* nothing else is left, or this fails */
        assert_int_equal(unlinkat(top, "a", 0), 0);
        assert_int_equal(rmdir(place), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_replacing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
