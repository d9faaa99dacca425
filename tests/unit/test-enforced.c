/* Protects the word that is given about what nobody enforces: each such row is refused under
 * Enforce=strict and named under Enforce=warn, and no other row is. Where there is no manager,
 * nobody enforces what it would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "supervisor/exec/enforced.h"

/* Only D is assigned: what its value is does not matter here. */
static void assign_only(Config *c, const Directive *d) {
        size_t row = (size_t)(d - directives);

        memset(c->assigned, 0, sizeof(c->assigned));
        c->assigned[row / 64] = UINT64_C(1) << (row % 64);
}

static void check(Config *c, const Directive *d, bool managed, bool strict) {
        unsigned by_nobody = NOT_ENFORCED | (managed ? 0 : MANAGED);
        bool said = d->flags & by_nobody && !(d->flags & SUPERVISION);
        _cleanup_(diag_done) Diag diag = { 0 };
        char name[128];
        int r;

        snprintf(name, sizeof(name), ": %s=", d->name);
        r = enforced_check(c, managed, strict, &diag);
        if (r != (strict && said ? -EOPNOTSUPP : 0) || diag.n != said)
                fail_msg("%s= under Enforce=%s: %d, %zu remarks", d->name,
                         strict ? "strict" : "warn", r, diag.n);
        if (said && !strstr(diag.entries[0].message, name))
                fail_msg("%s= is not named: %s", d->name, diag.entries[0].message);
        if (said)
                assert_int_equal(diag.entries[0].level, strict ? DIAG_ERROR : DIAG_WARNING);
}

static void test_each_row(void **state) {
        _cleanup_(config_done) Config c;
        size_t n = 0;

        assert_true(config_init(&c) >= 0);
        DIRECTIVE_FOREACH(d) {
                assign_only(&c, d);
                for (unsigned bits = 0; bits < 4; bits++)
                        check(&c, d, bits & 1, bits & 2);
                n += d->flags & NOT_ENFORCED && !(d->flags & SUPERVISION);
        }
        assert_true(n > 0);
}

int main(void) {
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_each_row) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
