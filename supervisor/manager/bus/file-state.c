/*
 * Whether a unit is enabled: do the links that its [Install] section asks for exist?
 */
#include <string.h>

#include "base/fd.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"
#include "units/load-links.h"

/* Is U among what the directories with SUFFIX have for one of TARGETS? */
static bool is_linked(const LoadIndex *index, const Unit *u, char **targets, const char *suffix) {
        STRV_FOREACH(target, targets) {
                _cleanup_strv_ char **linked = NULL;
                char *const names[] = { *target, NULL };

                if (load_links_list(index, names, suffix, NULL, &linked) >= 0 &&
                    strv_contains(linked, u->id))
                        return true;
        }
        return false;
}

static bool has_alias(const Unit *u, char **aliases) {
        STRV_FOREACH(alias, aliases)
                if (strv_contains(u->aliases, *alias))
                        return true;
        return false;
}

const char *bus_file_state(Bus *b, const Unit *u) {
        const LoadIndex *index = registry_index(b->setup.engine->registry);
        const Config *c;

        if (u->load == LOAD_MASKED)
                return u->fragment && text_after(u->fragment, "/run/") ? "masked-runtime"
                                                                       : "masked";
        if (!index || !u->fragment)
                return NULL;
        if (u->load != LOAD_LOADED)
                return "bad";
        if (text_after(u->fragment, "/run/") && strstr(u->fragment, "/generator"))
                return "generated";
        c = bus_config(b, u);
        if (!c)
                return "bad";
        if (is_linked(index, u, c->wanted_by, ".wants") ||
            is_linked(index, u, c->required_by, ".requires") || has_alias(u, c->alias))
                return "enabled";
        if (c->wanted_by || c->required_by || c->alias)
                return "disabled";
        return c->also ? "indirect" : "static";
}
