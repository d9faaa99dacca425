/*
 * Reading the environment that says what was passed.
 */
#include "supervisor/log/passed-fds.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"

enum { FIRST_FD = 3 };

static uint32_t count(void) {
        const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
        uint32_t number;

        if (!pid || !n || number_parse_u32(pid, 10, &number) < 0 || number != (uint32_t)getpid() ||
            number_parse_u32(n, 10, &number) < 0 || number > INT32_MAX - FIRST_FD)
                return 0;
        return number;
}

void passed_fds_take(PassedFdsHandler *take, void *userdata) {
        const char *names = getenv("LISTEN_FDNAMES");
        _cleanup_free_ char *copy = strdup(names ? names : "");
        char *left = copy;
        uint32_t n = count();

        for (uint32_t i = 0; i < n; i++) {
                int fd = FIRST_FD + (int)i;
                const char *name = left ? strsep(&left, ":") : "";

                if (fcntl(fd, F_SETFD, FD_CLOEXEC) >= 0)
                        take(fd, name, userdata);
        }
        unsetenv("LISTEN_PID");
        unsetenv("LISTEN_FDS");
        unsetenv("LISTEN_FDNAMES");
}
