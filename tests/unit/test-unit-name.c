/* Protects what is a unit's name, how it is taken apart and put together, and the way of paths into
 * names and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "units/unit-escape.h"
#include "units/unit-name.h"

static void test_kinds(void **state) {
        char long_name[UNIT_NAME_MAX + 1];

        assert_int_equal(unit_name_kind("foo.service"), UNIT_NAME_PLAIN);
        assert_int_equal(unit_name_kind("foo@.service"), UNIT_NAME_TEMPLATE);
        assert_int_equal(unit_name_kind("foo@bar.service"), UNIT_NAME_INSTANCE);
        assert_int_equal(unit_name_kind("foo@a@b.c.timer"), UNIT_NAME_INSTANCE);
        assert_int_equal(unit_name_kind("-.mount"), UNIT_NAME_PLAIN);
        assert_int_equal(unit_name_kind("a\\x2db.c:d_e.slice"), UNIT_NAME_PLAIN);

        assert_int_equal(unit_name_kind(""), -EINVAL);
        assert_int_equal(unit_name_kind("foo"), -EINVAL);
        assert_int_equal(unit_name_kind("foo.conf"), -EINVAL);
        assert_int_equal(unit_name_kind("foo.Service"), -EINVAL);
        assert_int_equal(unit_name_kind(".service"), -EINVAL);
        assert_int_equal(unit_name_kind("@x.service"), -EINVAL);
        assert_int_equal(unit_name_kind("a b.service"), -EINVAL);
        assert_int_equal(unit_name_kind("../a.service"), -EINVAL);
        assert_int_equal(unit_name_kind("\xc3\xa4.service"), -EINVAL);

        memset(long_name, 'a', sizeof(long_name));
        memcpy(long_name + UNIT_NAME_MAX - 1 - 8, ".service", 9);
        assert_int_equal(unit_name_kind(long_name), UNIT_NAME_PLAIN);
        memcpy(long_name + UNIT_NAME_MAX - 8, ".service", 9);
        assert_int_equal(unit_name_kind(long_name), -EINVAL);
}

static void check_message(const char *name, const char *part) {
        _cleanup_(diag_done) Diag diag = { 0 };

        assert_int_equal(unit_name_check(name, &diag), -EINVAL);
        assert_int_equal(diag.n, 1);
        assert_non_null(strstr(diag.entries[0].message, part));
}

static void test_messages(void **state) {
        check_message("foo", "must end in a type");
        check_message("foo.conf", "must end in a type");
        check_message("a b.service", "letters, digits");
        check_message("@x.service", "before the \"@\"");
        check_message(".service", "before the \".\"");
        assert_int_equal(unit_name_check("a@b.service", NULL), UNIT_NAME_INSTANCE);
}

static void test_types(void **state) {
        assert_int_equal(unit_name_type("foo@x.socket"), UNIT_SOCKET);
        assert_int_equal(unit_name_type("foo.sockets"), -EINVAL);
        for (int i = 0; i < UNIT_TYPES; i++)
                assert_int_equal(unit_name_type_from_text(unit_name_type_text((UnitType)i)), i);
}

/* Takes R and the text that came with it; EXPECTED is NULL for a refusal. */
static void check(int r, char *text, const char *expected) {
        assert_int_equal(r, expected ? 0 : -EINVAL);
        if (expected)
                assert_string_equal(text, expected);
        else
                assert_null(text);
        free(text);
}

#define CHECK(call, expected)             \
        do {                              \
                char *text = NULL;        \
                int r = (call);           \
                check(r, text, expected); \
        } while (0)

static void test_parts(void **state) {
        char *instance = (char *)"x";

        CHECK(unit_name_prefix("foo.a@b.service", &text), "foo.a");
        CHECK(unit_name_prefix("foo.service", &text), "foo");
        CHECK(unit_name_prefix("foo", &text), NULL);
        CHECK(unit_name_instance("foo@a.b@c.service", &text), "a.b@c");
        CHECK(unit_name_instance("foo@.service", &text), "");
        assert_int_equal(unit_name_instance("foo.service", &instance), 0);
        assert_null(instance);

        CHECK(unit_name_template("foo@x.service", &text), "foo@.service");
        CHECK(unit_name_template("foo.service", &text), NULL);
        CHECK(unit_name_with_instance("foo@.service", "x", &text), "foo@x.service");
        CHECK(unit_name_with_instance("foo@y.service", "x", &text), "foo@x.service");
        CHECK(unit_name_with_instance("foo@y.service", "", &text), NULL);
        CHECK(unit_name_with_instance("foo@y.service", "a/b", &text), NULL);
        CHECK(unit_name_with_instance("foo.service", "x", &text), NULL);
        CHECK(unit_name_with_type("foo@x.service", UNIT_TIMER, &text), "foo@x.timer");
        CHECK(unit_name_build("foo", NULL, UNIT_SLICE, &text), "foo.slice");
        CHECK(unit_name_build("foo", "b", UNIT_SLICE, &text), "foo@b.slice");
        CHECK(unit_name_build("foo@", "b", UNIT_SLICE, &text), NULL);
}

static void test_escapes(void **state) {
        CHECK(unit_escape("a/b-c d.e", &text), "a-b\\x2dc\\x20d.e");
        CHECK(unit_escape(".hidden\xc3\xa4", &text), "\\x2ehidden\\xc3\\xa4");
        CHECK(unit_escape_undo("a-b\\x2dc\\x20d.e", &text), "a/b-c d.e");
        CHECK(unit_escape_undo("a\\", &text), NULL);
        CHECK(unit_escape_undo("a\\x2", &text), NULL);
        CHECK(unit_escape_undo("a\\n", &text), NULL);
        CHECK(unit_escape_undo("a\\x00b", &text), NULL);

        CHECK(unit_escape_path("/", &text), "-");
        CHECK(unit_escape_path("//home//lost+found/", &text), "home-lost\\x2bfound");
        CHECK(unit_escape_path("/a/../b", &text), NULL);
        CHECK(unit_escape_undo_path("-", &text), "/");
        CHECK(unit_escape_undo_path("home-lost\\x2bfound", &text), "/home/lost+found");
        CHECK(unit_escape_undo_path("-a", &text), NULL);
        CHECK(unit_escape_undo_path("a-", &text), NULL);
        CHECK(unit_escape_undo_path("a-..-b", &text), NULL);
        CHECK(unit_escape_undo_path("", &text), NULL);
}

static void test_paths(void **state) {
        char *path = NULL, long_path[300];

        CHECK(unit_name_from_path("/home", UNIT_MOUNT, &text), "home.mount");
        CHECK(unit_name_from_path("/", UNIT_MOUNT, &text), "-.mount");
        CHECK(unit_name_to_path("home-x.mount", &text), "/home/x");
        memset(long_path, 'a', sizeof(long_path));
        memcpy(long_path + 150, "/", 1);
        long_path[0] = '/';
        long_path[sizeof(long_path) - 1] = '\0';
        assert_int_equal(unit_name_from_path(long_path, UNIT_MOUNT, &path), -ENAMETOOLONG);
        assert_int_equal(unit_name_to_path("a_0123456789abcdef.mount", &path), -ENAMETOOLONG);
        assert_null(path);
}

static void test_complete(void **state) {
        CHECK(unit_name_complete("foo", UNIT_SERVICE, &text), "foo.service");
        CHECK(unit_name_complete("foo.socket", UNIT_SERVICE, &text), "foo.socket");
        CHECK(unit_name_complete("foo@a b", UNIT_SERVICE, &text), "foo@a\\x20b.service");
        CHECK(unit_name_complete("/dev/sda", UNIT_SERVICE, &text), "dev-sda.device");
        CHECK(unit_name_complete("/home/x", UNIT_SERVICE, &text), "home-x.mount");
        CHECK(unit_name_complete("", UNIT_SERVICE, &text), NULL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_kinds),    cmocka_unit_test(test_messages),
                cmocka_unit_test(test_types),    cmocka_unit_test(test_parts),
                cmocka_unit_test(test_escapes),  cmocka_unit_test(test_paths),
                cmocka_unit_test(test_complete),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
