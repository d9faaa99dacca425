/* Protects which jobs a request comes to, by each kind of dependency and in each mode, and what is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

static void depend(const char *text) {
        world_depend(&world, text);
}

static void active(const char *name) {
        unit(name)->active = ACTIVE_ACTIVE;
}

static int ask(JobType type, const char *name, JobMode mode) {
        const TransactionRequest request = { .unit = unit(name), .type = type, .mode = mode };

        return transaction_run(&world.engine, &request, &world.diag, NULL);
}

static int compare(const void *a, const void *b) {
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All installed jobs, sorted. */
static void expect(const char *expected) {
        char *jobs[64] = { NULL };
        size_t n = 0;
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *text = NULL;
        char name[UNIT_NAME_MAX];

        for (Job *j = world.engine.jobs; j; j = j->next)
                assert_true(asprintf(&jobs[n++], "%s/%s", short_name(j->unit, name),
                                     job_type_name(j->type)) > 0);
        qsort(jobs, n, sizeof(char *), compare);
        for (size_t i = 0; i < n; i++) {
                strbuf_addf(&b, "%s%s", i > 0 ? " " : "", jobs[i]);
                free(jobs[i]);
        }
        assert_int_equal(strbuf_take(&b, &text), 0);
        assert_string_equal(text, expected);
}

static void expect_said(const char *part) {
        for (size_t i = 0; i < world.diag.n; i++)
                if (strstr(world.diag.entries[i].message, part))
                        return;
        fail_msg("nothing said \"%s\"; last: %s", part,
                 world.diag.n ? world.diag.entries[world.diag.n - 1].message : "");
}

static void test_start_pulls_in(void **state) {
        depend("a Requires b, a Wants c, a BindsTo d, a Upholds e, a Requisite f, a Conflicts g");
        depend("b Wants h, a After i, j PartOf a, a OnFailure k, l Requires a, m Conflicts a");
        depend("a PropagatesStopTo n, a Triggers o");
        active("g");
        active("f");
        active("m");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), 0);
        /* f is active: nothing to verify; m conflicts from its side */
        expect("a/start b/start c/start d/start e/start g/stop h/start m/stop");
}

static void test_verify_active(void **state) {
        depend("a Requisite b");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), 0);
        expect("a/start b/verify-active");
}

static void test_stop_propagates(void **state) {
        depend("b Requires a, c BindsTo a, d Requisite a, e PartOf a, a PropagatesStopTo f");
        depend("g Wants a, h Upholds a, a Requires i, b Requires j, k PartOf b");
        for (const char *n = "abcdefghijk"; *n; n++)
                active((char[]){ *n, '\0' });
        assert_int_equal(ask(JOB_STOP, "a", JOB_MODE_REPLACE), 0);
        expect("a/stop b/stop c/stop d/stop e/stop f/stop k/stop");
}

static void test_restart_propagates(void **state) {
        depend("b Requires a, c PartOf a, d Requires a, a PropagatesStopTo e, a Requires f");
        active("a");
        active("b");
        active("c");
        active("e");
        assert_int_equal(ask(JOB_RESTART, "a", JOB_MODE_REPLACE), 0);
        /* d is inactive and stays so; e only hears of the stop; f is needed for the start */
        expect("a/restart b/restart c/restart e/stop f/start");
}

static void test_reload_propagates(void **state) {
        depend("a PropagatesReloadTo b, a PropagatesReloadTo c, d ReloadPropagatedFrom a");
        active("a");
        active("b");
        active("d");
        assert_int_equal(ask(JOB_RELOAD, "a", JOB_MODE_REPLACE), 0);
        expect("a/reload b/reload d/reload");
}

static void test_collapsed_requests(void **state) {
        assert_int_equal(ask(JOB_TRY_RESTART, "a", JOB_MODE_REPLACE), 0);
        expect("a/nop");
        assert_int_equal(ask(JOB_RELOAD_OR_START, "a", JOB_MODE_REPLACE), 0);
        expect("a/nop a/start");
        active("b");
        assert_int_equal(ask(JOB_TRY_RELOAD, "b", JOB_MODE_REPLACE), 0);
        expect("a/nop a/start b/reload");
}

static void test_redundant(void **state) {
        depend("a Requires b, b Requires c");
        active("b");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), 0);
        /* b runs, and so what it requires is its own business */
        expect("a/start");
        assert_int_equal(ask(JOB_START, "b", JOB_MODE_REPLACE), 0);
        /* what was asked for is never dropped */
        expect("a/start b/start c/start");
}

static void test_load_states(void **state) {
        depend("a Wants b, a Wants c, d Requires e, f Wants d, e Requires g");
        unit("b")->load = LOAD_MASKED;
        unit("c")->load = LOAD_NOT_FOUND;
        unit("g")->load = LOAD_BAD_SETTING;
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), 0);
        expect("a/start");
        assert_int_equal(world.diag.n, 0);
        assert_int_equal(ask(JOB_START, "b", JOB_MODE_REPLACE), -ERFKILL);
        assert_int_equal(ask(JOB_START, "c", JOB_MODE_REPLACE), -ENOENT);
        assert_int_equal(ask(JOB_START, "d", JOB_MODE_REPLACE), -EBADMSG);
        expect_said("start of e.service cannot be had");
        expect("a/start");
        /* f only wants d: it goes without, and without what d had pulled in */
        assert_int_equal(ask(JOB_START, "f", JOB_MODE_REPLACE), 0);
        expect("a/start f/start");
        /* stopping works in all load states */
        active("g");
        assert_int_equal(ask(JOB_STOP, "g", JOB_MODE_REPLACE), 0);
        expect("a/start f/start g/stop");
}

static void test_applicable(void **state) {
        unit("p")->perpetual = true;
        active("p");
        assert_int_equal(ask(JOB_STOP, "p", JOB_MODE_REPLACE), -EOPNOTSUPP);
        assert_int_equal(ask(JOB_RESTART, "x.device", JOB_MODE_REPLACE), -EOPNOTSUPP);
        assert_int_equal(ask(JOB_RELOAD, "x.target", JOB_MODE_REPLACE), -EOPNOTSUPP);
        depend("x.target PropagatesReloadTo a");
        active("x.target");
        active("a");
        assert_int_equal(ask(JOB_RELOAD, "x.target", JOB_MODE_REPLACE), 0);
        expect("a/reload x.target/reload");
        /* what cannot be stopped is passed over, even if it conflicts */
        depend("b Conflicts p");
        assert_int_equal(ask(JOB_START, "b", JOB_MODE_REPLACE), 0);
        expect("a/reload b/start x.target/reload");
}

static void test_contradiction(void **state) {
        depend("a Requires b, a Requires c, b Conflicts c");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), -ENOEXEC);
        expect_said("exclude each other");
        expect("");
}

static void test_conflict_that_does_not_matter(void **state) {
        depend("a Wants b, a Wants c, b Conflicts c");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), 0);
        /* the stop of c is there because of a conflict, so the start of c goes */
        expect("a/start b/start");
}

static void test_conflict_with_what_matters(void **state) {
        depend("a Requires b, a Wants c, b Conflicts c, c Requires d, e PartOf c, a Wants e");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), 0);
        /* c is excluded by something that matters, e as part of it, and d is needed by c only */
        expect("a/start b/start");
}

static void test_cycle(void **state) {
        depend("a Wants b, a Wants c, b After c, c After d, d After b, a Requires d, a Requires c");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), 0);
        expect("a/start c/start d/start");
        assert_int_equal(world.diag.n, 1);
        expect_said("b.service/start is left out to break it");
        expect_said(" before b.service/start");
        expect_said(" before c.service/start");
        expect_said(" before d.service/start");
}

static void test_cycle_that_matters(void **state) {
        depend("a Requires b, b Requires c, b After c, c After b");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), -EDEADLK);
        expect_said("all needed");
        expect("");
        assert_int_equal(ask(JOB_START, "c", JOB_MODE_REPLACE), 0);
        expect("c/start");
}

static void test_cycle_with_installed(void **state) {
        depend("a Before b, b Before c, c Before a");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), 0);
        assert_int_equal(ask(JOB_START, "b", JOB_MODE_REPLACE), 0);
        assert_int_equal(ask(JOB_START, "c", JOB_MODE_REPLACE), -EDEADLK);
        assert_int_equal(ask(JOB_START, "c", JOB_MODE_IGNORE_DEPENDENCIES), 0);
        expect("a/start b/start c/start");
}

static void test_long_chain(void **state) {
        enum { LENGTH = 200000 };
        char name[30];
        Unit *last = NULL;

        for (int i = 0; i < LENGTH; i++) {
                Unit *u;

                snprintf(name, sizeof(name), "u%d.service", i);
                assert_int_equal(registry_add(world.registry, name, NULL, &u), 0);
                u->data = calloc(1, sizeof(Fake));
                if (last)
                        assert_true(dependency_add(last, DEPENDENCY(REQUIRES) | DEPENDENCY(AFTER),
                                                   u) > 0);
                last = u;
        }
        fake_of(last)->start_fails = true;
        world.quiet = true;
        assert_int_equal(ask(JOB_START, "u0", JOB_MODE_REPLACE), 0);
        assert_int_equal(world.engine.n_jobs, LENGTH);
        job_queue_run(&world.engine);
        assert_int_equal(world.engine.n_jobs, 0);
        assert_int_equal(unit("u0")->active, ACTIVE_INACTIVE);
}

static void test_mode_fail(void **state) {
        depend("a Conflicts b, c Wants d, d Conflicts e");
        active("b");
        assert_int_equal(ask(JOB_STOP, "b", JOB_MODE_FAIL), 0);
        assert_int_equal(ask(JOB_START, "b", JOB_MODE_FAIL), -EBUSY);
        expect_said("does not allow");
        expect("b/stop");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_FAIL), 0);
        expect("a/start b/stop");
        /* a running unit is not stopped for the sake of what is only wanted */
        active("e");
        assert_int_equal(ask(JOB_START, "c", JOB_MODE_FAIL), 0);
        expect("a/start b/stop c/start");
}

static void test_mode_replace(void **state) {
        active("a");
        assert_int_equal(ask(JOB_STOP, "a", JOB_MODE_REPLACE), 0);
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), 0);
        expect("a/start");
        assert_int_equal(ask(JOB_STOP, "a", JOB_MODE_REPLACE_IRREVERSIBLY), 0);
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), -EBUSY);
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_FLUSH), -EBUSY);
        expect("a/stop");
}

static void test_mode_isolate(void **state) {
        depend("a Requires b, c PartOf d");
        active("b");
        active("c");
        active("d");
        active("e");
        unit("e")->settings.ignore_on_isolate = true;
        active("p");
        unit("p")->perpetual = true;
        assert_int_equal(ask(JOB_START, "f", JOB_MODE_REPLACE), 0);
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_ISOLATE), -EPERM);
        assert_int_equal(ask(JOB_STOP, "a", JOB_MODE_ISOLATE), -EINVAL);
        unit("a")->settings.allow_isolate = true;
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_ISOLATE), 0);
        /* the job of f is replaced by one that stops it; e and p stay */
        expect("a/start c/stop d/stop f/stop");
}

static void test_mode_flush(void **state) {
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_REPLACE), 0);
        assert_int_equal(ask(JOB_START, "b", JOB_MODE_FLUSH), 0);
        expect("b/start");
}

static void test_mode_ignore(void **state) {
        depend("a Requires b, a After c");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_IGNORE_REQUIREMENTS), 0);
        expect("a/start");
        assert_false(world.engine.jobs->ignore_order);
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_IGNORE_DEPENDENCIES), 0);
        assert_true(world.engine.jobs->ignore_order);
}

static void test_mode_triggering(void **state) {
        depend("a TriggeredBy t.target, a TriggeredBy u.target");
        active("a");
        active("t.target");
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_TRIGGERING), -EINVAL);
        assert_int_equal(ask(JOB_STOP, "a", JOB_MODE_TRIGGERING), 0);
        expect("a/stop t.target/stop");
}

static void test_mode_restart_dependencies(void **state) {
        depend("b Requires a, c PartOf a, d PartOf a");
        active("b");
        active("c");
        assert_int_equal(ask(JOB_STOP, "a", JOB_MODE_RESTART_DEPENDENCIES), -EINVAL);
        assert_int_equal(ask(JOB_START, "a", JOB_MODE_RESTART_DEPENDENCIES), 0);
        expect("a/start b/restart c/restart");
}

static void test_by_hand(void **state) {
        TransactionRequest r = { .unit = unit("a"), .type = JOB_START, .by_hand = true };

        unit("a")->settings.refuse_manual_start = true;
        assert_int_equal(transaction_run(&world.engine, &r, &world.diag, NULL), -EPERM);
        r.type = JOB_STOP;
        assert_int_equal(transaction_run(&world.engine, &r, &world.diag, NULL), 0);
        unit("a")->settings.refuse_manual_stop = true;
        assert_int_equal(transaction_run(&world.engine, &r, &world.diag, NULL), -EPERM);
        r.by_hand = false;
        assert_int_equal(transaction_run(&world.engine, &r, &world.diag, NULL), 0);
}

static void test_install_merges(void **state) {
        Job *first, *second;
        const TransactionRequest start = { .unit = unit("a"),
                                           .type = JOB_START,
                                           .mode = JOB_MODE_REPLACE };
        const TransactionRequest restart = { .unit = unit("a"),
                                             .type = JOB_RESTART,
                                             .mode = JOB_MODE_REPLACE };

        assert_int_equal(transaction_run(&world.engine, &start, NULL, &first), 0);
        assert_int_equal(transaction_run(&world.engine, &restart, NULL, &second), 0);
        assert_ptr_equal(first, second);
        expect("a/restart");
        assert_int_equal(world.engine.n_jobs, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(test_start_pulls_in),
                TEST(test_verify_active),
                TEST(test_stop_propagates),
                TEST(test_restart_propagates),
                TEST(test_reload_propagates),
                TEST(test_collapsed_requests),
                TEST(test_redundant),
                TEST(test_load_states),
                TEST(test_applicable),
                TEST(test_contradiction),
                TEST(test_conflict_that_does_not_matter),
                TEST(test_conflict_with_what_matters),
                TEST(test_cycle),
                TEST(test_cycle_that_matters),
                TEST(test_cycle_with_installed),
                TEST(test_long_chain),
                TEST(test_mode_fail),
                TEST(test_mode_replace),
                TEST(test_mode_isolate),
                TEST(test_mode_flush),
                TEST(test_mode_ignore),
                TEST(test_mode_triggering),
                TEST(test_mode_restart_dependencies),
                TEST(test_by_hand),
                TEST(test_install_merges),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
