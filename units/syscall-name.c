/*
 * The table of names, in rows of one width: without pointers it needs no
 * relocation when a program starts, and a name is found by halving.
 */
#include "units/syscall-name.h"

#include <string.h>

#include "base/nearest.h"

enum { NAME_MAX_SIZE = 32 };

static const char names[SYSCALL_COUNT][NAME_MAX_SIZE] = {
#define SYSCALL(name, x86_64, x86, x32, arm64, arm) #name,
#include "units/syscall-names.def"
#undef SYSCALL
};

#define SYSCALL(name, x86_64, x86, x32, arm64, arm) \
        static_assert(sizeof(#name) <= NAME_MAX_SIZE, #name " has no room for its end");
#include "units/syscall-names.def"
#undef SYSCALL

const char *syscall_name_of(SyscallId id) {
        assert(id >= 0 && id < SYSCALL_COUNT);
        return names[id];
}

SyscallId syscall_name_find(const char *name) {
        int low = 0, high = SYSCALL_COUNT;

        while (low < high) {
                int middle = (low + high) / 2, order = strcmp(name, names[middle]);

                if (order == 0)
                        return (SyscallId)middle;
                if (order < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return SYSCALL_NONE;
}

const char *syscall_name_nearest(const char *name) {
        Nearest n = nearest_to(name);

        for (int i = 0; i < SYSCALL_COUNT; i++)
                nearest_consider(&n, names[i]);
        return n.best;
}
