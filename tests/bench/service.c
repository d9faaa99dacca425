/*
 * The service that tests/bench/supervisor.sh has started: it says that it runs, and waits for its
 * end. A dynamic program, as services are.
 *
 *     service SLOTS NUMBER
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/number.h"
#include "tests/bench/slots.h"

int main(int argc, char *argv[]) {
        Slot slot = { .started = slots_now(), .pid = getpid() };
        uint32_t n;
        int fd;

        if (argc != 3 || number_parse_u32(argv[2], 10, &n) < 0)
                return 2;
        fd = open(argv[1], O_WRONLY | O_CLOEXEC);
        if (fd < 0 || pwrite(fd, &slot, sizeof(slot), (off_t)(n * sizeof(slot))) < 0)
                return 1;
        for (;;)
                pause();
}
