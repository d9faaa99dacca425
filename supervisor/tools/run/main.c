/*
 * svrun: run a command, or the commands of a unit file, in a sandbox.
 */
#include <fcntl.h>
#include <unistd.h>

#include "supervisor/sandbox/exit-status.h"
#include "supervisor/tools/run/attend.h"
#include "supervisor/tools/run/explain.h"

/* Where the caller closed a standard stream, something of ours would become the command's. */
static int open_missing_streams(void) {
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
                int opened = fcntl(fd, F_GETFD) < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : fd;

                if (opened != fd)
                        return -EBADF;
        }
        return 0;
}

int main(int argc, char *argv[]) {
        _cleanup_(request_done) Request request = { 0 };
        int r = open_missing_streams();

        if (r < 0)
                return EXIT_FDS;
        r = request_parse(argc, argv, &request);
        if (r <= 0)
                return r < 0 ? PROGRAM_EXIT_USAGE : 0;
        return request.explain ? explain(&request) : attend(&request);
}
