/* Protects the table of dependencies against systemd.unit(5), and that both ends agree about each,
 * whatever is declared and taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "supervisor/manager/unit.h"

static void test_names(void **state) {
        for (int k = 0; k < DEPENDENCY_KINDS; k++) {
                DependencyKind inverse = dependency_inverse((DependencyKind)k);

                assert_int_equal(dependency_from_name(dependency_name((DependencyKind)k)), k);
                assert_int_equal(dependency_inverse(inverse), k);
        }
        assert_int_equal(dependency_from_name("Likes"), -EINVAL);
        assert_int_equal(dependency_inverse(DEPENDENCY_UPHOLDS), DEPENDENCY_UPHELD_BY);
        assert_int_equal(dependency_inverse(DEPENDENCY_PART_OF), DEPENDENCY_CONSISTS_OF);
        assert_int_equal(dependency_inverse(DEPENDENCY_JOINS_NAMESPACE_OF),
                         DEPENDENCY_JOINS_NAMESPACE_OF);
}

/* What each kind does, as the manual has it; all that is not listed does nothing. */
static const struct {
        DependencyKind kind;
        DependencyAtom atoms[10];
        size_t n;
} meanings[] = {
        { DEPENDENCY_REQUIRES,
          { ATOM_PULL_IN_START, ATOM_RETROACTIVE_START_REPLACE, ATOM_NEEDS_OTHER,
            ATOM_TARGET_ORDER },
          4 },
        { DEPENDENCY_REQUIRED_BY,
          { ATOM_PROPAGATE_STOP, ATOM_PROPAGATE_RESTART, ATOM_PROPAGATE_START_FAILURE,
            ATOM_PINS_STOP_WHEN_UNNEEDED, ATOM_ORDERED_TARGETS },
          5 },
        { DEPENDENCY_REQUISITE, { ATOM_PULL_IN_VERIFY, ATOM_NEEDS_OTHER, ATOM_TARGET_ORDER }, 3 },
        { DEPENDENCY_REQUISITE_OF,
          { ATOM_PROPAGATE_STOP, ATOM_PROPAGATE_RESTART, ATOM_PROPAGATE_START_FAILURE,
            ATOM_PROPAGATE_INACTIVE_START_AS_FAILURE, ATOM_PINS_STOP_WHEN_UNNEEDED,
            ATOM_ORDERED_TARGETS },
          6 },
        { DEPENDENCY_WANTS,
          { ATOM_PULL_IN_START_IGNORED, ATOM_RETROACTIVE_START_FAIL, ATOM_NEEDS_OTHER,
            ATOM_TARGET_ORDER },
          4 },
        { DEPENDENCY_WANTED_BY, { ATOM_PINS_STOP_WHEN_UNNEEDED, ATOM_ORDERED_TARGETS }, 2 },
        { DEPENDENCY_BINDS_TO,
          { ATOM_PULL_IN_START, ATOM_RETROACTIVE_START_REPLACE, ATOM_CANNOT_BE_ACTIVE_WITHOUT,
            ATOM_NEEDS_OTHER, ATOM_TARGET_ORDER },
          5 },
        { DEPENDENCY_BOUND_BY,
          { ATOM_PROPAGATE_STOP, ATOM_PROPAGATE_RESTART, ATOM_PROPAGATE_START_FAILURE,
            ATOM_RETROACTIVE_STOP_ON_STOP, ATOM_BINDS_OTHER, ATOM_PINS_STOP_WHEN_UNNEEDED,
            ATOM_ORDERED_TARGETS },
          7 },
        { DEPENDENCY_PART_OF, { ATOM_TARGET_ORDER }, 1 },
        { DEPENDENCY_CONSISTS_OF,
          { ATOM_PROPAGATE_STOP, ATOM_PROPAGATE_RESTART, ATOM_ORDERED_TARGETS },
          3 },
        { DEPENDENCY_UPHOLDS,
          { ATOM_PULL_IN_START_IGNORED, ATOM_RETROACTIVE_START_REPLACE, ATOM_UPHOLDS_OTHER,
            ATOM_NEEDS_OTHER, ATOM_TARGET_ORDER },
          5 },
        { DEPENDENCY_UPHELD_BY,
          { ATOM_START_STEADILY, ATOM_PINS_STOP_WHEN_UNNEEDED, ATOM_ORDERED_TARGETS },
          3 },
        { DEPENDENCY_CONFLICTS, { ATOM_PULL_IN_STOP, ATOM_RETROACTIVE_STOP_ON_START }, 2 },
        { DEPENDENCY_CONFLICTED_BY,
          { ATOM_PULL_IN_STOP_IGNORED, ATOM_RETROACTIVE_STOP_ON_START,
            ATOM_PROPAGATE_STOP_FAILURE },
          3 },
        { DEPENDENCY_PROPAGATES_STOP_TO,
          { ATOM_PROPAGATE_STOP, ATOM_RETROACTIVE_STOP_ON_STOP },
          2 },
        { DEPENDENCY_PROPAGATES_RELOAD_TO, { ATOM_PROPAGATES_RELOAD_TO }, 1 },
        { DEPENDENCY_BEFORE, { ATOM_BEFORE }, 1 },
        { DEPENDENCY_AFTER, { ATOM_AFTER }, 1 },
        { DEPENDENCY_ON_FAILURE, { ATOM_ON_FAILURE }, 1 },
        { DEPENDENCY_ON_SUCCESS, { ATOM_ON_SUCCESS }, 1 },
        { DEPENDENCY_TRIGGERED_BY, { ATOM_TRIGGERED_BY }, 1 },
        { DEPENDENCY_IN_SLICE, { ATOM_IN_SLICE }, 1 },
};

static void test_meanings(void **state) {
        DependencySet expected[DEPENDENCY_ATOMS] = { 0 };

        for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
                for (size_t a = 0; a < meanings[i].n; a++)
                        expected[meanings[i].atoms[a]] |= UINT32_C(1) << meanings[i].kind;
        for (int a = 0; a < DEPENDENCY_ATOMS; a++)
                assert_int_equal(dependency_atoms[a], expected[a]);
}

static void test_declared_from_both_ends(void **state) {
        Unit a = { 0 }, b = { 0 };

        assert_int_equal(dependency_add(&a, DEPENDENCY(BEFORE) | DEPENDENCY(WANTS), &b), 1);
        assert_int_equal(dependency_add(&a, DEPENDENCY(BEFORE), &b), 0);
        assert_int_equal(dependency_add(&b, DEPENDENCY(AFTER), &a), 1);
        assert_int_equal(dependency_add(&a, DEPENDENCY(BEFORE), &a), 0);
        assert_int_equal(dependency_between(&b, &a), DEPENDENCY(AFTER) | DEPENDENCY(WANTED_BY));
        dependency_drop_own(&a);
        assert_int_equal(dependency_between(&a, &b), DEPENDENCY(BEFORE));
        assert_int_equal(dependency_between(&b, &a), DEPENDENCY(AFTER));
        dependency_drop_own(&b);
        assert_int_equal(a.dependencies.n + b.dependencies.n, 0);
        assert_int_equal(dependency_between(&a, &b), 0);
}

enum { UNITS = 12 };

/* A model: who declared what towards whom. */
static DependencySet declared[UNITS][UNITS];

static DependencySet inverse_of(DependencySet set) {
        DependencySet inverse = 0;

        for (int k = 0; k < DEPENDENCY_KINDS; k++)
                if (set & (UINT32_C(1) << k))
                        inverse |= UINT32_C(1) << dependency_inverse((DependencyKind)k);
        return inverse;
}

static void compare_with_model(Unit *units) {
        for (size_t a = 0; a < UNITS; a++) {
                size_t n = 0;

                for (size_t b = 0; b < UNITS; b++) {
                        DependencySet kinds = declared[a][b] | inverse_of(declared[b][a]);

                        assert_int_equal(dependency_between(&units[a], &units[b]), kinds);
                        n += kinds != 0;
                }
                assert_int_equal(units[a].dependencies.n, n);
        }
}

static void test_against_model(void **state) {
        Unit units[UNITS] = { 0 };

        srandom(1);
        for (int round = 0; round < 20000; round++) {
                size_t a = (size_t)random() % UNITS, b = (size_t)random() % UNITS;
                DependencySet set = UINT32_C(1) << random() % DEPENDENCY_KINDS;

                if (random() % 40 == 0) {
                        dependency_drop_own(&units[a]);
                        for (b = 0; b < UNITS; b++)
                                declared[a][b] = 0;
                } else if (random() % 80 == 0) {
                        dependency_drop_all(&units[a]);
                        for (b = 0; b < UNITS; b++)
                                declared[a][b] = declared[b][a] = 0;
                } else if (a != b) {
                        assert_true(dependency_add(&units[a], set, &units[b]) >= 0);
                        declared[a][b] |= set;
                }
                if (round % 50 == 0)
                        compare_with_model(units);
        }
        for (size_t a = 0; a < UNITS; a++)
                dependency_drop_all(&units[a]);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names),
                cmocka_unit_test(test_meanings),
                cmocka_unit_test(test_declared_from_both_ends),
                cmocka_unit_test(test_against_model),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
