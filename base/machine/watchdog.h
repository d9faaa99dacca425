/*
 * The hardware watchdog (/dev/watchdog0): once opened, it resets the machine when
 * it is not fed in time.
 */
#pragma once

/* Opens it with a time-out. Returns the fd or negative errno: -ENOENT where there is none. */
int watchdog_open(unsigned seconds);

/* Feeds it, with SECONDS as the time-out from now on; 0 stops it, where the hardware allows that.
 * FD may be negative: nothing happens. */
void watchdog_feed(int fd, unsigned seconds);
