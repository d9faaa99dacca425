/*
 * The names stand in names.def with the other vocabularies; what is special to
 * capabilities is that case does not matter and that numbers are names, too.
 */
#include "units/capability.h"

#include <strings.h>

#include "base/number.h"
#include "units/names.h"

int capability_find(const char *name) {
        const NameTable *t = &names_capabilities;
        uint32_t n;

        for (size_t i = 0; i < t->n; i++)
                if (strcasecmp(t->rows[i].name, name) == 0)
                        return t->rows[i].value;
        if (number_parse_u32(name, 10, &n) < 0 || n > CAPABILITY_MAX)
                return -ENOENT;
        return (int)n;
}

const char *capability_name(unsigned n) {
        return n <= CAPABILITY_MAX ? names_of(&names_capabilities, (int)n) : NULL;
}

uint64_t capability_named(void) {
        const NameTable *t = &names_capabilities;
        uint64_t set = 0;

        for (size_t i = 0; i < t->n; i++)
                set |= CAPABILITY_BIT(t->rows[i].value);
        return set;
}
