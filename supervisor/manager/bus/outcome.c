/*
 * The shapes are systemd's. What is not known is told as zeros, which mean the same there.
 */
#include "supervisor/manager/bus/outcome.h"

#include <string.h>

#include "base/text.h"
#include "supervisor/manager/unit-story.h"
#include "units/setting.h"
#include "units/types.h"

bool outcome_has(const Directive *d) {
        return d->type == &type_commands || d->type == &type_conditions;
}

static int append_command(const Command *c, const BusPast *p, sd_bus_message *m) {
        int r = sd_bus_message_open_container(m, 'r', "sasbttttuii");

        if (r >= 0)
                r = sd_bus_message_append(m, "s", c->path);
        if (r >= 0)
                r = sd_bus_message_append_strv(m, c->argv);
        if (r >= 0)
                r = sd_bus_message_append(m, "bttttuii", (int)c->ignore_failure, bus_date(p->begin),
                                          p->begin, bus_date(p->end), p->end, p->pid, p->code,
                                          p->status);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_commands(const BusTarget *t, const Directive *d, const CommandList *l,
                           sd_bus_message *m) {
        const BusSetup *setup = &t->bus->setup;
        int r = 0;

        for (size_t i = 0; i < l->n && r >= 0; i++) {
                BusPast past = { .list = d->name, .index = (uint32_t)i };

                if (setup->ops->past)
                        setup->ops->past(t->unit, &past, setup->userdata);
                r = append_command(&l->items[i], &past, m);
        }
        return r;
}

/* Did it hold? More than 0, less than 0, or 0: it was not asked. RESULTS are of a list as long. */
static int result_of(const char *results, size_t i) {
        return results[i] == '+' ? 1 : results[i] == '-' ? -1 : 0;
}

static int append_conditions(const BusTarget *t, const Directive *d, const ConditionList *l,
                             sd_bus_message *m) {
        bool asserts = text_after(d->name, "Assert") != NULL;
        const char *results =
                unit_story_tests(t->unit, asserts ? STORY_ASSERTS : STORY_CONDITIONS).results;
        int r = 0;

        /* the files may have changed since */
        if (results && strlen(results) != l->n)
                results = NULL;
        for (size_t i = 0; i < l->n && r >= 0; i++) {
                const ConditionSetting *c = &l->items[i];

                r = sd_bus_message_append(m, "(sbbsi)", c->directive->name, (int)c->trigger,
                                          (int)c->negate, c->argument,
                                          results ? result_of(results, i) : 0);
        }
        return r;
}

int outcome_append(const BusTarget *t, const Directive *d, const void *field, sd_bus_message *m) {
        bool commands = d->type == &type_commands;
        int r = sd_bus_message_open_container(m, 'a', commands ? "(sasbttttuii)" : "(sbbsi)");

        if (r >= 0)
                r = commands ? append_commands(t, d, field, m) : append_conditions(t, d, field, m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}
