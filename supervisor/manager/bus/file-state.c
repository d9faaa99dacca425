/*
 * Whether a unit is enabled, and whether its distribution wants it to be: units/install/ knows.
 */
#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"

int bus_install_begin(Bus *b, unsigned flags, Diag *diag, Install *ret) {
        const LoadIndex *index = registry_index(b->setup.engine->registry);

        return index ? install_begin(ret, load_index_path(index), flags, diag) : -EOPNOTSUPP;
}

const char *bus_file_state(Bus *b, const Unit *u) {
        _cleanup_(install_done) Install i = { 0 };
        InstallState state;
        int r;

        if (!u->fragment || bus_install_begin(b, 0, NULL, &i) < 0)
                return NULL;
        i.index = registry_index(b->setup.engine->registry);
        r = install_state(&i, u->id, &state);
        if (r == -ENOENT)
                return NULL;
        return install_state_name(r < 0 ? INSTALL_BAD : state);
}
