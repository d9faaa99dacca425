/*
 * Rows, names and variants. What a value looks like is value.c's business.
 */
#include "supervisor/manager/bus/setting.h"

#include <stdio.h>

#include "base/text.h"
#include "supervisor/manager/bus/outcome.h"
#include "supervisor/manager/bus/value.h"

/* Where systemd's property has another name than its directive. */
static const char *const renamed[][2] = {
        { "ConditionPathExists", "Conditions" },
        { "AssertPathExists", "Asserts" },
        { "EnvironmentFile", "EnvironmentFiles" },
        { "CPUQuota", "CPUQuotaPerSecUSec" },
};

bool setting_is_property(const Directive *d) {
        return !(d->flags & (SHARED_FIELD | INTERNAL)) && value_signature(d);
}

const char *setting_name(const Directive *d, char room[static SETTING_NAME_MAX]) {
        size_t n = strlen(d->name);

        for (size_t i = 0; i < ARRAY_SIZE(renamed); i++)
                if (text_eq(d->name, renamed[i][0]))
                        return renamed[i][1];
        if (!text_ends_with(d->name, "Sec") || text_ends_with(d->name, "NSec"))
                return d->name;
        snprintf(room, SETTING_NAME_MAX, "%.*sUSec", (int)(n - strlen("Sec")), d->name);
        return room;
}

const char *setting_signature(const Directive *d) {
        return value_signature(d);
}

const Directive *setting_find(unsigned sections, const char *name) {
        DIRECTIVE_FOREACH(d) {
                char room[SETTING_NAME_MAX];

                if ((d->sections & sections) && setting_is_property(d) &&
                    text_eq(setting_name(d, room), name))
                        return d;
        }
        return NULL;
}

static int append_variant(const BusTarget *t, const Directive *d, sd_bus_message *m) {
        const Config *c = bus_config(t->bus, t->unit);
        int r = c ? sd_bus_message_open_container(m, 'v', value_signature(d)) : -ENOMEM;

        if (r >= 0)
                r = outcome_has(d) ? outcome_append(t, d, config_field(c, d), m)
                                   : value_append(d, config_field(c, d), m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int setting_append(const BusTarget *t, const Directive *d, sd_bus_message *m) {
        char room[SETTING_NAME_MAX];
        int r = sd_bus_message_open_container(m, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(m, "s", setting_name(d, room));
        if (r >= 0)
                r = append_variant(t, d, m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int setting_append_named(const BusTarget *t, unsigned sections, const char *name,
                         sd_bus_message *m) {
        const Directive *d = sections ? setting_find(sections, name) : NULL;
        int r = d ? append_variant(t, d, m) : 0;

        return r < 0 ? r : d != NULL;
}
