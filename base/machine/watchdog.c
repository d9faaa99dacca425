/*
 * The hardware watchdog. A device that takes no other time-out keeps its own.
 */
#include "base/machine/watchdog.h"

#include <fcntl.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/macro.h"

int watchdog_open(unsigned seconds) {
        int fd = open("/dev/watchdog0", O_WRONLY | O_CLOEXEC);

        if (fd < 0)
                return -errno;
        watchdog_feed(fd, seconds);
        return fd;
}

void watchdog_feed(int fd, unsigned seconds) {
        int timeout = (int)seconds, run = seconds > 0 ? WDIOS_ENABLECARD : WDIOS_DISABLECARD;

        if (fd < 0)
                return;
        if (timeout > 0)
                (void)ioctl(fd, WDIOC_SETTIMEOUT, &timeout);
        (void)ioctl(fd, WDIOC_SETOPTIONS, &run);
        /* a driver that knows no options stops when the fd is closed behind this letter */
        (void)!write(fd, timeout > 0 ? "" : "V", 1);
}
