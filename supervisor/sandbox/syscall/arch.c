/*
 * The table of architectures, and their names.
 */
#include "supervisor/sandbox/syscall/arch.h"

#include <linux/audit.h>

#include "base/strv.h"
#include "base/text.h"

static const SyscallArchFacts facts[SYSCALL_ARCH_COUNT] = {
        [SYSCALL_ARCH_X86_64] = { "x86-64", AUDIT_ARCH_X86_64, 0, SYSCALL_ARCH_X86_64, false },
        [SYSCALL_ARCH_X86] = { "x86", AUDIT_ARCH_I386, 0, SYSCALL_ARCH_X86_64, true },
        [SYSCALL_ARCH_X32] = { "x32", AUDIT_ARCH_X86_64, SYSCALL_ARCH_X32_MARK, SYSCALL_ARCH_X86_64,
                               false },
        [SYSCALL_ARCH_ARM64] = { "arm64", AUDIT_ARCH_AARCH64, 0, SYSCALL_ARCH_ARM64, false },
        [SYSCALL_ARCH_ARM] = { "arm", AUDIT_ARCH_ARM, 0, SYSCALL_ARCH_ARM64, false },
};

/* Words of SystemCallArchitectures= that stand for machines which we do not run on. */
static const char *const foreign[] = {
        "mips",          "mips64",  "mips64-n32", "mips-le", "mips64-le",
        "mips64-le-n32", "parisc",  "parisc64",   "ppc",     "ppc64",
        "ppc64-le",      "riscv64", "s390",       "s390x",   "loongarch64",
};

const SyscallArchFacts *syscall_arch_facts(SyscallArch arch) {
        assert(arch < SYSCALL_ARCH_COUNT);
        return &facts[arch];
}

unsigned syscall_arch_family(SyscallArch native) {
        unsigned bits = 0;

        for (unsigned i = 0; i < SYSCALL_ARCH_COUNT; i++)
                if (facts[i].native == native)
                        bits |= SYSCALL_ARCH_BIT(i);
        return bits;
}

static bool is_foreign(const char *name) {
        for (size_t i = 0; i < ARRAY_SIZE(foreign); i++)
                if (text_eq(foreign[i], name))
                        return true;
        return false;
}

static bool parse_one(const char *name, unsigned *bits) {
        if (text_eq(name, "native"))
                return true; /* its bit is there from the beginning */
        for (unsigned i = 0; i < SYSCALL_ARCH_COUNT; i++)
                if (text_eq(facts[i].name, name)) {
                        *bits |= SYSCALL_ARCH_BIT(i);
                        return true;
                }
        return is_foreign(name);
}

int syscall_arch_parse(char *const *names, SyscallArch native, Diag *diag, unsigned *ret) {
        unsigned bits = SYSCALL_ARCH_BIT(native);

        STRV_FOREACH(name, names) {
                char excerpt[TEXT_EXCERPT_MAX];

                if (!parse_one(*name, &bits))
                        return diag_error(diag, -EINVAL,
                                          "\"%s\" is no architecture; use native, or names such as "
                                          "x86-64, x86, x32, arm64, arm",
                                          text_excerpt(*name, excerpt));
        }
        *ret = bits & syscall_arch_family(native);
        return 0;
}
