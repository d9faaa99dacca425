/*
 * The table of the types, and how commands that no file has are put into a unit's settings.
 */
#include "supervisor/manager/service-kind.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/strv.h"

static const ServiceKind ordinary = { 0 };

static const ServiceKind *const kinds[UNIT_TYPES] = {
        [UNIT_SERVICE] = &ordinary,
        [UNIT_MOUNT] = &mount_kind,
        [UNIT_SWAP] = &swap_kind,
        [UNIT_SCOPE] = &scope_kind,
};

bool service_kind_has(UnitType type) {
        return kinds[type] != NULL;
}

const ServiceKind *service_kind(const Service *s) {
        return kinds[s->unit->type];
}

const char *service_kind_state_name(const Service *s) {
        const char *const *names = service_kind(s)->names;

        if (s->abandoned && s->state == SUB_RUNNING)
                return "abandoned";
        return names && names[s->state] ? names[s->state]
                                        : service_fsm_name((ServiceState)s->state);
}

int service_kind_add_command(CommandList *list, const char *const *argv) {
        /* the names of files are not lines of a unit file: a "$" in them is a "$" */
        Command c = { .no_environment = true };
        int r = ARRAY_GROW(list->items, list->n);

        if (r >= 0)
                r = strv_copy((char *const *)argv, &c.argv);
        if (r < 0)
                return r;
        c.path = strdup(argv[0]);
        if (!c.path) {
                strv_free(c.argv);
                return -ENOMEM;
        }
        list->items[list->n++] = c;
        return 0;
}

int service_kind_make_oneshot(Config *c, uint64_t timeout) {
        char text[32] = "infinity";

        if (timeout != SETTING_INFINITY)
                snprintf(text, sizeof(text), "%" PRIu64 "us", timeout);
        c->service_type = SERVICE_ONESHOT;
        c->remain_after_exit = true;
        c->timeout_stop_sec = timeout;
        /* assigned, since a oneshot service has no time-out otherwise */
        return config_assign(c, SECTION_SERVICE, "TimeoutStartSec", text, &(ParseContext){ 0 });
}
