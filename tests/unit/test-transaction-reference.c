/* Protects the job engine against a slow restatement of the manual (reference.h) on 10,000 random
 * graphs: which jobs a request comes to; that circles are reported truly; and, while everything
 * runs with random delays and failures, that order is kept, failure reaches whom it should and
 * nobody else, and nothing is left waiting. SVALINN_GRAPHS sets another number, SVALINN_GRAPH one
 * seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/number.h"
#include "tests/unit/reference.h"
#include "tests/unit/world.h"

static World world;
static Ref ref;
static Unit *units[REF_UNITS];
static uint64_t seed, chance;

/* ---- random worlds ---- */

static unsigned below(unsigned n) {
        chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (unsigned)(chance >> 33) % n;
}

static bool one_in(unsigned n) {
        return below(n) == 0;
}

static void make_unit(int u) {
        static const ActiveState states[] = { ACTIVE_INACTIVE, ACTIVE_INACTIVE, ACTIVE_ACTIVE,
                                              ACTIVE_ACTIVE, ACTIVE_FAILED };
        char name[20];
        Fake *f;

        snprintf(name, sizeof(name), "u%d", u);
        units[u] = world_unit(&world, name);
        f = fake_of(units[u]);
        *f = (Fake){ .start_takes = below(4),
                     .stop_takes = below(4),
                     .start_fails = one_in(6),
                     .stop_fails = one_in(15),
                     .by_steps = true,
                     .oneshot = one_in(8),
                     .condition_off = one_in(20) };
        units[u]->active = states[below(ARRAY_SIZE(states))];
        units[u]->load = one_in(25) ? LOAD_NOT_FOUND : LOAD_LOADED;
        units[u]->perpetual = units[u]->load == LOAD_LOADED && one_in(30);
        units[u]->settings.ignore_on_isolate = one_in(5);
        units[u]->settings.allow_isolate = true;
        units[u]->settings.stop_when_unneeded = one_in(10);
        ref.loaded[u] = units[u]->load == LOAD_LOADED;
        ref.perpetual[u] = units[u]->perpetual;
        ref.stays_on_isolate[u] = units[u]->settings.ignore_on_isolate;
}

static void make_dependency(void) {
        static const DependencyKind kinds[] = {
                DEPENDENCY_REQUIRES,
                DEPENDENCY_WANTS,
                DEPENDENCY_BINDS_TO,
                DEPENDENCY_PART_OF,
                DEPENDENCY_UPHOLDS,
                DEPENDENCY_REQUISITE,
                DEPENDENCY_BEFORE,
                DEPENDENCY_BEFORE,
                DEPENDENCY_BEFORE,
                DEPENDENCY_TRIGGERS,
                DEPENDENCY_REQUIRES,
                DEPENDENCY_WANTS,
                DEPENDENCY_CONFLICTS,
                DEPENDENCY_PROPAGATES_STOP_TO,
                DEPENDENCY_PROPAGATES_RELOAD_TO,
                DEPENDENCY_ON_FAILURE,
        };
        DependencyKind kind = kinds[below(ARRAY_SIZE(kinds))];
        int a = (int)below((unsigned)ref.n), b = (int)below((unsigned)ref.n);

        if (a == b)
                return;
        /* mostly without circles */
        if (kind == DEPENDENCY_BEFORE && a > b && !one_in(3)) {
                int c = a;

                a = b;
                b = c;
        }
        ref.dep[kind][a][b] = true;
        if (one_in(2))
                assert_true(dependency_add(units[a], UINT32_C(1) << kind, units[b]) >= 0);
        else
                assert_true(dependency_add(units[b], UINT32_C(1) << dependency_inverse(kind),
                                           units[a]) >= 0);
}

static TransactionRequest random_request(void) {
        TransactionRequest r = { .unit = units[below((unsigned)ref.n)],
                                 .type = (JobType)below(JOB_TYPES),
                                 .mode = (JobMode)below(JOB_MODE_RESTART_DEPENDENCIES + 1) };

        if (one_in(2))
                r.type = JOB_START;
        if (one_in(3))
                r.mode = JOB_MODE_REPLACE;
        if (r.mode == JOB_MODE_ISOLATE || r.mode == JOB_MODE_RESTART_DEPENDENCIES)
                r.type = JOB_START;
        if (r.mode == JOB_MODE_TRIGGERING)
                r.type = JOB_STOP;
        return r;
}

static void make_world(void) {
        int edges;

        memset(&ref, 0, sizeof(ref));
        world_init(&world);
        world.quiet = true;
        ref.n = 2 + (int)below(REF_UNITS - 1);
        for (int u = 0; u < ref.n; u++)
                make_unit(u);
        edges = (int)below((unsigned)(5 * ref.n)) + 1;
        for (int i = 0; i < edges; i++)
                make_dependency();
}

/* What the reference has to know of what is there before a request. */
static void observe(const TransactionRequest *r) {
        ref.asked = r->type;
        ref.mode = r->mode;
        for (int u = 0; u < ref.n; u++) {
                const Job *j = units[u]->job;

                ref.state[u] = units[u]->active;
                ref.installed[u] = j ? (int)j->type : -1;
                ref.irreversible[u] = j && j->irreversible;
                ref.unordered[u] = j && j->ignore_order;
                ref.type[u] = -1;
                if (units[u] == r->unit)
                        ref.unit = u;
        }
        memset(ref.in, 0, sizeof(ref.in));
        memset(ref.broken, 0, sizeof(ref.broken));
        memset(ref.matters, 0, sizeof(ref.matters));
        memset(ref.link, 0, sizeof(ref.link));
}

/* ---- comparing ---- */

static int index_of(const Unit *u) {
        for (int i = 0; i < ref.n; i++)
                if (units[i] == u)
                        return i;
        return -1;
}

static void describe_unit(int u) {
        print_message("  %s %s%s%s installed %d, expected %d, is %d:", units[u]->id,
                      unit_state_active_name(ref.state[u]), ref.loaded[u] ? "" : " missing",
                      ref.perpetual[u] ? " perpetual" : "", ref.installed[u], ref.type[u],
                      units[u]->job ? (int)units[u]->job->type : -1);
        for (int i = 0; i < DEPENDENCY_KINDS * ref.n; i++)
                if (ref.dep[i / ref.n][u][i % ref.n])
                        print_message(" %s=u%d", dependency_name((DependencyKind)(i / ref.n)),
                                      i % ref.n);
        print_message("\n");
}

static void describe(const TransactionRequest *r, int result) {
        print_message("graph %llu: %s %s mode %d: %d\n", (unsigned long long)seed,
                      job_type_name(r->type), r->unit->id, (int)r->mode, result);
        for (int u = 0; u < ref.n; u++)
                describe_unit(u);
        diag_print(&world.diag, 0, NULL, stdout);
}

#define CHECK(condition, r, result)                                                       \
        do {                                                                              \
                if (!(condition)) {                                                       \
                        describe(r, result);                                              \
                        fail_msg("graph %llu: %s", (unsigned long long)seed, #condition); \
                }                                                                         \
        } while (0)

static void compare_jobs(const TransactionRequest *r) {
        for (int u = 0; u < ref.n; u++) {
                int expected = ref.type[u], is = units[u]->job ? (int)units[u]->job->type : -1;

                if (expected == JOB_NOP) {
                        CHECK(units[u]->nop_job, r, 0);
                        expected = ref.installed[u];
                }
                CHECK(is == expected, r, 0);
        }
}

/* Is there a job that does what a job of TYPE of U would, or nothing to do? */
static bool has_work_done(int u, int type) {
        const Job *j = units[u]->job;

        return (j && !ref_exclude((int)j->type, type)) || units[u]->nop_job ||
               ref_changes_nothing(&ref, type, u);
}

/* Where the manual leaves a choice: nothing is there that was not pulled in, all that matters is,
 * and what needs something has it, or does not need it any more. */
static void check_choice(const TransactionRequest *r) {
        CHECK(r->unit->job || r->unit->nop_job, r, 0);
        for (int u = 0; u < ref.n; u++) {
                bool pulled = false;

                for (int t = 0; t < REF_TYPES; t++) {
                        int j = u * REF_TYPES + t;

                        pulled |= ref.in[j];
                        if (ref.in[j] && ref.matters[j])
                                CHECK(has_work_done(u, t), r, 0);
                }
                if (units[u]->job && ref.installed[u] < 0)
                        CHECK(pulled, r, 0);
        }
}

/* "...: u1.service/start before u2.service/stop before u1.service/start; u2.service/stop is left
 * out": each step must be in the order of these jobs, and what is left out must not matter. */
static void check_cycle(const TransactionRequest *r, const char *message) {
        const char *p = strstr(message, "circle: ");
        int first = -1, last_unit = -1, last_type = -1, steps = 0;
        bool seen_out = false;

        CHECK(p, r, 0);
        if (!p)
                return;
        for (p += strlen("circle: "); *p; steps++) {
                const char *slash = strchr(p, '/');
                size_t length = slash ? strcspn(slash + 1, " ;") : 0;
                char type[30];
                int u = p[1] - '0', t;

                CHECK(slash, r, 0);
                if (!slash)
                        return;
                if (p[2] != '.')
                        u = u * 10 + (p[2] - '0');
                snprintf(type, sizeof(type), "%.*s", (int)length, slash + 1);
                t = job_type_from_name(type);
                CHECK(t >= 0 && u < ref.n, r, 0);
                if (last_unit >= 0)
                        CHECK(ref_first(&ref, last_unit, last_type, u, t), r, 0);
                first = first < 0 ? u : first;
                last_unit = u;
                last_type = t;
                p = slash + 1 + length;
                if (*p == ';')
                        break;
                p += strlen(" before ");
        }
        CHECK(steps >= 1 && last_unit == first, r, 0);
        p = strstr(p, "; u");
        for (int u = 0; u < ref.n && p; u++) {
                char name[30];

                snprintf(name, sizeof(name), "; u%d.service/", u);
                if (strncmp(p, name, strlen(name)) != 0)
                        continue;
                seen_out = true;
                for (int t = 0; t < REF_TYPES; t++)
                        CHECK(!ref.in[u * REF_TYPES + t] || !ref.matters[u * REF_TYPES + t], r, 0);
        }
        CHECK(seen_out, r, 0);
}

static unsigned outcomes[REF_CHOICE + 1], cycles;

static void check_reports(const TransactionRequest *r) {
        for (size_t i = 0; i < world.diag.n; i++)
                if (strstr(world.diag.entries[i].message, "left out to break it")) {
                        check_cycle(r, world.diag.entries[i].message);
                        cycles++;
                }
}

/* Makes one request, and compares. */
static void request(void) {
        const TransactionRequest r = random_request();
        RefOutcome expected;
        int result;

        if (r.type == JOB_STOP ? r.unit->perpetual : r.unit->load != LOAD_LOADED)
                return;
        if (r.unit->perpetual && (r.type == JOB_RESTART || r.type == JOB_TRY_RESTART))
                return;
        observe(&r);
        expected = ref_run(&ref);
        outcomes[expected]++;
        diag_done(&world.diag);
        world.diag = (Diag){ 0 };
        result = transaction_run(&world.engine, &r, &world.diag, NULL);
        check_reports(&r);
        switch (expected) {
        case REF_EXACT:
                CHECK(result == 0, &r, result);
                compare_jobs(&r);
                break;
        case REF_NOT_LOADED:
                CHECK(result == -ENOENT, &r, result);
                break;
        case REF_CONTRADICTION:
                CHECK(result == -ENOEXEC, &r, result);
                break;
        case REF_CYCLE:
                CHECK(result == -EDEADLK, &r, result);
                break;
        case REF_DESTRUCTIVE:
                CHECK(result == -EBUSY, &r, result);
                break;
        case REF_CHOICE:
                CHECK(result == 0 || result == -EBUSY || result == -EDEADLK, &r, result);
                if (result == 0)
                        check_choice(&r);
                break;
        }
        for (int u = 0; u < ref.n; u++)
                assert_null(units[u]->planned);
}

/* ---- running ---- */

/* How each unit's last job ended; a bit a result. */
static int last_result[REF_UNITS];
static JobType last_type[REF_UNITS];

static uint32_t running[REF_UNITS]; /* ids of the jobs that are known to run */

/* A job that begins to run: none that is installed goes first. */
static void check_order(const Job *j) {
        int u = index_of(j->unit);
        bool begins = j->state == JOB_RUNNING && running[u] != j->id;

        running[u] = j->state == JOB_RUNNING ? j->id : 0;
        if (!begins || j->ignore_order)
                return;
        for (int v = 0; v < ref.n; v++) {
                const Job *other = units[v]->job;

                if (other && !other->ignore_order &&
                    ref_first(&ref, v, (int)other->type, u, (int)j->type))
                        fail_msg("graph %llu: %s/%s runs before %s/%s", (unsigned long long)seed,
                                 j->unit->id, job_type_name(j->type), other->unit->id,
                                 job_type_name(other->type));
        }
}

static void on_job_changed(const Job *j, void *userdata) {
        if (j->type != JOB_NOP)
                check_order(j);
}

static bool requires(int u, int v) {
        return ref.dep[DEPENDENCY_REQUIRES][u][v] || ref.dep[DEPENDENCY_REQUISITE][u][v] ||
               ref.dep[DEPENDENCY_BINDS_TO][u][v];
}

/* A start of U that failed because of another unit: is there one? */
static bool has_reason(int u) {
        for (int v = 0; v < ref.n; v++) {
                bool failed = last_result[v] > JOB_CANCELED;

                if (requires(u, v) && failed && last_type[v] != JOB_STOP)
                        return true;
                if (ref.dep[DEPENDENCY_REQUISITE][u][v] && !unit_state_is_up(units[v]->active))
                        return true;
                if (ref.dep[DEPENDENCY_CONFLICTS][u][v] && failed && last_type[v] == JOB_STOP)
                        return true;
                if (ref.dep[DEPENDENCY_BINDS_TO][u][v] && !unit_state_is_up(units[v]->active))
                        return true;
        }
        return false;
}

static void on_job_removed(const Job *j, void *userdata) {
        int u = index_of(j->unit);
        bool starts = j->type == JOB_START || j->type == JOB_VERIFY_ACTIVE;

        last_result[u] = (int)j->result;
        last_type[u] = j->type;
        if (j->result == JOB_DEPENDENCY && !has_reason(u))
                fail_msg("graph %llu: %s failed for another unit, but which?",
                         (unsigned long long)seed, j->unit->id);
        if (!starts || j->result <= JOB_CANCELED)
                return;
        /* whoever requires it has no start left, or is about to lose it */
        for (int v = 0; v < ref.n; v++) {
                const Job *other = units[v]->job;

                if (requires(v, u) && other && !other->doomed &&
                    (other->type == JOB_START || other->type == JOB_VERIFY_ACTIVE))
                        fail_msg("graph %llu: %s/start goes on although %s failed",
                                 (unsigned long long)seed, other->unit->id, j->unit->id);
        }
}

static void run_to_the_end(void) {
        static EngineHooks hooks;
        unsigned steps = 0;

        hooks = world_hooks;
        hooks.job_changed = on_job_changed;
        hooks.job_removed = on_job_removed;
        world.engine.hooks = &hooks;
        memset(last_result, 0, sizeof(last_result));
        memset(running, 0, sizeof(running));
        while (job_queue_run(&world.engine) || world_step(&world)) {
                for (int u = 0; u < ref.n; u++)
                        ref.state[u] = units[u]->active;
                if (++steps > 5000)
                        fail_msg("graph %llu does not come to an end", (unsigned long long)seed);
        }
        for (Job *j = world.engine.jobs; j; j = j->next)
                if (j->unit->active != ACTIVE_MAINTENANCE)
                        fail_msg("graph %llu: %s/%s is left waiting", (unsigned long long)seed,
                                 j->unit->id, job_type_name(j->type));
}

static void try_graph(uint64_t number) {
        seed = number;
        chance = number * UINT64_C(0x9e3779b97f4a7c15) + 1;
        make_world();
        for (unsigned i = 1 + below(3); i > 0; i--)
                request();
        run_to_the_end();
        if (one_in(2)) {
                request();
                run_to_the_end();
        }
        world_done(&world);
}

static uint64_t number_from(const char *variable, uint64_t otherwise) {
        const char *text = getenv(variable);
        uint64_t n;

        return text && number_parse_u64(text, 10, &n) == 0 ? n : otherwise;
}

static void test_graphs(void **state) {
        uint64_t only = number_from("SVALINN_GRAPH", 0), n = number_from("SVALINN_GRAPHS", 10000);

        for (uint64_t i = only ? only : 1; i <= (only ? only : n); i++)
                try_graph(i);
        print_message("%llu graphs; requests that fit %u, lack a unit %u, contradict %u, are "
                      "circular %u, would destroy %u, leave a choice %u; circles broken %u\n",
                      (unsigned long long)n, outcomes[REF_EXACT], outcomes[REF_NOT_LOADED],
                      outcomes[REF_CONTRADICTION], outcomes[REF_CYCLE], outcomes[REF_DESTRUCTIVE],
                      outcomes[REF_CHOICE], cycles);
        if (only || n < 10000)
                return;
        for (size_t o = 0; o < ARRAY_SIZE(outcomes); o++)
                assert_true(outcomes[o] > 50);
        assert_true(cycles > 20 && outcomes[REF_EXACT] > 10000);
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_graphs) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
