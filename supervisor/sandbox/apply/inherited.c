/*
 * Nothing is written where nothing was inherited: that is the usual case, and
 * a caller without privileges need not be able to.
 */
#include "supervisor/sandbox/apply/inherited.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

int inherited_drop_capabilities(void) {
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[2] = { 0 };

        if (syscall(SYS_capget, &header, data) < 0)
                return -errno;
        if (data[0].inheritable == 0 && data[1].inheritable == 0)
                return 0; /* then none is ambient, either */
        data[0].inheritable = data[1].inheritable = 0;
        return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}
