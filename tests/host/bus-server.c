/*
 * The world of bus-world.h as a program:
 *
 *     bus-server UNITS SOCKET SETTINGS [GROUP]
 *
 * The members of GROUP, a number, may look. Prints "ready" when clients can come, and what it was
 * asked to do.
 */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "tests/host/bus-world.h"

static int set_up(char *argv[], sd_event **ret) {
        _cleanup_(diag_done) Diag diag = { 0 };
        BusWorldSetup setup = {
                .units = argv[1], .socket = argv[2], .settings = argv[3], .told = stdout
        };
        int r = argv[4] ? number_parse_uid(argv[4], &setup.readers) : 0;

        if (r >= 0)
                r = bus_world_begin(&setup, &diag, ret);

        diag_print(&diag, 0, NULL, stderr);
        return r;
}

int main(int argc, char *argv[]) {
        sd_event *event = NULL;
        sigset_t term;
        int r;

        (void)mallopt(M_MMAP_THRESHOLD, 1024); /* as svmanager has it: large blocks are seen */
        r = argc == 4 || argc == 5 ? set_up(argv, &event) : -EINVAL;
        setvbuf(stdout, NULL, _IOLBF, 0);
        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        (void)sigprocmask(SIG_BLOCK, &term, NULL);
        if (r >= 0)
                r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
        if (r >= 0) {
                puts("ready");
                r = sd_event_loop(event);
        }
        if (r < 0)
                fprintf(stderr, "bus-server: %s\n", strerror(-r));
        bus_world_end();
        return r < 0;
}
