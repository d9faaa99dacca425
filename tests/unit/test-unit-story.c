/* Protects what people are told of causes: who asked for a job and by way of which dependency, why
 * one came to nothing, and that all of it outlives the manager. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "supervisor/manager/unit-story.h"
#include "tests/unit/world.h"

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

static int ask_mode(JobType type, const char *name, JobMode mode) {
        const TransactionRequest r = {
                .unit = unit(name), .type = type, .mode = mode, .asked_by = "me"
        };
        int result = transaction_run(&world.engine, &r, &world.diag, NULL);

        job_queue_run(&world.engine);
        return result;
}

static void ask(JobType type, const char *name) {
        assert_int_equal(ask_mode(type, name, JOB_MODE_REPLACE), 0);
}

static void expect(const char *name, StoryText which, const char *text) {
        const char *found = unit_story_text(unit(name), which);

        if (!text)
                assert_null(found);
        else {
                assert_non_null(found);
                assert_string_equal(found, text);
        }
}

static void test_asked_by(void **state) {
        world_depend(&world, "a Requires b, a Wants c, c Conflicts d, a PropagatesStopTo e");
        ask(JOB_START, "d");
        ask(JOB_START, "e");
        ask(JOB_START, "a");
        expect("a", STORY_LAST_JOB, "start, asked for by me");
        expect("b", STORY_LAST_JOB,
               "start, asked for by the start of a.service (its Requires=), asked for by me");
        expect("c", STORY_LAST_JOB,
               "start, asked for by the start of a.service (its Wants=), asked for by me");
        expect("d", STORY_LAST_JOB,
               "stop, asked for by the start of c.service (its Conflicts=), asked for by me");
        ask(JOB_START, "a"); /* changes nothing */
        ask(JOB_STOP, "b");
        expect("a", STORY_LAST_JOB,
               "stop, asked for by the stop of b.service (Requires= of a.service), asked for by "
               "me");
        expect("e", STORY_LAST_JOB,
               "stop, asked for by the stop of a.service (its PropagatesStopTo=), asked for by me");
}

static void test_by_itself(void **state) {
        world_depend(&world, "a OnFailure b, c BindsTo d, e Upholds f");
        unit("c")->settings.ignore_on_isolate = true;
        ask(JOB_START, "a");
        unit_notify(&world.engine, unit("a"), ACTIVE_FAILED, (NotifyFlags){ 0 });
        expect("a", STORY_LAST_JOB, NULL); /* nobody asked for that */
        job_queue_run(&world.engine);
        expect("b", STORY_LAST_JOB, "start, asked for by OnFailure= of a.service");
        expect("b", STORY_TRIGGER, "a.service");
        ask(JOB_RESTART, "b");
        ask(JOB_STOP, "b");
        ask(JOB_START, "b");
        expect("b", STORY_TRIGGER, NULL);
        ask(JOB_START, "c");
        unit_notify(&world.engine, unit("d"), ACTIVE_INACTIVE, (NotifyFlags){ 0 });
        job_queue_run(&world.engine);
        expect("c", STORY_LAST_JOB,
               "stop, asked for by d.service (BoundBy c.service), which went down by itself");
        ask(JOB_START, "e");
        ask(JOB_STOP, "f");
        expect("f", STORY_LAST_JOB, "start, asked for by Upholds= of e.service, which is active");
}

static void test_isolate(void **state) {
        unit("a.target")->settings.allow_isolate = true;
        ask(JOB_START, "b");
        assert_int_equal(ask_mode(JOB_START, "a.target", JOB_MODE_ISOLATE), 0);
        expect("b", STORY_LAST_JOB,
               "stop, asked for by the isolation of a.target, asked for by me");
}

static void test_outcome(void **state) {
        world_depend(&world,
                     "a Requires b, a After b, c Requires d, c After d, e Wants f, e After f, "
                     "f After e");
        fake_of(unit("b"))->start_fails = true;
        ask(JOB_START, "a");
        expect("a", STORY_OUTCOME, "it needs b.service, which could not be started or has ended");
        fake_of(unit("d"))->start_takes = 1000;
        unit("c")->settings.job_timeout = 100;
        ask(JOB_START, "c");
        world.engine.now += 200;
        job_queue_expire(&world.engine);
        expect("c", STORY_OUTCOME,
               "the start waited longer than JobTimeoutSec=100us, at last for the start of "
               "d.service");
        ask(JOB_START, "e");
        expect("f", STORY_OUTCOME,
               "its start was left out, as the order is a circle: e.service/start before "
               "f.service/start before e.service/start");
        ask(JOB_START, "f");
        expect("f", STORY_OUTCOME, NULL);
        unit("g")->settings.start_limit_burst = 1;
        ask(JOB_START, "g");
        ask(JOB_STOP, "g");
        ask(JOB_START, "g");
        expect("g", STORY_OUTCOME,
               "it was started more than StartLimitBurst=1 times within StartLimitIntervalSec=10s");
        unit_notify_reset_failed(&world.engine, unit("g"));
        expect("g", STORY_OUTCOME, NULL);
        fake_of(unit("h"))->assert_off = true;
        ask(JOB_START, "h");
        expect("h", STORY_OUTCOME, "the start was refused by an AssertX=");
}

/* Two that trigger one job are none that it could be told of. */
static void test_merged(void **state) {
        world_depend(&world, "a OnFailure c, b OnFailure c, c After d");
        fake_of(unit("d"))->start_takes = 1000;
        ask(JOB_START, "a");
        ask(JOB_START, "b");
        ask(JOB_START, "d");
        unit_notify(&world.engine, unit("a"), ACTIVE_FAILED, (NotifyFlags){ 0 });
        job_queue_run(&world.engine);
        assert_string_equal(unit("c")->job->trigger, "a.service");
        unit_notify(&world.engine, unit("b"), ACTIVE_FAILED, (NotifyFlags){ 0 });
        job_queue_run(&world.engine);
        assert_null(unit("c")->job->trigger);
        world_step(&world);
        expect("c", STORY_TRIGGER, NULL);
        expect("c", STORY_LAST_JOB, "start, asked for by OnFailure= of a.service");
}

static void test_record(void **state) {
        const StoryTests tests = { .results = (char[]){ "+-?" }, .at = 77, .hold = false };
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_(record_done) Record record = { 0 };
        char *text;

        unit_story_set(unit("a"), STORY_OUTCOME, "one\nState=failed \x1b[2J");
        unit_story_set(unit("a"), STORY_TRIGGER, "b.service");
        unit_story_set_tests(unit("a"), STORY_ASSERTS, &tests);
        unit_story_write(unit("a"), &b);
        assert_int_equal(strbuf_take(&b, &text), 0);
        record = record_parse(text);
        assert_null(record_get(&record, "State")); /* a line end in a text makes no line */
        unit_story_read(unit("c"), &record);
        expect("c", STORY_TRIGGER, "b.service");
        expect("c", STORY_LAST_JOB, NULL);
        assert_null(strchr(unit_story_text(unit("c"), STORY_OUTCOME), '\x1b'));
        assert_string_equal(unit_story_tests(unit("c"), STORY_ASSERTS).results, "+-?");
        assert_int_equal(unit_story_tests(unit("c"), STORY_ASSERTS).at, 77);
        assert_int_equal(unit_story_tests(unit("c"), STORY_CONDITIONS).at, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_asked_by, setup, teardown),
                cmocka_unit_test_setup_teardown(test_by_itself, setup, teardown),
                cmocka_unit_test_setup_teardown(test_isolate, setup, teardown),
                cmocka_unit_test_setup_teardown(test_outcome, setup, teardown),
                cmocka_unit_test_setup_teardown(test_merged, setup, teardown),
                cmocka_unit_test_setup_teardown(test_record, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
