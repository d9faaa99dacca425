/*
 * The list of planned jobs, and the walks over their links. Walks keep their list of what is still
 * to be looked at in the jobs themselves, so that a long chain of dependencies takes no stack.
 */
#include "supervisor/manager/planned.h"

void planned_done(Transaction *t) {
        for (Planned *p = t->first, *next; p; p = next) {
                next = p->next;
                for (Link *l = p->needs, *l_next; l; l = l_next) {
                        l_next = l->subject_next;
                        free(l);
                }
                p->unit->planned = NULL;
                free(p->left_out);
                free(p);
        }
        t->first = t->last = t->anchor = NULL;
}

int planned_get(Transaction *t, Unit *unit, JobType type, Planned **ret) {
        Planned *p;

        for (p = unit->planned; p; p = p->same_unit) {
                if (p->type == type) {
                        *ret = p;
                        return 0;
                }
        }
        p = calloc(1, sizeof(Planned));
        if (!p)
                return -ENOMEM;
        p->unit = unit;
        p->type = type;
        p->same_unit = unit->planned;
        unit->planned = p;
        if (t->last)
                t->last->next = p;
        else
                t->first = p;
        t->last = p;
        *ret = p;
        return 1;
}

int planned_link(Planned *subject, Planned *object, bool matters, bool conflicts) {
        Link *l = calloc(1, sizeof(Link));

        if (!l)
                return -ENOMEM;
        *l = (Link){ .subject = subject,
                     .object = object,
                     .matters = matters,
                     .conflicts = conflicts,
                     .subject_next = subject->needs,
                     .object_next = object->needed_by };
        subject->needs = object->needed_by = l;
        return 0;
}

void planned_remove(Planned *p) {
        Planned **at = &p->unit->planned;

        while (*at && *at != p)
                at = &(*at)->same_unit;
        if (*at)
                *at = p->same_unit;
        p->deleted = true;
}

void planned_delete(Planned *p) {
        Planned *todo = p;

        planned_remove(p);
        p->todo = NULL;
        while (todo) {
                Planned *now = todo;

                todo = now->todo;
                for (Link *l = now->needed_by; l; l = l->object_next) {
                        if (!l->matters || l->subject->deleted)
                                continue;
                        planned_remove(l->subject);
                        l->subject->todo = todo;
                        todo = l->subject;
                }
        }
}

void planned_delete_unit(Unit *u) {
        while (u->planned)
                planned_delete(u->planned);
}

bool planned_unit_matters(const Unit *u) {
        for (const Planned *p = u->planned; p; p = p->same_unit)
                if (p->matters)
                        return true;
        return false;
}

/* Sets "reached" for all that the anchor leads to, by all links or by those that matter. */
static void reach(Transaction *t, bool matters_only) {
        Planned *todo = t->anchor;

        for (Planned *p = t->first; p; p = p->next)
                p->reached = false;
        todo->reached = true;
        todo->todo = NULL;
        while (todo) {
                Planned *now = todo;

                todo = now->todo;
                for (Link *l = now->needs; l; l = l->subject_next) {
                        Planned *o = l->object;

                        if (o->reached || o->deleted || (matters_only && !l->matters))
                                continue;
                        o->reached = true;
                        o->todo = todo;
                        todo = o;
                }
        }
}

void planned_collect(Transaction *t) {
        reach(t, false);
        PLANNED_FOREACH(p, t)
        if (!p->reached)
                planned_remove(p);
}

void planned_mark_matters(Transaction *t) {
        reach(t, true);
        PLANNED_FOREACH(p, t)
        p->matters = p->reached;
}
