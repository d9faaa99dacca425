/*
 * Beginning and end of what the parts share.
 */
#include "supervisor/manager/engine.h"

void engine_init(Engine *e, Registry *registry, const EngineHooks *hooks, void *userdata) {
        static const EngineHooks nobody = { 0 };

        *e = (Engine){ .registry = registry,
                       .hooks = hooks ? hooks : &nobody,
                       .userdata = userdata };
        e->checks_end = &e->checks;
}

void engine_done(Engine *e) {
        for (Job *j = e->jobs, *next; j; j = next) {
                next = j->next;
                if (j->type == JOB_NOP)
                        j->unit->nop_job = NULL;
                else
                        j->unit->job = NULL;
                job_free(j);
        }
        e->jobs = e->queue = NULL;
        for (Unit *u = e->checks, *next; u; u = next) {
                next = u->check_next;
                u->check_next = NULL;
                u->checks = 0;
        }
        e->checks = NULL;
}

Job *engine_find_job(const Engine *e, uint32_t id) {
        for (Job *j = e->jobs; j; j = j->next)
                if (j->id == id)
                        return j;
        return NULL;
}
