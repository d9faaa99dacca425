/*
 * Protects what each specifier stands for, that files are read in the given
 * root and only when a specifier needs them, and what is said where one cannot
 * be had.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/text.h"
#include "units/architecture.h"
#include "units/specifier.h"

typedef struct Case {
        const char *text;
        const char *expanded;
} Case;

static void check(const SpecifierContext *s, const Case *cases, size_t n) {
        for (size_t i = 0; i < n; i++) {
                _cleanup_(diag_done) Diag diag = { 0 };
                _cleanup_free_ char *expanded = NULL;

                assert_int_equal(specifier_expand(s, cases[i].text, &diag, &expanded), 0);
                assert_string_equal(expanded, cases[i].expanded);
                assert_int_equal(diag.n, 0);
        }
}

static void check_refused(const SpecifierContext *s, const char *text, int error,
                          const char *message) {
        _cleanup_(diag_done) Diag diag = { 0 };
        char *expanded = NULL;

        assert_int_equal(specifier_expand(s, text, &diag, &expanded), error);
        assert_null(expanded);
        assert_int_equal(diag.n, 1);
        assert_non_null(strstr(diag.entries[0].message, message));
}

static void test_names(void **state) {
        static const SpecifierContext s = { .unit = "my-fo\\x20o@a-b\\x2dc.service" };
        static const SpecifierContext plain = { .unit = "var-lib.mount" };
        static const Case cases[] = {
                { "%n", "my-fo\\x20o@a-b\\x2dc.service" },
                { "%N", "my-fo\\x20o@a-b\\x2dc" },
                { "%p", "my-fo\\x20o" },
                { "%P", "my/fo o" },
                { "%i", "a-b\\x2dc" },
                { "%I", "a/b-c" },
                { "%j", "fo\\x20o" },
                { "%J", "fo o" },
                { "%f", "/a/b-c" },
                { "%d", "/run/credentials/my-fo\\x20o@a-b\\x2dc.service" },
                { "<%i%i>", "<a-b\\x2dca-b\\x2dc>" },
        };
        static const Case plain_cases[] = {
                { "%n %N %p", "var-lib.mount var-lib var-lib" },
                { "%i%I|%j", "|lib" },
                { "%f", "/var/lib" },
        };

        check(&s, cases, ARRAY_SIZE(cases));
        check(&plain, plain_cases, ARRAY_SIZE(plain_cases));
}

static void test_percent(void **state) {
        static const SpecifierContext s = { 0 };
        static const Case cases[] = {
                { "", "" },      { "%%", "%" },    { "%", "%" },     { "50%, %", "50%, %" },
                { "%%n", "%n" }, { "%%%%", "%%" }, { "% n", "% n" },
        };
        static const Case without[] = { { "%n %% %1", "%n % %1" }, { "%", "%" } };
        _cleanup_free_ char *escaped = NULL, *back = NULL;

        check(&s, cases, ARRAY_SIZE(cases));
        check(NULL, without, ARRAY_SIZE(without));
        assert_int_equal(specifier_escape("%n 5%%", &escaped), 0);
        assert_string_equal(escaped, "%%n 5%%%%");
        assert_int_equal(specifier_expand(&s, escaped, NULL, &back), 0);
        assert_string_equal(back, "%n 5%%");
}

static void test_refused(void **state) {
        static const SpecifierContext nothing = { 0 };
        static const SpecifierContext odd = { .unit = "a@b\\xZZ.service" };
        static const SpecifierContext user = { .user_instance = true, .uid = 1000 };

        check_refused(&nothing, "a %Z", -EBADSLT, "no specifier %Z");
        check_refused(&nothing, "%0", -EBADSLT, "\"%%\" for a percent sign");
        check_refused(&nothing, "%n", -ENXIO, "no unit here");
        check_refused(&nothing, "%y", -ENXIO, "not read from one");
        check_refused(&odd, "%I", -EINVAL, "systemd-escape(1)");
        unsetenv("XDG_RUNTIME_DIR");
        check_refused(&user, "%t", -ENXIO, "$XDG_RUNTIME_DIR");
        check_refused(&user, "%h", -ENXIO, "home directory");
        check_refused(&user, "%s", -ENXIO, "shell");
}

static void test_owner(void **state) {
        static const SpecifierContext root = { 0 };
        static const SpecifierContext user = { .user_instance = true,
                                               .uid = 1000,
                                               .gid = 100,
                                               .user_name = "ann",
                                               .home = "/home/ann",
                                               .shell = "/bin/zsh" };
        static const Case root_cases[] = {
                { "%u %U %g %G", "root 0 root 0" },
                { "%h %s", "/root /bin/sh" },
                { "%C %E %L %S %t", "/var/cache /etc /var/log /var/lib /run" },
        };
        static const Case user_cases[] = {
                { "%u %U %g %G", "ann 1000 100 100" },
                { "%h %s", "/home/ann /bin/zsh" },
                { "%C", "/home/ann/.cache" },
                { "%E %S", "/home/ann/.config /home/ann/.local/state" },
                { "%L", "/home/ann/.local/state/log" },
                { "%t", "/run/user/1000" },
        };
        static const Case set_cases[] = { { "%S %L %C %E", "/s /s/log /k /c" } };

        check(&root, root_cases, ARRAY_SIZE(root_cases));
        unsetenv("XDG_CONFIG_HOME");
        unsetenv("XDG_CACHE_HOME");
        unsetenv("XDG_STATE_HOME");
        setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
        check(&user, user_cases, ARRAY_SIZE(user_cases));
        setenv("XDG_CONFIG_HOME", "/c", 1);
        setenv("XDG_CACHE_HOME", "/k", 1);
        setenv("XDG_STATE_HOME", "/s", 1);
        check(&user, set_cases, ARRAY_SIZE(set_cases));
        unsetenv("XDG_CONFIG_HOME");
        unsetenv("XDG_CACHE_HOME");
        unsetenv("XDG_STATE_HOME");
}

static void test_system(void **state) {
        static const SpecifierContext s = { 0 };
        _cleanup_free_ char *boot = NULL;
        char text[512], wanted[512];
        struct utsname u;

        assert_int_equal(uname(&u), 0);
        snprintf(text, sizeof(text), "%%a %%v %%H %%l");
        snprintf(wanted, sizeof(wanted), "%s %s %s %.*s", architecture_name(u.machine), u.release,
                 u.nodename, (int)strcspn(u.nodename, "."), u.nodename);
        check(&s, &(Case){ text, wanted }, 1);
        assert_string_equal(architecture_name("x86_64"), "x86-64");
        assert_string_equal(architecture_name("aarch64"), "arm64");
        assert_string_equal(architecture_name("riscv64"), "riscv64");

        assert_int_equal(specifier_expand(&s, "%b", NULL, &boot), 0);
        assert_int_equal(strlen(boot), 32);

        unsetenv("TMPDIR");
        unsetenv("TEMP");
        unsetenv("TMP");
        check(&s, &(Case){ "%T %V", "/tmp /var/tmp" }, 1);
        setenv("TMP", "/somewhere", 1);
        check(&s, &(Case){ "%T %V", "/somewhere /somewhere" }, 1);
        setenv("TMP", "relative", 1);
        check(&s, &(Case){ "%T %V", "/tmp /var/tmp" }, 1);
        unsetenv("TMP");
}

static char root_path[] = "/tmp/test-specifier-XXXXXX";
static int root_fd = -EBADF;

static void write_in_root(const char *path, const char *text) {
        assert_int_equal(file_write_atomic_at(root_fd, path, text, 0644), 0);
}

static int make_root(void **state) {
        if (!mkdtemp(root_path))
                return -1;
        root_fd = open(root_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (root_fd < 0 || mkdirat(root_fd, "etc", 0755) < 0)
                return -1;
        return 0;
}

static int remove_root(void **state) {
        static const char *const names[] = { "etc/machine-id", "etc/machine-info", "etc/real",
                                             "etc/os-release", "etc/link" };

        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                unlinkat(root_fd, names[i], 0);
        unlinkat(root_fd, "etc", AT_REMOVEDIR);
        fd_close(root_fd);
        return rmdir(root_path);
}

static void test_files_in_root(void **state) {
        const SpecifierContext s = { .unit = "a.service",
                                     .fragment_path = "/etc/link",
                                     .root_fd = root_fd };
        static const Case cases[] = {
                { "%m", "0123456789abcdef0123456789abcdef" },
                { "%o %w", "svalinn 1.2" },
                { "%A|%B|%M|%W", "7||image|" },
                { "%q", "Ann's box" },
                { "%y in %Y", "/etc/real in /etc" },
        };

        check(&s, &(Case){ "%n", "a.service" }, 1); /* nothing is there yet, and nothing is read */
        check_refused(&s, "%m", -ENOENT, "%m needs /etc/machine-id: No such file");
        check_refused(&s, "%o", -ENOENT, "/etc/os-release");
        check_refused(&s, "%y", -ENOENT, "/etc/link");
        write_in_root("etc/machine-id", "uninitialized\n");
        check_refused(&s, "%m", -EUCLEAN, "no valid id");

        write_in_root("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
        write_in_root("etc/os-release", "ID=svalinn\nVERSION_ID=\"1.2\"\nIMAGE_ID=image\n"
                                        "IMAGE_VERSION=7\n");
        write_in_root("etc/machine-info", "PRETTY_HOSTNAME=\"Ann's box\"\n");
        write_in_root("etc/real", "");
        assert_int_equal(symlinkat("/etc/real", root_fd, "etc/link"), 0);
        check(&s, cases, ARRAY_SIZE(cases));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_percent),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_owner),
                cmocka_unit_test(test_system),
                cmocka_unit_test_setup_teardown(test_files_in_root, make_root, remove_root),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
