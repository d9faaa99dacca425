/* Protects the order of the sources of a command's environment, and that nothing else gets in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/remove-tree.h"
#include "base/strv.h"
#include "supervisor/exec/environment.h"
#include "supervisor/exec/path-pattern.h"
#include "units/environment.h"

static char place[] = "/tmp/svalinn-test-environment-XXXXXX";

static int set_up(void **state) {
        return mkdtemp(place) ? 0 : -1;
}

static int tear_down(void **state) {
        return remove_tree_at(AT_FDCWD, place);
}

static void write_file(const char *name, const char *text) {
        char path[256];

        snprintf(path, sizeof(path), "%s/%s", place, name);
        assert_int_equal(file_write_atomic_at(AT_FDCWD, path, text, 0644), 0);
}

/* "@" in a value is the place. */
static void assign(Config *c, const char *name, const char *value) {
        char text[512];
        const char *at = strchr(value, '@');
        ParseContext context = { 0 };

        if (at)
                snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - value), value, place, at + 1);
        else
                snprintf(text, sizeof(text), "%s", value);
        assert_int_equal(config_assign(c, SECTION_SERVICE, name, text, &context), 0);
}

static const char *value_of(char *const *environment, const char *name) {
        const char *value = environment_get(environment, name, strlen(name));

        return value ? value : "(not set)";
}

typedef struct Fixture {
        Config config;
        EnvironmentContext context;
        Diag diag;
        char **result;
} Fixture;

static void fixture_done(Fixture *f) {
        config_done(&f->config);
        diag_done(&f->diag);
        strv_free(f->result);
}

static void build(Fixture *f) {
        strv_free(f->result);
        f->result = NULL;
        assert_int_equal(environment_build(&f->config, &f->context, &f->diag, &f->result), 0);
}

static void test_little_by_default(void **state) {
        _cleanup_(fixture_done) Fixture f = { 0 };
        char *caller[] = { (char *)"SECRET=1", (char *)"LANG=C", NULL };

        assert_int_equal(config_init(&f.config), 0);
        f.context.caller = caller;
        build(&f);
        assert_int_equal(strv_length(f.result), 2);
        assert_non_null(value_of(f.result, "SYSTEMD_EXEC_PID"));
        environment_set_exec_pid(f.result, 4711);
        assert_string_equal(value_of(f.result, "SYSTEMD_EXEC_PID"), "4711");
        assert_non_null(
                strstr(value_of(f.result, "PATH"), "/usr/local/sbin:/usr/local/bin:/usr/sbin:"));
}

static void test_later_sources_win(void **state) {
        _cleanup_(fixture_done) Fixture f = { 0 };
        char *caller[] = { (char *)"A=caller", (char *)"B=caller", (char *)"C=caller",
                           (char *)"D=caller", (char *)"E=caller", NULL };
        char *extra[] = { (char *)"D=extra", NULL };

        assert_int_equal(config_init(&f.config), 0);
        f.context.caller = caller;
        f.context.extra = extra;
        f.context.invocation_id = "0123";
        f.context.main_pid = 42;
        assign(&f.config, "PassEnvironment", "A B C D NOT");
        assign(&f.config, "Environment", "B=unit C=unit D=unit INVOCATION_ID=unit \"S=a b\"");
        write_file("file", "C=file\nD=file\n");
        assign(&f.config, "EnvironmentFile", "@/file");
        build(&f);
        assert_string_equal(value_of(f.result, "A"), "caller");
        assert_string_equal(value_of(f.result, "B"), "unit");
        assert_string_equal(value_of(f.result, "C"), "file");
        assert_string_equal(value_of(f.result, "D"), "extra");
        assert_string_equal(value_of(f.result, "E"), "(not set)");
        assert_string_equal(value_of(f.result, "NOT"), "(not set)");
        assert_string_equal(value_of(f.result, "S"), "a b");
        assert_string_equal(value_of(f.result, "INVOCATION_ID"), "unit");
        assert_string_equal(value_of(f.result, "MAINPID"), "42");
}

static void test_unset_comes_last(void **state) {
        _cleanup_(fixture_done) Fixture f = { 0 };

        assert_int_equal(config_init(&f.config), 0);
        assign(&f.config, "Environment", "A=1 AB=1 B=1 C=1 D=1=2");
        assign(&f.config, "UnsetEnvironment", "A B=2 C=1 D=1 PATH");
        build(&f);
        assert_string_equal(value_of(f.result, "A"), "(not set)");
        assert_string_equal(value_of(f.result, "AB"), "1");
        assert_string_equal(value_of(f.result, "B"), "1");
        assert_string_equal(value_of(f.result, "C"), "(not set)");
        assert_string_equal(value_of(f.result, "D"), "1=2");
        assert_string_equal(value_of(f.result, "PATH"), "(not set)");
}

static void test_search_path(void **state) {
        _cleanup_(fixture_done) Fixture f = { 0 };
        char path[256];

        assert_int_equal(config_init(&f.config), 0);
        assign(&f.config, "RootDirectory", "@");
        snprintf(path, sizeof(path), "%s/bin", place);
        assert_int_equal(mkdir(path, 0755), 0);
        build(&f);
        assert_string_equal(value_of(f.result, "PATH"),
                            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        assert_int_equal(rmdir(path), 0);
        assert_int_equal(symlink("usr/bin", path), 0);
        build(&f);
        assert_string_equal(value_of(f.result, "PATH"),
                            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin");
        assign(&f.config, "ExecSearchPath", "/opt/a:/opt/b");
        build(&f);
        assert_string_equal(value_of(f.result, "PATH"), "/opt/a:/opt/b");
        assign(&f.config, "Environment", "PATH=/mine");
        build(&f);
        assert_string_equal(value_of(f.result, "PATH"), "/mine");
}

static void test_user_and_directories(void **state) {
        static const char *const base[DIRECTORY_BASES] = { "/run", "/var/lib", "/var/cache",
                                                           "/var/log", "/etc" };
        _cleanup_(fixture_done) Fixture f = { 0 };
        Identity i = { .changes = true,
                       .user = (char *)"joe",
                       .home = (char *)"/home/joe",
                       .shell = (char *)"/usr/sbin/nologin" };

        assert_int_equal(config_init(&f.config), 0);
        f.context.identity = &i;
        f.context.base = base;
        assign(&f.config, "StateDirectory", "a/b c");
        assign(&f.config, "ConfigurationDirectory", "d");
        build(&f);
        assert_string_equal(value_of(f.result, "USER"), "joe");
        assert_string_equal(value_of(f.result, "LOGNAME"), "joe");
        assert_string_equal(value_of(f.result, "HOME"), "/home/joe");
        assert_string_equal(value_of(f.result, "SHELL"), "(not set)");
        assert_string_equal(value_of(f.result, "STATE_DIRECTORY"), "/var/lib/a/b:/var/lib/c");
        assert_string_equal(value_of(f.result, "CONFIGURATION_DIRECTORY"), "/etc/d");
        assert_string_equal(value_of(f.result, "RUNTIME_DIRECTORY"), "(not set)");
        i.changes = false;
        build(&f);
        assert_string_equal(value_of(f.result, "USER"), "(not set)");
}

static void test_files_that_are_missing(void **state) {
        _cleanup_(fixture_done) Fixture f = { 0 };
        char **result = NULL;

        assert_int_equal(config_init(&f.config), 0);
        assign(&f.config, "EnvironmentFile", "-@/none");
        assign(&f.config, "EnvironmentFile", "-@/none*");
        build(&f);
        assert_int_equal(f.diag.n, 0);
        assign(&f.config, "EnvironmentFile", "@/none");
        assert_int_equal(environment_build(&f.config, &f.context, &f.diag, &result), -ENOENT);
        assert_int_equal(f.diag.n, 1);
        assert_string_equal(f.diag.entries[0].directive, "EnvironmentFile");
        assert_null(result);
        assign(&f.config, "EnvironmentFile", "");
        assign(&f.config, "EnvironmentFile", "@");
        assert_true(environment_build(&f.config, &f.context, &f.diag, &result) < 0);
}

static void test_patterns(void **state) {
        _cleanup_(fixture_done) Fixture f = { 0 };
        char path[256];

        assert_int_equal(config_init(&f.config), 0);
        for (int i = 0; i < 3; i++) {
                static const char *const names[] = { "d1", "d2", ".d3" };

                snprintf(path, sizeof(path), "%s/%s", place, names[i]);
                assert_int_equal(mkdir(path, 0755), 0);
        }
        write_file("d1/b.conf", "X=d1b\nY=d1b\n");
        write_file("d1/a.conf", "X=d1a\nZ=d1a\n");
        write_file("d2/a.conf", "X=d2a\n");
        write_file(".d3/a.conf", "X=hidden\n");
        write_file("d2/other", "X=other\n");
        assign(&f.config, "EnvironmentFile", "@/*/[ab].conf");
        build(&f);
        assert_string_equal(value_of(f.result, "X"), "d2a");
        assert_string_equal(value_of(f.result, "Y"), "d1b");
        assert_string_equal(value_of(f.result, "Z"), "d1a");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_little_by_default),
                cmocka_unit_test(test_later_sources_win),
                cmocka_unit_test(test_unset_comes_last),
                cmocka_unit_test(test_search_path),
                cmocka_unit_test(test_user_and_directories),
                cmocka_unit_test(test_files_that_are_missing),
                cmocka_unit_test(test_patterns),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
