/*
 * The names of the sections of unit files.
 */
#include "units/section.h"

#include "base/nearest.h"
#include "base/text.h"

static const struct {
        Section section;
        const char *name;
} section_names[] = {
        { SECTION_UNIT, "Unit" },           { SECTION_INSTALL, "Install" },
        { SECTION_SERVICE, "Service" },     { SECTION_SOCKET, "Socket" },
        { SECTION_MOUNT, "Mount" },         { SECTION_SWAP, "Swap" },
        { SECTION_AUTOMOUNT, "Automount" }, { SECTION_TIMER, "Timer" },
        { SECTION_PATH, "Path" },           { SECTION_SLICE, "Slice" },
        { SECTION_SCOPE, "Scope" },         { SECTION_INTERNAL, "X-Svexec" },
};

unsigned section_from_name(const char *name) {
        for (size_t i = 0; i < ARRAY_SIZE(section_names); i++)
                if (text_eq(section_names[i].name, name))
                        return section_names[i].section;
        return 0;
}

const char *section_nearest(const char *name) {
        Nearest n = nearest_to(name);

        for (size_t i = 0; i < ARRAY_SIZE(section_names); i++)
                if (section_names[i].section != SECTION_INTERNAL)
                        nearest_consider(&n, section_names[i].name);
        return n.best;
}

const char *section_name(Section s) {
        for (size_t i = 0; i < ARRAY_SIZE(section_names); i++)
                if (section_names[i].section == s)
                        return section_names[i].name;
        return NULL;
}
