/*
 * The table of groups. A member is a call's position in syscall-names.def or,
 * with NESTED set, a group's position here; a misspelt member does not compile.
 * No group holds itself, directly or through others (the unit test checks it).
 */
#include "units/syscall-group.h"

#include "base/nearest.h"
#include "base/text.h"

enum { NESTED = 1 << 15 };

#define CALL(name)  SYSCALL_##name
#define GROUP(name) (NESTED | GROUP_##name)

#define SYSCALL_GROUP(identifier, name, text, ...) GROUP_##identifier,
#define SYSCALL_GROUP_ALL(identifier, name, text)  GROUP_##identifier,
enum {
#include "units/syscall-groups.def"
};
#undef SYSCALL_GROUP
#undef SYSCALL_GROUP_ALL

#define SYSCALL_GROUP(identifier, name, text, ...) \
        static const uint16_t members_##identifier[] = { __VA_ARGS__ };
#define SYSCALL_GROUP_ALL(identifier, name, text)
#include "units/syscall-groups.def"
#undef SYSCALL_GROUP
#undef SYSCALL_GROUP_ALL

const SyscallGroup syscall_group_table[] = {
#define SYSCALL_GROUP(identifier, name, text, ...) \
        { name, text, members_##identifier, ARRAY_SIZE(members_##identifier) },
#define SYSCALL_GROUP_ALL(identifier, name, text) { name, text, NULL, SYSCALL_COUNT },
#include "units/syscall-groups.def"
#undef SYSCALL_GROUP
#undef SYSCALL_GROUP_ALL
};
const size_t syscall_group_count = ARRAY_SIZE(syscall_group_table);

const SyscallGroup *syscall_group_find(const char *name) {
        for (size_t i = 0; i < syscall_group_count; i++)
                if (text_eq(syscall_group_table[i].name, name))
                        return &syscall_group_table[i];
        return NULL;
}

const SyscallGroup *syscall_group_nearest(const char *name) {
        const SyscallGroup *best = NULL;
        Nearest n = nearest_to(name);

        for (size_t i = 0; i < syscall_group_count; i++)
                if (nearest_consider(&n, syscall_group_table[i].name))
                        best = &syscall_group_table[i];
        return best;
}

const SyscallGroup *syscall_group_member(const SyscallGroup *g, size_t i, SyscallId *ret_id) {
        unsigned member;

        assert(i < g->n);
        member = g->members ? g->members[i] : (unsigned)i;
        if (member & NESTED)
                return &syscall_group_table[member & ~NESTED];
        *ret_id = (SyscallId)member;
        return NULL;
}

void syscall_group_collect(const SyscallGroup *g, SyscallSet *set) {
        for (size_t i = 0; i < g->n; i++) {
                SyscallId id = SYSCALL_NONE;
                const SyscallGroup *nested = syscall_group_member(g, i, &id);

                if (nested)
                        syscall_group_collect(nested, set);
                else
                        syscall_set_add(set, id);
        }
}
