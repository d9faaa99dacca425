/*
 * The first namespace of a kind has a fixed number. Where nobody tells, this is taken for it: what
 * cannot be done then fails.
 */
#include "supervisor/sandbox/apply/user-namespace.h"

#include <sys/stat.h>

#define FIRST_USER_NAMESPACE 0xeffffffdU /* PROC_USER_INIT_INO of the kernel */

bool user_namespace_is_first(void) {
        struct stat st;

        return stat("/proc/self/ns/user", &st) < 0 || st.st_ino == FIRST_USER_NAMESPACE;
}
