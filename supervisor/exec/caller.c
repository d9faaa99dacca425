/*
 * Asked of the kernel each time: a caller may give privileges up.
 */
#include "supervisor/exec/caller.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "supervisor/sandbox/apply/user-namespace.h"

static uint64_t effective_capabilities(void) {
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[2] = { 0 };

        if (syscall(SYS_capget, &header, data) < 0)
                return 0;
        return data[0].effective | (uint64_t)data[1].effective << 32;
}

bool caller_is_rootless(void) {
        return !(effective_capabilities() >> CAP_SYS_ADMIN & 1);
}

void caller_fill(PlanContext *x) {
        x->caller_uid = geteuid();
        x->caller_gid = getegid();
        x->caller_capabilities = effective_capabilities();
        x->rootless = caller_is_rootless();
        x->in_user_namespace = !user_namespace_is_first();
}
