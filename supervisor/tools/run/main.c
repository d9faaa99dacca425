/*
 * svrun: run a command, or the commands of a unit file, in a sandbox.
 */
#include "base/fd.h"
#include "supervisor/sandbox/exit-status.h"
#include "supervisor/tools/run/attend.h"
#include "supervisor/tools/run/explain.h"

int main(int argc, char *argv[]) {
        _cleanup_(request_done) Request request = { 0 };
        int r = fd_fill_stdio();

        if (r < 0)
                return EXIT_FDS;
        r = request_parse(argc, argv, &request);
        if (r <= 0)
                return r < 0 ? PROGRAM_EXIT_USAGE : 0;
        return request.explain ? explain(&request) : attend(&request);
}
