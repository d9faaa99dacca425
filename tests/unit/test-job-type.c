/* Protects what jobs come to: the merge table and its laws, collapsing, redundancy, and the order
 * of two jobs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "supervisor/manager/job.h"

/* The installed types that are merged; "nop" stands beside. */
#define MERGED JOB_NOP

static void test_names(void **state) {
        for (int t = 0; t < JOB_TYPES; t++)
                assert_int_equal(job_type_from_name(job_type_name((JobType)t)), t);
        assert_int_equal(job_type_from_name("begin"), -EINVAL);
        for (int r = 0; r < JOB_RESULTS; r++)
                assert_non_null(job_type_result_name((JobResult)r));
        assert_string_equal(job_type_result_name(JOB_CANCELED), "canceled");
}

static void test_merge_cells(void **state) {
        /* rows and columns: start, verify-active, stop, reload, restart */
        static const int cells[MERGED][MERGED] = {
                { JOB_START, JOB_START, -EEXIST, JOB_RELOAD_OR_START, JOB_RESTART },
                { JOB_START, JOB_VERIFY_ACTIVE, -EEXIST, JOB_RELOAD, JOB_RESTART },
                { -EEXIST, -EEXIST, JOB_STOP, -EEXIST, -EEXIST },
                { JOB_RELOAD_OR_START, JOB_RELOAD, -EEXIST, JOB_RELOAD, JOB_RESTART },
                { JOB_RESTART, JOB_RESTART, -EEXIST, JOB_RESTART, JOB_RESTART },
        };

        for (int a = 0; a < MERGED; a++)
                for (int b = 0; b < MERGED; b++)
                        assert_int_equal(job_type_merge((JobType)a, (JobType)b), cells[a][b]);
        for (int a = 0; a <= MERGED; a++) {
                assert_int_equal(job_type_merge((JobType)a, JOB_NOP), a);
                assert_int_equal(job_type_merge(JOB_NOP, (JobType)a), a);
        }
}

/* A merged with B, and then with C, collapsed after each step; -EEXIST where that cannot be. */
static int merge_three(int a, int b, int c, ActiveState s) {
        int ab = job_type_merge((JobType)a, (JobType)b);

        return ab < 0 ? ab : job_type_merge(job_type_collapse((JobType)ab, s), (JobType)c);
}

static int collapsed(int t, ActiveState s) {
        return t < 0 ? t : (int)job_type_collapse((JobType)t, s);
}

static void check_laws(int a, int b, int c, ActiveState s) {
        int ab_c = collapsed(merge_three(a, b, c, s), s),
            bc_a = collapsed(merge_three(b, c, a, s), s);

        assert_int_equal(ab_c, bc_a);
        if (!job_type_conflicts((JobType)a, (JobType)b) && ab_c < 0)
                assert_true(job_type_conflicts((JobType)a, (JobType)c) ||
                            job_type_conflicts((JobType)b, (JobType)c));
}

static void check_all_laws(ActiveState s) {
        for (int a = 0; a < MERGED; a++)
                for (int b = 0; b < MERGED; b++)
                        for (int c = 0; c < MERGED; c++)
                                check_laws(a, b, c, s);
}

static void test_merge_laws(void **state) {
        for (int s = 0; s < ACTIVE_STATES; s++)
                check_all_laws((ActiveState)s);
}

static void test_collapse(void **state) {
        for (int s = 0; s < ACTIVE_STATES; s++) {
                bool up = s == ACTIVE_ACTIVE || s == ACTIVE_RELOADING;

                assert_int_equal(job_type_collapse(JOB_TRY_RESTART, (ActiveState)s),
                                 up ? JOB_RESTART : JOB_NOP);
                assert_int_equal(job_type_collapse(JOB_TRY_RELOAD, (ActiveState)s),
                                 up ? JOB_RELOAD : JOB_NOP);
                assert_int_equal(job_type_collapse(JOB_RELOAD_OR_START, (ActiveState)s),
                                 up ? JOB_RELOAD : JOB_START);
                for (int t = 0; t < JOB_TYPES_INSTALLED; t++)
                        assert_int_equal(job_type_collapse((JobType)t, (ActiveState)s), t);
        }
}

static void test_redundant(void **state) {
        /* a letter a state: inactive, activating, active, reloading, deactivating, failed,
         * maintenance */
        static const char *const rows[JOB_TYPES_INSTALLED] = {
                [JOB_START] = "..xx...",  [JOB_VERIFY_ACTIVE] = "..xx...", [JOB_STOP] = "x....x.",
                [JOB_RELOAD] = "...x...", [JOB_RESTART] = ".x.....",       [JOB_NOP] = "xxxxxxx",
        };

        for (int t = 0; t < JOB_TYPES_INSTALLED; t++)
                for (int s = 0; s < ACTIVE_STATES; s++)
                        assert_int_equal(job_type_is_redundant((JobType)t, (ActiveState)s),
                                         rows[t][s] == 'x');
}

static void test_order(void **state) {
        /* systemd.unit(5): the unit of A is before that of B */
        assert_true(job_order(JOB_START, JOB_ORDER_BEFORE, JOB_START) < 0);
        assert_true(job_order(JOB_STOP, JOB_ORDER_BEFORE, JOB_STOP) > 0);
        assert_true(job_order(JOB_START, JOB_ORDER_BEFORE, JOB_STOP) > 0);
        assert_true(job_order(JOB_STOP, JOB_ORDER_BEFORE, JOB_START) < 0);
        /* a restart stops first */
        assert_true(job_order(JOB_START, JOB_ORDER_BEFORE, JOB_RESTART) > 0);
        assert_true(job_order(JOB_RESTART, JOB_ORDER_BEFORE, JOB_RESTART) > 0);
        for (int a = 0; a < JOB_TYPES_INSTALLED; a++)
                for (int b = 0; b < JOB_TYPES_INSTALLED; b++) {
                        int before = job_order((JobType)a, JOB_ORDER_BEFORE, (JobType)b);

                        assert_int_equal(before,
                                         -job_order((JobType)b, JOB_ORDER_AFTER, (JobType)a));
                        assert_int_equal(before == 0, a == JOB_NOP || b == JOB_NOP);
                }
}

static void test_deadline(void **state) {
        Unit u = { .settings = { .job_timeout = 100, .job_running_timeout = UINT64_MAX } };
        Job j = { .unit = &u, .begin = 1000 };

        assert_int_equal(job_deadline(&j), 1100);
        u.settings.job_running_timeout = 20;
        assert_int_equal(job_deadline(&j), 1100);
        j.begin_running = 1010;
        assert_int_equal(job_deadline(&j), 1030);
        u.settings.job_timeout = UINT64_MAX - 5;
        u.settings.job_running_timeout = UINT64_MAX;
        assert_true(job_deadline(&j) == UINT64_MAX);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),      cmocka_unit_test(test_merge_cells),
                cmocka_unit_test(test_merge_laws), cmocka_unit_test(test_collapse),
                cmocka_unit_test(test_redundant),  cmocka_unit_test(test_order),
                cmocka_unit_test(test_deadline),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
