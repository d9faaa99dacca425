/*
 * A unit whose settings cannot be read is not started: its conditions do not hold.
 */
#include "supervisor/manager/unit-condition.h"

#include <string.h>

#include "supervisor/manager/unit-load.h"
#include "units/condition.h"

bool unit_condition_hold(Manager *m, const Unit *u, bool asserts) {
        _cleanup_(diag_done) Diag diag = { 0 }, notes = { 0 };
        _cleanup_(config_done) Config c;
        char controllers[256] = "";
        ConditionFacts facts = { .controllers = controllers,
                                 .credentials = getenv("CREDENTIALS_DIRECTORY") };
        int r = config_init(&c);
        bool hold;

        if (r >= 0)
                r = unit_load_config(m->registry, u, &diag, &c);
        if (r < 0) {
                manager_say(u, "its settings cannot be read: %s", strerror(-r));
                return false;
        }
        (void)group_read(&m->groups, "", "cgroup.controllers", controllers, sizeof(controllers));
        controllers[strcspn(controllers, "\n")] = '\0';
        hold = condition_list_holds(asserts ? &c.asserts : &c.conditions, &facts, &notes);
        if (!hold && notes.n > 0)
                manager_say(u, "not started: %s", notes.entries[notes.n - 1].message);
        return hold;
}
