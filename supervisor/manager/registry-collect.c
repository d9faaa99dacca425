/*
 * Which units may be forgotten: a sweep from those that are in use along what they mention.
 */
#include "supervisor/manager/registry-inside.h"

bool registry_collect_permits(const Unit *u) {
        if (u->perpetual || u->job || u->nop_job || u->pins > 0 || u->checks != 0 ||
            u->check_again != 0 || u->load == LOAD_STUB)
                return false;
        if (u->active == ACTIVE_FAILED)
                return u->settings.collect_failed;
        return u->active == ACTIVE_INACTIVE;
}

/* Marks all that stays: what may not go, and what is mentioned by something that stays. */
static void mark_needed(Registry *r) {
        Unit *todo = NULL;

        REGISTRY_FOREACH(u, r) {
                u->marked = !registry_collect_permits(u);
                if (!u->marked)
                        continue;
                u->load_next = todo;
                todo = u;
        }
        while (todo) {
                Unit *u = todo;

                todo = u->load_next;
                for (size_t i = 0; i < u->dependencies.n; i++) {
                        Unit *other = u->dependencies.items[i].other;

                        if (other->marked || u->dependencies.items[i].own == 0)
                                continue;
                        other->marked = true;
                        other->load_next = todo;
                        todo = other;
                }
        }
}

size_t registry_collect(Registry *r) {
        Unit **at = &r->units;
        size_t before = r->n;

        mark_needed(r);
        while (*at) {
                Unit *u = *at;

                if (u->marked) {
                        at = &u->next;
                        continue;
                }
                *at = u->next;
                registry_forget(r, u);
        }
        return before - r->n;
}
