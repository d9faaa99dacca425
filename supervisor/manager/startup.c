/*
 * The system has booted when there is nothing to do for the first time. A manager that takes over
 * later sees that at once, and writes the same values again.
 */
#include "supervisor/manager/startup.h"

#include <string.h>

#include "supervisor/manager/group-attribute.h"
#include "supervisor/manager/group-path.h"
#include "supervisor/manager/service.h"
#include "supervisor/manager/unit-load.h"

static void apply_to_slice(Manager *m, const Unit *u) {
        _cleanup_(config_done) Config c;
        _cleanup_free_ char *path = NULL;

        if (config_init(&c) < 0 || unit_load_config(m->registry, u, NULL, &c) < 0 ||
            !group_attribute_has_startup(&c) || group_path_of(u, &path) < 0 || !*path)
                return;
        (void)group_attribute_set_all(&m->groups, path, &c, u);
}

static void apply_to_service(Manager *m, Service *s) {
        bool held = s->config != NULL;

        (void)group_attribute_set_all(&m->groups, s->group, service_config(s), s->unit);
        if (!held)
                service_drop_config(s);
}

void startup_turn(Manager *m) {
        bool startup;

        m->booted = m->booted || m->engine.n_jobs == 0;
        startup = m->ending || !m->booted;
        if (startup == m->groups.startup)
                return;
        m->groups.startup = startup;
        REGISTRY_FOREACH(u, m->registry) {
                Service *s = service_known(u);

                if (s && s->group && s->has_startup)
                        apply_to_service(m, s);
                else if (u->type == UNIT_SLICE && unit_state_is_up(u->active))
                        apply_to_slice(m, u);
        }
}
