/* Protects the meaning of SystemCallFilter=: what lists, groups and "~" come to, and their text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strv.h"
#include "base/text.h"
#include "units/syscall-filter.h"
#include "units/syscall-group.h"

enum { ABSENT = -2 };

/* The action that F has for NAME, or ABSENT. */
static int action_of(const SyscallFilter *f, const char *name) {
        _cleanup_free_ SyscallChoice *choices = NULL;
        size_t n;

        assert_int_equal(syscall_filter_expand(f, true, &choices, &n), 0);
        for (size_t i = 0; i < n; i++)
                if (text_eq(choices[i].name, name))
                        return choices[i].action;
        return ABSENT;
}

static void parse(SyscallFilter *f, const char *value) {
        _cleanup_(diag_done) Diag diag = { 0 };

        assert_int_equal(syscall_filter_parse(f, value, &diag), 0);
        assert_int_equal(diag.n, 0);
}

static void test_names_are_sorted(void **state) {
        for (int i = 1; i < SYSCALL_COUNT; i++)
                assert_true(strcmp(syscall_name_of((SyscallId)(i - 1)),
                                   syscall_name_of((SyscallId)i)) < 0);
        assert_int_equal(syscall_name_find("read"), SYSCALL_read);
        assert_int_equal(syscall_name_find("writev"), SYSCALL_writev);
        assert_int_equal(syscall_name_find("_llseek"), SYSCALL__llseek);
        assert_int_equal(syscall_name_find("rea"), SYSCALL_NONE);
        assert_int_equal(syscall_name_find(""), SYSCALL_NONE);
        assert_string_equal(syscall_name_nearest("opneat"), "openat");
        assert_null(syscall_name_nearest("entirely-else"));
}

static void check_depth(const SyscallGroup *g, unsigned depth) {
        assert_true(depth < syscall_group_count);
        for (size_t i = 0; i < g->n; i++) {
                SyscallId id = SYSCALL_NONE;
                const SyscallGroup *nested = syscall_group_member(g, i, &id);

                if (nested)
                        check_depth(nested, depth + 1);
                else
                        assert_true(id >= 0 && id < SYSCALL_COUNT);
        }
}

static void test_groups(void **state) {
        SyscallSet set = { 0 };

        for (size_t i = 0; i < syscall_group_count; i++) {
                check_depth(&syscall_group_table[i], 0);
                assert_int_equal(syscall_group_table[i].name[0], '@');
                assert_true(strlen(syscall_group_table[i].text) > 10);
                if (i > 0)
                        assert_true(strcmp(syscall_group_table[i - 1].name,
                                           syscall_group_table[i].name) < 0);
        }
        syscall_group_collect(syscall_group_find("@privileged"), &set);
        assert_true(syscall_set_has(&set, SYSCALL_bpf));
        assert_true(syscall_set_has(&set, SYSCALL_fchownat)); /* by @chown */
        assert_false(syscall_set_has(&set, SYSCALL_read));
        assert_null(syscall_group_find("@privilege"));
        assert_string_equal(syscall_group_nearest("@privilege")->name, "@privileged");

        set = (SyscallSet){ 0 };
        syscall_group_collect(syscall_group_find("@known"), &set);
        for (int i = 0; i < SYSCALL_COUNT; i++)
                assert_true(syscall_set_has(&set, (SyscallId)i));
}

static void test_allow_list(void **state) {
        _cleanup_(syscall_filter_done) SyscallFilter f = { 0 };

        parse(&f, "@system-service");
        parse(&f, "~@privileged @resources chroot:ENOSYS reboot:kill ptrace:0");
        assert_true(f.set && f.allow_list);
        assert_int_equal(action_of(&f, "read"), SYSCALL_ACTION_DEFAULT);
        assert_int_equal(action_of(&f, "fchownat"), ABSENT);
        assert_int_equal(action_of(&f, "nice"), ABSENT);
        assert_int_equal(action_of(&f, "chroot"), ENOSYS);
        assert_int_equal(action_of(&f, "reboot"), SYSCALL_ACTION_KILL);
        assert_int_equal(action_of(&f, "ptrace"), 0);
        parse(&f, "nice");
        assert_int_equal(action_of(&f, "nice"), SYSCALL_ACTION_DEFAULT);
        assert_int_equal(action_of(&f, "execve"), SYSCALL_ACTION_DEFAULT);
        parse(&f, "~execve"); /* even what @default brought can be taken off */
        assert_int_equal(action_of(&f, "execve"), ABSENT);
        parse(&f, "");
        assert_false(f.set);
        assert_int_equal(f.n, 0);
}

static void test_deny_list(void **state) {
        _cleanup_(syscall_filter_done) SyscallFilter f = { 0 };

        parse(&f, "~@swap swapon:EPERM sync:EWOULDBLOCK");
        assert_true(f.set && !f.allow_list);
        assert_int_equal(action_of(&f, "swapoff"), SYSCALL_ACTION_DEFAULT);
        assert_int_equal(action_of(&f, "swapon"), EPERM);
        assert_int_equal(action_of(&f, "sync"), EAGAIN);
        assert_int_equal(action_of(&f, "execve"), ABSENT);
        parse(&f, "swapon @file-system");
        assert_int_equal(action_of(&f, "swapon"), ABSENT);
        assert_int_equal(action_of(&f, "swapoff"), SYSCALL_ACTION_DEFAULT);
        parse(&f, "~swapon");
        assert_int_equal(action_of(&f, "swapon"), SYSCALL_ACTION_DEFAULT);
}

/* VALUE gives RESULT, and the last remark holds EXPECTED. */
static void check_remark(const char *value, int result, const char *expected) {
        _cleanup_(syscall_filter_done) SyscallFilter f = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };

        assert_int_equal(syscall_filter_parse(&f, value, &diag), result);
        assert_int_equal(diag.n, 1);
        if (!strstr(diag.entries[0].message, expected))
                fail_msg("\"%s\" does not hold \"%s\"", diag.entries[0].message, expected);
        assert_int_equal(diag.entries[0].level, result < 0 ? DIAG_ERROR : DIAG_WARNING);
        assert_true(f.set);
        assert_int_equal(action_of(&f, "read"), SYSCALL_ACTION_DEFAULT); /* the rest stays */
}

static void test_remarks(void **state) {
        check_remark("read opennat", 0, "did you mean openat?");
        check_remark("read no_such_thing_here", 0, "\"no_such_thing_here\" is not known");
        check_remark("@sistem-service read", -EINVAL, "did you mean @system-service?");
        check_remark("read @", -EINVAL, "group \"@\"");
        check_remark("read write:EPERM", -EINVAL, "write \"~write:EPERM\"");
        check_remark("~read write:EPREM", -EINVAL, "\"EPREM\" is no error");
        check_remark("~read write:4096", -EINVAL, "\"4096\" is no error");
        check_remark("~read write:", -EINVAL, "\"\" is no error");
        check_remark("~read :EPERM", -EINVAL, "\"\" is no system call");
}

static void check_text(const char *const *values, const char *const *expected) {
        _cleanup_(syscall_filter_done) SyscallFilter f = { 0 }, again = { 0 };
        _cleanup_strv_ char **formatted = NULL;

        for (; *values; values++)
                syscall_filter_parse(&f, *values, NULL);
        assert_int_equal(syscall_filter_format(&f, &formatted), 0);
        if (!strv_equal(formatted, (char *const *)expected))
                fail_msg("\"%s\" is not \"%s\"", formatted ? formatted[0] : "", expected[0]);
        STRV_FOREACH(value, formatted)
                assert_int_equal(syscall_filter_parse(&again, *value, NULL), 0);
        assert_true(syscall_filter_equal(&f, &again));
}

#define TEXTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_format(void **state) {
        check_text(TEXTS("@aio read", "write", "~fsync:EPERM\t sync:99 mount:kill", "dup"),
                   TEXTS("@aio read write", "~fsync:EPERM sync:EADDRNOTAVAIL mount:kill", "dup"));
        check_text(TEXTS("~nice:200 reboot:0"), TEXTS("~nice:200 reboot:0"));
        check_text(TEXTS("@default", "dup"), TEXTS("@default dup"));
        check_text(TEXTS("~"), TEXTS("~"));
        check_text(TEXTS("@nonsense", "~read"), TEXTS("@default", "~read"));
        check_text(TEXTS("~@nonsense", "read"), TEXTS("~", "read"));
        check_text(TEXTS("read", ""), (const char *const[]){ NULL });
}

static void test_unknown_names_are_kept(void **state) {
        _cleanup_(syscall_filter_done) SyscallFilter f = { 0 };

        assert_int_equal(syscall_filter_parse(&f, "call_of_2030 call_of_2031", NULL), 0);
        assert_int_equal(syscall_filter_parse(&f, "~call_of_2031", NULL), 0);
        assert_int_equal(action_of(&f, "call_of_2030"), SYSCALL_ACTION_DEFAULT);
        assert_int_equal(action_of(&f, "call_of_2031"), ABSENT);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_are_sorted),
                cmocka_unit_test(test_groups),
                cmocka_unit_test(test_allow_list),
                cmocka_unit_test(test_deny_list),
                cmocka_unit_test(test_remarks),
                cmocka_unit_test(test_format),
                cmocka_unit_test(test_unknown_names_are_kept),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
