/* Protects how settings are assigned: one wrong line loses nothing, resets reset, messages name the
 * place and what would be right, and the canonical text says the same as the settings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>

#include "base/strv.h"
#include "base/text.h"
#include "units/config.h"

typedef struct Fixture {
        Config config;
        Diag diag;
        ParseContext context;
} Fixture;

static int set_up(void **state) {
        Fixture *f = calloc(1, sizeof(*f));

        if (!f || config_init(&f->config) < 0)
                return -1;
        f->context.diag = &f->diag;
        *state = f;
        return 0;
}

static int tear_down(void **state) {
        Fixture *f = *state;

        config_done(&f->config);
        diag_done(&f->diag);
        free(f);
        return 0;
}

static int assign(Fixture *f, unsigned section, const char *name, const char *value) {
        return config_assign(&f->config, section, name, value, &f->context);
}

static int parse(Fixture *f, const char *text) {
        return config_parse_text(&f->config, "x.service", text, strlen(text), &f->context);
}

/* The last message holds PART. */
static void expect_message(const Fixture *f, const char *part) {
        _cleanup_free_ char *text = NULL;

        assert_true(f->diag.n > 0);
        assert_int_equal(diag_entry_format(&f->diag.entries[f->diag.n - 1], &text), 0);
        if (!strstr(text, part))
                fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static bool is_assigned(const Fixture *f, unsigned section, const char *name) {
        return config_is_assigned(&f->config, directive_find(section, name));
}

static void test_defaults_are_those_of_the_manual(void **state) {
        const Config *c = &((Fixture *)*state)->config;

        assert_int_equal(c->umask, 0022);
        assert_int_equal(c->kill_signal, SIGTERM);
        assert_int_equal(c->timeout_stop_sec, 90 * 1000000);
        assert_int_equal(c->state_directory_mode, 0755);
        assert_true(c->ignore_sigpipe && c->default_dependencies && c->send_sigkill);
        assert_true(c->runtime_max_sec == SETTING_INFINITY);
        assert_int_equal(c->private_tmp, PRIVATE_TMP_NO);
        assert_int_equal(c->cpu_weight, 100);
        assert_null(c->user);
}

static void test_assignments_arrive(void **state) {
        Fixture *f = *state;

        assert_int_equal(assign(f, SECTION_SERVICE, "PrivateTmp", "disconnected"), 0);
        assert_int_equal(assign(f, SECTION_SERVICE, "ReadOnlyDirectories", "-/etc /usr"), 0);
        assert_int_equal(assign(f, SECTION_SERVICE, "TimeoutSec", "5"), 0);
        assert_int_equal(assign(f, SECTION_UNIT, "Wants", "a.service"), 0);
        assert_int_equal(assign(f, SECTION_UNIT, "Wants", "b.service c.socket"), 0);
        assert_int_equal(f->config.private_tmp, PRIVATE_TMP_DISCONNECTED);
        assert_int_equal(f->config.read_only_paths.n, 2);
        assert_true(f->config.read_only_paths.items[0].ignore_missing);
        assert_int_equal(f->config.timeout_start_sec, 5000000);
        assert_int_equal(f->config.timeout_stop_sec, 5000000);
        assert_int_equal(strv_length(f->config.wants), 3);
        assert_int_equal(f->diag.n, 0);
}

static void test_section_decides(void **state) {
        Fixture *f = *state;

        assert_int_equal(assign(f, SECTION_MOUNT, "Type", "ext4"), 0);
        assert_int_equal(assign(f, SECTION_SERVICE, "Type", "notify"), 0);
        assert_string_equal(f->config.mount_type, "ext4");
        assert_int_equal(f->config.service_type, SERVICE_NOTIFY);
        assert_int_equal(assign(f, SECTION_UNIT, "PrivateTmp", "yes"), -ENOENT);
        expect_message(f, "belongs into [Service]");
        /* "-p" names no section. */
        assert_int_equal(assign(f, SECTION_UNIT | SECTION_SERVICE, "PrivateTmp", "yes"), 0);
        assert_int_equal(assign(f, SECTION_UNIT | SECTION_SERVICE, "Description", "it"), 0);
}

static void test_unknown_names_get_the_nearest(void **state) {
        Fixture *f = *state;

        assert_int_equal(assign(f, SECTION_SERVICE, "PrivateTemp", "yes"), -ENOENT);
        expect_message(f, "PrivateTemp=: ");
        expect_message(f, "did you mean PrivateTmp=?");
        assert_int_equal(assign(f, SECTION_SERVICE, "Quux", "yes"), -ENOENT);
        expect_message(f, "X-");
        assert_int_equal(assign(f, SECTION_SERVICE, "Capabilities", "="), -ENOENT);
        expect_message(f, "use CapabilityBoundingSet=");
        assert_int_equal(assign(f, SECTION_SERVICE, "", "yes"), -ENOENT);
        assert_int_equal(f->diag.n, 4);
        assert_int_equal(assign(f, SECTION_SERVICE, "X-Quux", "yes"), 0);
        assert_int_equal(f->diag.n, 4);
        assert_null(f->diag.directive);
}

static void test_wrong_values_change_nothing(void **state) {
        Fixture *f = *state;

        assert_int_equal(assign(f, SECTION_SERVICE, "PrivateTmp", "yes"), 0);
        assert_true(assign(f, SECTION_SERVICE, "PrivateTmp", "maybe") < 0);
        expect_message(f, "PrivateTmp=: \"maybe\"");
        assert_int_equal(f->config.private_tmp, PRIVATE_TMP_YES);
        assert_true(assign(f, SECTION_SERVICE, "Nice", "20") < 0);
        assert_int_equal(f->config.nice, 0);
        assert_false(is_assigned(f, SECTION_SERVICE, "Nice"));
        /* A wrong word in a list is left out, alone. */
        assert_true(assign(f, SECTION_UNIT, "After", "a.service nonsense b.service") < 0);
        assert_int_equal(strv_length(f->config.after), 2);
}

static void test_empty_assignment_resets(void **state) {
        Fixture *f = *state;

        assert_int_equal(assign(f, SECTION_SERVICE, "ReadOnlyPaths", "/a /b"), 0);
        assert_int_equal(assign(f, SECTION_SERVICE, "ReadOnlyPaths", ""), 0);
        assert_int_equal(f->config.read_only_paths.n, 0);
        assert_int_equal(assign(f, SECTION_SERVICE, "UMask", "0077"), 0);
        assert_true(is_assigned(f, SECTION_SERVICE, "UMask"));
        assert_int_equal(assign(f, SECTION_SERVICE, "UMask", ""), 0);
        assert_int_equal(f->config.umask, 0022);
        assert_false(is_assigned(f, SECTION_SERVICE, "UMask"));
}

static void test_empty_condition_resets_all(void **state) {
        Fixture *f = *state;

        assert_int_equal(assign(f, SECTION_UNIT, "ConditionPathExists", "|!/a"), 0);
        assert_int_equal(assign(f, SECTION_UNIT, "ConditionUser", "root"), 0);
        assert_int_equal(assign(f, SECTION_UNIT, "AssertUser", "root"), 0);
        assert_int_equal(f->config.conditions.n, 2);
        assert_int_equal(assign(f, SECTION_UNIT, "ConditionHost", ""), 0);
        assert_int_equal(f->config.conditions.n, 0);
        assert_false(is_assigned(f, SECTION_UNIT, "ConditionPathExists"));
        assert_int_equal(f->config.asserts.n, 1);
}

static void test_one_wrong_line_loses_nothing(void **state) {
        Fixture *f = *state;

        assert_int_equal(parse(f, "[Unit]\nDescription=before\nAfter=no unit\nWat=1\n"
                                  "[Strange]\nPrivateTmp=no\n[X-Mine]\nPrivateTmp=no\n"
                                  "[Service]\nX-Note=mine\nPrivateTmp=maybe\nPrivateTmp=yes\n"
                                  "ExecStart=/bin/true\n"),
                         4);
        assert_string_equal(f->config.description, "before");
        assert_int_equal(f->config.private_tmp, PRIVATE_TMP_YES);
        assert_int_equal(f->config.exec_start.n, 1);
        expect_message(f, "x.service:11: PrivateTmp=: ");
        assert_null(f->diag.file);
}

static void test_broken_files_are_refused(void **state) {
        Fixture *f = *state;

        assert_true(parse(f, "[Unit\nDescription=x\n") < 0);
        assert_true(parse(f, "[Unit]\nDescription=\xff\xfe\n") < 0);
}

static void test_canonical_text(void **state) {
        Fixture *f = *state;
        _cleanup_free_ char *text = NULL;

        assert_int_equal(
                parse(f, "[Service]\nUMask=22\nNice=0\nExecStart=-/bin/echo  a \"b c\"\n"
                         "ReadOnlyPaths=/a//b/\nReadOnlyPaths=/c\nPrivateTmp=1\n"
                         "[Unit]\nConditionUser=root\nConditionPathExists=!/x\nWants=z.service\n"
                         "[Service]\nMemoryMax=1G\n"),
                0);
        assert_int_equal(config_format(&f->config, &text), 0);
        assert_non_null(strstr(text, "[Unit]\nWants=z.service\n"
                                     "ConditionUser=root\nConditionPathExists=!/x\n\n[Service]\n"));
        assert_non_null(strstr(text, "PrivateTmp=yes\n"));
        assert_non_null(strstr(text, "MemoryMax=1G\n"));
        /* What was assigned is said even where it equals the default: it may differ from the
         * parent's. */
        assert_non_null(strstr(text, "Nice=0\n"));
        assert_non_null(strstr(text, "UMask=0022\n"));
        assert_null(strstr(text, "KillSignal"));
}

static void test_text_goes_where_the_unit_has_it(void **state) {
        Fixture *f = *state;
        _cleanup_free_ char *text = NULL;

        assert_int_equal(parse(f, "[Slice]\nTasksMax=5\n"), 0);
        assert_int_equal(config_format(&f->config, &text), 0);
        assert_string_equal(text, "[Slice]\nTasksMax=5\n");
}

/* What our own programs tell each other, nobody else can say. */
static void test_facts_are_refused_in_files(void **state) {
        static const char text[] = "[X-Svexec]\nRunId=0123456789abcdef\nExecIndex=1\n"
                                   "Variables=A=b\n";
        Fixture *f = *state;
        const ParseContext internal = { .internal = true };
        _cleanup_free_ char *again = NULL;

        assert_int_equal(parse(f, text), 3);
        assert_null(f->config.fact_run_id);
        assert_int_equal(assign(f, SECTION_SERVICE, "RunId", "0123456789abcdef"), -ENOENT);
        assert_int_equal(assign(f, SECTION_INTERNAL, "RunId", "0123456789abcdef"), -EPERM);
        assert_null(f->config.fact_run_id);

        assert_int_equal(config_parse_text(&f->config, "facts", text, strlen(text), &internal), 0);
        assert_string_equal(f->config.fact_run_id, "0123456789abcdef");
        assert_int_equal(config_format(&f->config, &again), 0);
        assert_string_equal(again, text);
}

static void test_equality_sees_every_field(void **state) {
        Fixture *f = *state;
        _cleanup_(config_done) Config other;

        assert_int_equal(config_init(&other), 0);
        assert_true(config_equal(&f->config, &other));
        assert_int_equal(assign(f, SECTION_SERVICE, "Nice", "0"), 0);
        assert_true(config_equal(&f->config, &other));
        assert_int_equal(assign(f, SECTION_SWAP, "Priority", "3"), 0);
        assert_false(config_equal(&f->config, &other));
}

static void test_silence_is_possible(void **state) {
        Fixture *f = *state;

        assert_true(config_assign(&f->config, SECTION_SERVICE, "Nice", "x", NULL) < 0);
        assert_int_equal(config_parse_text(&f->config, "x", "[Foo]\n[Unit]\nA=b\n", 17, NULL), 2);
        assert_int_equal(f->diag.n, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
        const struct CMUnitTest tests[] = {
                CASE(test_defaults_are_those_of_the_manual),
                CASE(test_assignments_arrive),
                CASE(test_section_decides),
                CASE(test_unknown_names_get_the_nearest),
                CASE(test_wrong_values_change_nothing),
                CASE(test_empty_assignment_resets),
                CASE(test_empty_condition_resets_all),
                CASE(test_one_wrong_line_loses_nothing),
                CASE(test_broken_files_are_refused),
                CASE(test_canonical_text),
                CASE(test_text_goes_where_the_unit_has_it),
                CASE(test_facts_are_refused_in_files),
                CASE(test_equality_sees_every_field),
                CASE(test_silence_is_possible),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
