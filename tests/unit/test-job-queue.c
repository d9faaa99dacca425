/* Protects what happens while jobs run and when they end: order, failure and its spreading,
 * restarts, timeouts, conditions, start limits, and what a unit's state means for others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/world.h"

#define SECOND UINT64_C(1000000)

static World world;

static int setup(void **state) {
        world_init(&world);
        return 0;
}

static int teardown(void **state) {
        world_done(&world);
        return 0;
}

static Unit *unit(const char *name) {
        return world_unit(&world, name);
}

static Fake *fake(const char *name) {
        return fake_of(unit(name));
}

static void depend(const char *text) {
        world_depend(&world, text);
}

static void forget(void) {
        strbuf_done(&world.said);
        world.said = (StrBuf){ 0 };
}

/* What happened since the last question. */
static void expect(const char *expected) {
        assert_string_equal(world.said.text ? world.said.text : "", expected);
        forget();
}

static void ask(JobType type, const char *name) {
        const TransactionRequest r = { .unit = unit(name), .type = type, .mode = JOB_MODE_REPLACE };

        assert_int_equal(transaction_run(&world.engine, &r, &world.diag, NULL), 0);
        job_queue_run(&world.engine);
}

/* The unit changes its state by itself. */
static void becomes(const char *name, ActiveState s) {
        unit_notify(&world.engine, unit(name), s, (NotifyFlags){ 0 });
        job_queue_run(&world.engine);
}

static void active(const char *name) {
        unit(name)->active = ACTIVE_ACTIVE;
}

static void run_out(void) {
        for (unsigned i = 0; world_step(&world); i++)
                assert_true(i < 1000);
}

static void at(uint64_t now) {
        world.engine.now = now;
        job_queue_expire(&world.engine);
        job_queue_run(&world.engine);
}

static void test_start_in_order(void **state) {
        depend("a Requires b, a After b");
        fake("b")->start_takes = 10;
        ask(JOB_START, "a");
        expect("+a/start +b/start b=activating ");
        assert_false(job_queue_is_runnable(unit("a")->job));
        run_out();
        expect("b=active -b/start:done a=active -a/start:done ");
}

static void test_stop_in_reverse(void **state) {
        depend("a Requires b, a After b");
        active("a");
        active("b");
        fake("a")->stop_takes = 10;
        ask(JOB_STOP, "b");
        expect("+b/stop +a/stop a=deactivating ");
        run_out();
        expect("a=inactive -a/stop:done b=inactive -b/stop:done ");
}

static void test_restart(void **state) {
        depend("a Requires b, a After b");
        active("a");
        active("b");
        fake("a")->stop_takes = fake("b")->stop_takes = 10;
        ask(JOB_RESTART, "b");
        expect("+b/restart +a/restart a=deactivating ");
        run_out();
        expect("a=inactive b=deactivating b=inactive b=active -b/start:done a=active "
               "-a/start:done ");
}

static void test_failure_spreads(void **state) {
        depend("a Requires b, a After b, c BindsTo a, c After a, d Wants b, d After b, e OnFailure "
               "x");
        depend("e Requires a, e After a, b OnFailure y, x OnFailure y");
        fake("b")->start_takes = 10;
        fake("b")->start_fails = true;
        for (const char *n = "cde"; *n; n++)
                ask(JOB_START, (char[]){ *n, '\0' });
        forget();
        run_out();
        expect("b=failed -b/start:failed -a/start:dependency -e/start:dependency "
               "-c/start:dependency d=active -d/start:done +y/start +x/start y=active "
               "-y/start:done x=active -x/start:done ");
}

static void test_oneshot_and_requisite(void **state) {
        depend("a Requires o, a After o, b Requisite o, b After o");
        fake("o")->oneshot = true;
        fake("o")->start_takes = 10;
        ask(JOB_START, "o");
        ask(JOB_START, "a");
        ask(JOB_START, "b");
        forget();
        run_out();
        /* done, but inactive: good enough for Requires=, not for Requisite= */
        expect("o=inactive -o/start:done -b/start:dependency a=active -a/start:done ");
}

static void test_verify_active(void **state) {
        depend("a Requisite b, a After b, c Requisite d, c After d");
        ask(JOB_START, "a");
        expect("+a/start +b/verify-active -b/verify-active:skipped -a/start:dependency ");
        unit("d")->active = ACTIVE_ACTIVATING;
        ask(JOB_START, "c");
        expect("+c/start +d/verify-active ");
        becomes("d", ACTIVE_ACTIVE);
        expect("d=active -d/verify-active:done c=active -c/start:done ");
}

static void test_conflict(void **state) {
        depend("a Conflicts b, a After b");
        active("b");
        fake("b")->stop_takes = 10;
        ask(JOB_START, "a");
        expect("+a/start +b/stop b=deactivating ");
        run_out();
        expect("b=inactive -b/stop:done a=active -a/start:done ");
}

static void test_conditions(void **state) {
        depend("b Requires a, b After a");
        fake("a")->condition_off = true;
        ask(JOB_START, "b");
        expect("+b/start +a/start -a/start:done b=active -b/start:done ");
        fake("c")->assert_off = true;
        depend("d Requires c, d After c");
        ask(JOB_START, "d");
        expect("+d/start +c/start -c/start:assert -d/start:dependency ");
}

static void test_bonds(void **state) {
        depend("a BindsTo b, a After b, c BindsTo d");
        fake("b")->condition_off = true;
        ask(JOB_START, "a");
        expect("+a/start +b/start -b/start:done -a/start:dependency ");
        fake("d")->oneshot = true;
        fake("d")->start_takes = 10;
        ask(JOB_START, "c");
        expect("+c/start +d/start c=active -c/start:done d=activating ");
        run_out();
        /* what c is bound to is gone again */
        expect("d=inactive -d/start:done +c/stop c=inactive -c/stop:done ");
}

/* A stop that does not take others along still ends what cannot be without the unit. */
static void test_stop_alone(void **state) {
        const TransactionRequest r = { .unit = unit("b"),
                                       .type = JOB_STOP,
                                       .mode = JOB_MODE_IGNORE_REQUIREMENTS };

        depend("a BindsTo b, c Requires b");
        for (const char *n = "abc"; *n; n++)
                active((char[]){ *n, '\0' });
        assert_int_equal(transaction_run(&world.engine, &r, NULL, NULL), 0);
        job_queue_run(&world.engine);
        expect("+b/stop b=inactive -b/stop:done +a/stop a=inactive -a/stop:done ");
}

static void test_unexpected_end(void **state) {
        depend("a BindsTo b, c Requires b, b PropagatesStopTo d, e Upholds b");
        for (const char *n = "abcde"; *n; n++)
                active((char[]){ *n, '\0' });
        becomes("b", ACTIVE_FAILED);
        expect("b=failed +a/stop +d/stop +b/start a=inactive -a/stop:done d=inactive -d/stop:done "
               "b=active -b/start:done ");
}

static void test_unexpected_start(void **state) {
        depend("a Requires b, a Wants c, a Requires d, a After d, a Conflicts e");
        active("e");
        becomes("a", ACTIVE_ACTIVE);
        /* it is too late for what a should have waited for */
        expect("a=active +b/start +c/start +e/stop b=active -b/start:done c=active -c/start:done "
               "e=inactive -e/stop:done ");
}

static void test_stop_when_unneeded(void **state) {
        depend("a Requires b, c Wants b");
        unit("b")->settings.stop_when_unneeded = true;
        ask(JOB_START, "a");
        ask(JOB_START, "c");
        forget();
        ask(JOB_STOP, "a");
        expect("+a/stop a=inactive -a/stop:done ");
        becomes("c", ACTIVE_INACTIVE);
        expect("c=inactive +b/stop b=inactive -b/stop:done ");
        /* nobody needs it from the beginning */
        ask(JOB_START, "b");
        expect("+b/start b=active -b/start:done +b/stop b=inactive -b/stop:done ");
}

static void test_upholds_is_limited(void **state) {
        uint64_t again;

        depend("a Upholds b");
        fake("b")->oneshot = true;
        unit("b")->settings.start_limit_burst = 0;
        ask(JOB_START, "a");
        assert_true(fake("b")->starts >= 16 && fake("b")->starts <= 18);
        assert_int_equal(world.engine.n_jobs, 0);
        /* and tried again later */
        again = job_queue_deadline(&world.engine);
        assert_true(again > world.engine.now && again <= world.engine.now + 11 * SECOND);
        fake("b")->oneshot = false;
        at(again);
        assert_int_equal(unit("b")->active, ACTIVE_ACTIVE);
        assert_true(job_queue_deadline(&world.engine) == UINT64_MAX);
}

static void test_on_success(void **state) {
        depend("a OnSuccess b, a OnFailure c, d OnSuccess b");
        active("a");
        becomes("a", ACTIVE_INACTIVE);
        expect("a=inactive +b/start b=active -b/start:done ");
        /* it comes back by itself */
        unit("b")->active = ACTIVE_INACTIVE;
        active("d");
        unit_notify(&world.engine, unit("d"), ACTIVE_INACTIVE,
                    (NotifyFlags){ .will_restart = true });
        job_queue_run(&world.engine);
        expect("d=inactive ");
}

static void test_start_limit(void **state) {
        unit("a")->settings.start_limit_burst = 2;
        unit("a")->settings.start_limit_action = EMERGENCY_REBOOT;
        fake("a")->oneshot = true;
        ask(JOB_START, "a");
        ask(JOB_START, "a");
        forget();
        ask(JOB_START, "a");
        expect("+a/start a!1/-1 a=failed -a/start:failed ");
        assert_true(unit("a")->start_limit_hit);
        assert_int_equal(fake("a")->starts, 2);
        unit_notify_reset_failed(&world.engine, unit("a"));
        job_queue_run(&world.engine);
        expect("a=inactive ");
        ask(JOB_START, "a");
        assert_int_equal(fake("a")->starts, 3);
        /* or wait */
        ask(JOB_START, "a");
        world.engine.now += 11 * SECOND;
        ask(JOB_START, "a");
        assert_int_equal(fake("a")->starts, 5);
}

static void test_actions(void **state) {
        unit("a")->settings.failure_action = EMERGENCY_POWEROFF;
        unit("a")->settings.failure_exit_status = 7;
        unit("b")->settings.success_action = EMERGENCY_EXIT;
        active("a");
        active("b");
        becomes("a", ACTIVE_FAILED);
        becomes("b", ACTIVE_INACTIVE);
        expect("a=failed a!4/7 b=inactive b!7/-1 ");
}

static void test_timeouts(void **state) {
        depend("a Requires b, a After b, b OnFailure c");
        fake("b")->start_takes = 1000 * SECOND;
        unit("b")->settings.job_running_timeout = 5 * SECOND;
        unit("b")->settings.job_timeout_action = EMERGENCY_REBOOT_FORCE;
        unit("a")->settings.job_timeout = 20 * SECOND;
        ask(JOB_START, "a");
        forget();
        assert_int_equal(job_queue_deadline(&world.engine), 1000 + 5 * SECOND);
        at(999 + 5 * SECOND);
        expect("");
        at(1000 + 5 * SECOND);
        expect("-b/start:timeout -a/start:dependency b!2/-1 +c/start c=active -c/start:done ");
        /* the unit itself goes on: that is its type's business */
        assert_int_equal(unit("b")->active, ACTIVE_ACTIVATING);
        assert_true(job_queue_deadline(&world.engine) == UINT64_MAX);
}

static void test_devices(void **state) {
        depend("a BindsTo x.device, a After x.device");
        ask(JOB_START, "a");
        expect("+a/start +x.device/start ");
        becomes("x.device", ACTIVE_ACTIVE);
        expect("x.device=active -x.device/start:done a=active -a/start:done ");
        /* pulled out */
        becomes("x.device", ACTIVE_INACTIVE);
        expect("x.device=inactive +a/stop a=inactive -a/stop:done ");
        /* nobody waits for it any more */
        ask(JOB_START, "a");
        forget();
        job_queue_finish(&world.engine, unit("a")->job, JOB_CANCELED);
        job_queue_run(&world.engine);
        expect("-a/start:canceled -x.device/start:collected ");
}

static void test_reload(void **state) {
        active("a");
        fake("a")->start_takes = 10;
        ask(JOB_RELOAD, "a");
        expect("+a/reload a=reloading ");
        /* one that is under way may have read the old configuration */
        ask(JOB_RELOAD, "a");
        assert_int_equal(unit("a")->job->state, JOB_WAITING);
        run_out();
        expect("a=active a=reloading a=active -a/reload:done ");
        ask(JOB_RELOAD, "b");
        expect("+b/reload -b/reload:invalid ");
        active("c");
        fake("c")->start_takes = 10;
        ask(JOB_RELOAD, "c");
        unit_notify(&world.engine, unit("c"), ACTIVE_ACTIVE,
                    (NotifyFlags){ .reload_failed = true });
        expect("+c/reload c=reloading c=active -c/reload:failed ");
}

static void test_cancel(void **state) {
        depend("a Requires b, a After b");
        fake("b")->start_takes = 10;
        ask(JOB_START, "a");
        forget();
        job_queue_cancel(&world.engine, unit("b")->job);
        job_queue_run(&world.engine);
        /* nobody fails for it */
        expect("-b/start:canceled a=active -a/start:done ");
        assert_null(engine_find_job(&world.engine, 2));
}

static void test_restore(void **state) {
        Job *j = calloc(1, sizeof(Job));

        *j = (Job){ .unit = unit("a"), .id = 40, .type = JOB_START, .state = JOB_RUNNING };
        unit("a")->active = ACTIVE_ACTIVATING;
        assert_int_equal(job_queue_restore(&world.engine, j), 0);
        assert_int_equal(job_queue_restore(&world.engine, j), -EEXIST);
        job_queue_run(&world.engine);
        assert_int_equal(fake("a")->starts, 0);
        ask(JOB_START, "b");
        expect("+b/start b=active -b/start:done ");
        becomes("a", ACTIVE_ACTIVE);
        expect("a=active -a/start:done ");
}

/* Two units that each start the other when they fail, at once and without a start limit. */
static void test_endless_failure(void **state) {
        const TransactionRequest r = { .unit = unit("a"), .type = JOB_START };

        depend("a OnFailure b, b OnFailure a");
        fake("a")->start_fails = fake("b")->start_fails = true;
        fake("a")->by_steps = fake("b")->by_steps = true;
        unit("a")->settings.start_limit_burst = unit("b")->settings.start_limit_burst = 0;
        world.quiet = true;
        assert_int_equal(transaction_run(&world.engine, &r, NULL, NULL), 0);
        assert_false(job_queue_run(&world.engine));
        assert_true(fake("a")->starts > 10 && fake("a")->starts < 20);
        assert_true(world.diag.n > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(test_start_in_order),
                TEST(test_stop_in_reverse),
                TEST(test_restart),
                TEST(test_failure_spreads),
                TEST(test_oneshot_and_requisite),
                TEST(test_verify_active),
                TEST(test_conflict),
                TEST(test_conditions),
                TEST(test_bonds),
                TEST(test_stop_alone),
                TEST(test_unexpected_end),
                TEST(test_unexpected_start),
                TEST(test_stop_when_unneeded),
                TEST(test_upholds_is_limited),
                TEST(test_on_success),
                TEST(test_start_limit),
                TEST(test_actions),
                TEST(test_timeouts),
                TEST(test_devices),
                TEST(test_reload),
                TEST(test_cancel),
                TEST(test_restore),
                TEST(test_endless_failure),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
