/*
 * A unit whose settings cannot be read is not started: its conditions do not hold.
 */
#include "supervisor/manager/unit-condition.h"

#include <string.h>

#include "supervisor/manager/unit-load.h"
#include "supervisor/manager/unit-story.h"
#include "units/condition.h"

static bool test(Manager *m, const ConditionList *list, char *results, Diag *notes) {
        char controllers[256] = "";
        ConditionFacts facts = { .controllers = controllers,
                                 .credentials = getenv("CREDENTIALS_DIRECTORY") };

        (void)group_read(&m->groups, "", "cgroup.controllers", controllers, sizeof(controllers));
        controllers[strcspn(controllers, "\n")] = '\0';
        return condition_list_test(list, &facts, results, notes);
}

static void tell(Unit *u, const Diag *notes) {
        _cleanup_free_ char *line = NULL;

        if (notes->n == 0 || diag_entry_format(&notes->entries[notes->n - 1], &line) < 0)
                return;
        manager_say(u, "not started: %s", line);
        unit_story_set(u, STORY_OUTCOME, line);
}

bool unit_condition_hold(Manager *m, Unit *u, bool asserts) {
        _cleanup_(diag_done) Diag diag = { 0 }, notes = { 0 };
        _cleanup_(config_done) Config c;
        _cleanup_free_ char *results = NULL;
        StoryTests tests = { .at = m->engine.now };
        int r = config_init(&c);
        const ConditionList *list = asserts ? &c.asserts : &c.conditions;

        if (r >= 0)
                r = unit_load_config(m->registry, u, &diag, &c);
        if (r >= 0) {
                results = malloc(list->n + 1);
                r = results ? 0 : -ENOMEM;
        }
        if (r < 0) {
                manager_say(u, "its settings cannot be read: %s", strerror(-r));
                return false;
        }
        tests.hold = test(m, list, results, &notes);
        tests.results = results;
        unit_story_set_tests(u, asserts ? STORY_ASSERTS : STORY_CONDITIONS, &tests);
        if (!tests.hold)
                tell(u, &notes);
        return tests.hold;
}
