/*
 * One table: what the kernel says, and what unit files say.
 */
#include "units/architecture.h"

#include <endian.h>

#include "base/text.h"

#if __BYTE_ORDER == __LITTLE_ENDIAN
#define MIPS(name) name "-le"
#else
#define MIPS(name) name
#endif

static const char *const architectures[][2] = {
        { "x86_64", "x86-64" },
        { "aarch64", "arm64" },
        { "aarch64_be", "arm64-be" },
        { "i686", "x86" },
        { "i586", "x86" },
        { "i486", "x86" },
        { "i386", "x86" },
        { "armv8l", "arm" },
        { "armv7l", "arm" },
        { "armv7ml", "arm" },
        { "armv6l", "arm" },
        { "armv5tel", "arm" },
        { "armv5tejl", "arm" },
        { "armv4tl", "arm" },
        { "armv4l", "arm" },
        { "armv8b", "arm-be" },
        { "armv7b", "arm-be" },
        { "armv6b", "arm-be" },
        { "armv5teb", "arm-be" },
        { "ppc64le", "ppc64-le" },
        { "ppcle", "ppc-le" },
        { "mips64", MIPS("mips64") },
        { "mips", MIPS("mips") },
        { "sh5", "sh64" },
};

const char *architecture_name(const char *machine) {
        for (size_t i = 0; i < ARRAY_SIZE(architectures); i++)
                if (text_eq(architectures[i][0], machine))
                        return architectures[i][1];
        return machine;
}
