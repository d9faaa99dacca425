/* Protects the answers to ConditionX= and AssertX=, where a wrong one starts a unit that must not
 * run, or leaves one out: systemd.unit(5). */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "units/condition-tests.h"
#include "units/config.h"
#include "units/types.h"

static char directory[PATH_MAX];

/* LINES of [Unit], with "$" for the directory. */
static bool hold(const char *lines) {
        static const ConditionFacts facts = { .controllers = "cpu memory pids",
                                              .credentials = directory };
        _cleanup_(config_done) Config c;
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *text = NULL;

        strbuf_add(&b, "[Unit]\n");
        for (const char *at = lines; *at; at++) {
                if (*at == '$')
                        strbuf_add(&b, directory);
                else
                        strbuf_add_char(&b, *at);
        }
        assert_int_equal(strbuf_take(&b, &text), 0);
        assert_int_equal(config_init(&c), 0);
        assert_int_equal(config_parse_text(&c, "test", text, strlen(text), &(ParseContext){ 0 }),
                         0);
        return condition_list_holds(&c.conditions, &facts, NULL);
}

/* The results, one by one, and what is said of the last that does not hold. */
static void expect_results(const char *lines, const char *results, const char *said) {
        _cleanup_(diag_done) Diag diag = { 0 }, notes = { 0 };
        _cleanup_(config_done) Config c;
        _cleanup_free_ char *line = NULL;
        char found[16];

        assert_int_equal(config_init(&c), 0);
        assert_int_equal(config_parse_text(&c, "a.service", lines, strlen(lines),
                                           &(ParseContext){ .diag = &diag }),
                         0);
        assert_true(c.conditions.n < sizeof(found));
        assert_int_equal(condition_list_test(&c.conditions, &(ConditionFacts){ 0 }, found, &notes),
                         !said);
        assert_string_equal(found, results);
        if (!said)
                return;
        assert_true(notes.n > 0);
        assert_int_equal(diag_entry_format(&notes.entries[notes.n - 1], &line), 0);
        assert_string_equal(line, said);
}

static void test_results(void **unused) {
        expect_results("[Unit]\nConditionPathExists=/\n", "+", NULL);
        expect_results("[Unit]\nConditionPathExists=/\nConditionPathExists=!/\nConditionHost=x\n",
                       "+-?", "a.service:3: ConditionPathExists=!/ does not hold");
        expect_results("[Unit]\nConditionPathExists=|!/\nConditionPathExists=|/\n"
                       "ConditionPathExists=|/etc\nConditionPathExists=/proc\n",
                       "-+?+", NULL);
}

static void test_lists(void **unused) {
        assert_true(hold(""));
        assert_true(hold("ConditionPathExists=/\nConditionPathExists=!/nosuch"));
        assert_false(hold("ConditionPathExists=/\nConditionPathExists=/nosuch"));
        assert_true(hold("ConditionPathExists=|/nosuch\nConditionPathExists=|/"));
        assert_false(hold("ConditionPathExists=|/nosuch\nConditionPathExists=|!/"));
        assert_false(hold("ConditionPathExists=|/\nConditionPathExists=/nosuch"));
        assert_true(hold("ConditionPathExists=|!/nosuch"));
        assert_true(hold("ConditionPathExists=/nosuch\nConditionPathExists="));
}

static void test_paths(void **unused) {
        assert_true(hold("ConditionPathExistsGlob=$/fu*"));
        assert_false(hold("ConditionPathExistsGlob=$/nosuch*"));
        assert_true(hold("ConditionPathIsDirectory=$"));
        assert_false(hold("ConditionPathIsDirectory=$/full"));
        assert_true(hold("ConditionPathIsSymbolicLink=$/link"));
        assert_false(hold("ConditionPathIsSymbolicLink=$/full"));
        assert_true(hold("ConditionPathIsMountPoint=/proc"));
        assert_false(hold("ConditionPathIsMountPoint=$"));
        assert_true(hold("ConditionPathIsReadWrite=$"));
        assert_false(hold("ConditionPathIsReadWrite=/nosuch"));
        assert_false(hold("ConditionPathIsEncrypted=/proc"));
        assert_true(hold("ConditionDirectoryNotEmpty=$"));
        assert_false(hold("ConditionDirectoryNotEmpty=$/none"));
        assert_true(hold("ConditionFileNotEmpty=$/full"));
        assert_false(hold("ConditionFileNotEmpty=$/empty"));
        assert_false(hold("ConditionFileNotEmpty=$"));
        assert_true(hold("ConditionFileIsExecutable=/bin/sh"));
        assert_false(hold("ConditionFileIsExecutable=$/full"));
}

static void test_machine(void **unused) {
        char name[HOST_NAME_MAX + 1], line[HOST_NAME_MAX + 64];

        assert_int_equal(gethostname(name, sizeof(name)), 0);
        snprintf(line, sizeof(line), "ConditionHost=%.3s*", name);
        assert_true(hold(line));
        assert_false(hold("ConditionHost=nosuch-host"));
        assert_true(hold("ConditionArchitecture=native"));
        assert_false(hold("ConditionArchitecture=s390"));
        assert_true(hold("ConditionMemory=>1M\nConditionMemory=1M\nConditionMemory=<1000000G"));
        assert_false(hold("ConditionMemory=<1M"));
        assert_true(hold("ConditionCPUs=>=1\nConditionCPUs=1\nConditionCPUs=<100000"));
        assert_false(hold("ConditionCPUs=<1"));
        assert_false(hold("ConditionCPUFeature=nosuch"));
        assert_true(hold("ConditionMemoryPressure=100%"));
        assert_true(hold("ConditionCPUPressure=100%/10s"));
        assert_true(hold("ConditionIOPressure=100%/1min"));
        assert_false(hold("ConditionIOPressure=100%/7s"));
        assert_int_not_equal(hold("ConditionVirtualization=yes"),
                             hold("ConditionVirtualization=no"));
        assert_int_not_equal(hold("ConditionACPower=yes"), hold("ConditionACPower=no"));
        assert_int_not_equal(hold("ConditionFirstBoot=yes"), hold("ConditionFirstBoot=no"));
        assert_false(hold("ConditionFirmware=device-tree-compatible(nosuch)"));
}

static void test_kernel(void **unused) {
        assert_true(hold("ConditionKernelVersion=>=4.0\nConditionKernelVersion=>= 4.0 <1000"));
        assert_false(hold("ConditionKernelVersion=<4.0"));
        assert_true(hold("ConditionKernelVersion=[0-9]*"));
        assert_true(hold("ConditionVersion=glibc >= 2.10\nConditionVersion=systemd >=200"));
        assert_false(hold("ConditionKernelCommandLine=nosuch-word"));
        assert_true(hold("ConditionControlGroupController=cpu pids"));
        assert_false(hold("ConditionControlGroupController=cpu io"));
        assert_false(hold("ConditionControlGroupController=cp"));
        assert_true(hold("ConditionControlGroupController=v2"));
        assert_false(hold("ConditionControlGroupController=v1"));
        assert_false(hold("ConditionSecurity=smack"));
        assert_false(hold("ConditionOSRelease=ID=nosuch"));
        assert_true(hold("ConditionOSRelease=ID!=nosuch"));
}

static void test_self(void **unused) {
        char line[64];

        assert_int_equal(setenv("SVALINN_TEST", "value", 1), 0);
        assert_true(hold("ConditionEnvironment=SVALINN_TEST"));
        assert_true(hold("ConditionEnvironment=SVALINN_TEST=value"));
        assert_false(hold("ConditionEnvironment=SVALINN_TEST=val"));
        assert_false(hold("ConditionEnvironment=SVALINN_TES"));
        assert_true(hold("ConditionCredential=full"));
        assert_false(hold("ConditionCredential=nosuch"));
        snprintf(line, sizeof(line), "ConditionUser=%u\nConditionGroup=%u", getuid(), getgid());
        assert_true(hold(line));
        assert_false(hold("ConditionUser=65432"));
        assert_false(hold("ConditionUser=no-such-user"));
        assert_false(hold("ConditionGroup=65432"));
        if (getuid() == 0)
                assert_true(hold("ConditionUser=root\nConditionUser=@system\nConditionGroup=root"));
}

static void test_versions(void **unused) {
        /* ascending */
        static const char *const versions[] = { "~1",  "",     "1~rc1",  "1", "1-1", "1^1", "1.0",
                                                "1.2", "1.10", "1.10.1", "2", "2a",  "2b",  "10" };

        for (size_t i = 0; i < ARRAY_SIZE(versions); i++)
                for (size_t j = 0; j < ARRAY_SIZE(versions); j++) {
                        int r = condition_compare_versions(versions[i], versions[j]);

                        assert_int_equal((r > 0) - (r < 0), (i > j) - (i < j));
                }
        assert_int_equal(condition_compare_versions("1.02", "1.2"), 0);
}

/* Whatever can be written can be asked. */
static void test_every_condition_is_known(void **unused) {
        static const ConditionFacts facts = { 0 };

        DIRECTIVE_FOREACH(d) {
                char argument[] = "yes";
                const ConditionSetting c = { .directive = d, .argument = argument };

                if (d->type == &type_conditions)
                        assert_int_not_equal(condition_test(&c, &facts), -EOPNOTSUPP);
        }
}

static int make(void **unused) {
        char path[PATH_MAX + 16];

        snprintf(directory, sizeof(directory), "%s/svalinn-XXXXXX",
                 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
        if (!mkdtemp(directory))
                return -1;
        snprintf(path, sizeof(path), "%s/none", directory);
        if (mkdir(path, 0755) < 0)
                return -1;
        snprintf(path, sizeof(path), "%s/link", directory);
        if (symlink("nosuch", path) < 0)
                return -1;
        snprintf(path, sizeof(path), "%s/full", directory);
        if (file_write_atomic_at(-1, path, "text", 0644) < 0)
                return -1;
        snprintf(path, sizeof(path), "%s/empty", directory);
        return file_write_atomic_at(-1, path, "", 0644);
}

static int clean(void **unused) {
        static const char *const names[] = { "none", "link", "full", "empty" };
        char path[PATH_MAX + 16];

        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
                if (remove(path) < 0)
                        return -1;
        }
        return rmdir(directory);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lists),    cmocka_unit_test(test_results),
                cmocka_unit_test(test_paths),    cmocka_unit_test(test_machine),
                cmocka_unit_test(test_kernel),   cmocka_unit_test(test_self),
                cmocka_unit_test(test_versions), cmocka_unit_test(test_every_condition_is_known),
        };

        return cmocka_run_group_tests(tests, make, clean);
}
