/*
 * What a transaction leaves behind for people: for each job who asked for it, by which dependency
 * of which unit; and for what was left out, why. Nothing is decided here.
 */
#include "base/strbuf.h"
#include "supervisor/manager/planned.h"
#include "supervisor/manager/unit-story.h"

/* The kinds by which SUBJECT may have pulled in OBJECT. */
static DependencySet ways_of(const Planned *subject, const Planned *object) {
        static const DependencyAtom atoms[JOB_TYPES_INSTALLED][2] = {
                [JOB_START] = { ATOM_PULL_IN_START, ATOM_PULL_IN_START_IGNORED },
                [JOB_VERIFY_ACTIVE] = { ATOM_PULL_IN_VERIFY, ATOM_PULL_IN_VERIFY },
                [JOB_STOP] = { ATOM_PULL_IN_STOP, ATOM_PULL_IN_STOP_IGNORED },
                [JOB_RELOAD] = { ATOM_PROPAGATES_RELOAD_TO, ATOM_PROPAGATES_RELOAD_TO },
                [JOB_RESTART] = { ATOM_PROPAGATE_RESTART, ATOM_PULL_IN_START },
        };
        const DependencyAtom *a = atoms[object->type];

        if (object->type == JOB_STOP && job_type_stops(subject->type))
                return dependency_atoms[ATOM_PROPAGATE_STOP];
        return object->type == JOB_NOP ? 0 : dependency_atoms[a[0]] | dependency_atoms[a[1]];
}

/* As a dependency of the unit that declares it: " (its Wants=)", " (Requires= of b.service)". */
static void add_kind(const Planned *subject, const Planned *object, StrBuf *b) {
        DependencySet set =
                dependency_between(subject->unit, object->unit) & ways_of(subject, object);

        for (int k = 0; k < DEPENDENCY_KINDS; k++) {
                DependencyKind kind = (DependencyKind)k;

                if (!(set & (UINT32_C(1) << k)))
                        continue;
                if (dependency_is_own(subject->unit, kind, object->unit))
                        strbuf_addf(b, " (its %s=)", dependency_name(kind));
                else
                        strbuf_addf(b, " (%s= of %s)", dependency_name(dependency_inverse(kind)),
                                    object->unit->id);
                return;
        }
}

/* Who pulled P in; rather one that cannot do without it. */
static const Planned *find_subject(const Planned *p) {
        const Planned *any = NULL;

        for (const Link *l = p->needed_by; l; l = l->object_next) {
                if (l->subject->deleted)
                        continue;
                if (l->matters)
                        return l->subject;
                any = l->subject;
        }
        return any;
}

char *transaction_story_asked_by(const Transaction *t, const Planned *p) {
        const Planned *subject = p == t->anchor ? NULL : find_subject(p);
        StrBuf b = { 0 };
        char *text;

        if (subject && subject == t->anchor && t->mode == JOB_MODE_ISOLATE && p->type == JOB_STOP)
                strbuf_addf(&b, "the isolation of %s", subject->unit->id);
        else if (subject) {
                strbuf_addf(&b, "the %s of %s", job_type_name(subject->type), subject->unit->id);
                add_kind(subject, p, &b);
        }
        if (t->asked_by)
                strbuf_addf(&b, "%s%s", subject ? ", asked for by " : "", t->asked_by);
        if (!b.text) {
                strbuf_done(&b);
                return NULL;
        }
        return strbuf_take(&b, &text) < 0 ? NULL : text;
}

void transaction_story_leave_out(Planned *p, const char *format, ...) {
        StrBuf b = { 0 };
        va_list ap;

        va_start(ap, format);
        strbuf_addv(&b, format, ap);
        va_end(ap);
        free(p->left_out);
        p->left_out = NULL;
        (void)strbuf_take(&b, &p->left_out);
}

void transaction_story_tell(const Transaction *t) {
        const EngineHooks *hooks = t->engine->hooks;

        for (Planned *p = t->first; p; p = p->next) {
                if (!p->left_out || p->unit->planned)
                        continue;
                unit_story_set(p->unit, STORY_OUTCOME, p->left_out);
                if (hooks->told)
                        hooks->told(p->unit, t->engine->userdata);
        }
}
