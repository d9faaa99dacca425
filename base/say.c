/*
 * Lines for the kernel's log or standard error. poll() is asked first, for the
 * standard error is shared with others and cannot be made non-blocking.
 */
#include "base/say.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"

enum { SAY_MAX = 512 };

/* The kernel keeps one write as one record; <4> is its level for warnings. */
static void put(bool to_kernel, const char *line, size_t n) {
        _cleanup_fd_ int kmsg =
                to_kernel ? open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NONBLOCK) : -EBADF;
        struct pollfd out = { .fd = kmsg >= 0 ? kmsg : STDERR_FILENO, .events = POLLOUT };
        size_t level = kmsg >= 0 ? 0 : strlen("<4>");

        if (poll(&out, 1, 0) > 0 && (out.revents & POLLOUT))
                (void)!write(out.fd, line + level, n - level);
}

void say(bool to_kernel, const char *program, const char *format, ...) {
        int error = errno;
        char line[SAY_MAX];
        va_list ap;
        int n, m;

        n = snprintf(line, sizeof(line), "<4>%.100s: ", program);
        errno = error; /* for %m */
        va_start(ap, format);
        m = vsnprintf(line + n, sizeof(line) - (size_t)n, format, ap);
        va_end(ap);
        if (m < 0)
                return;
        n = MIN_OF(n + m, SAY_MAX - 2);
        line[n++] = '\n';
        put(to_kernel, line, (size_t)n);
        errno = error;
}
