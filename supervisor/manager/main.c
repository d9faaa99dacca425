/*
 * svmanager: the supervisor beside process 1. svinit starts it, keeps what it must not lose, and
 * starts it anew whenever it ends; so it may end at any instant. See svmanager(8).
 */
#include <malloc.h>
#include <stdio.h>

#include "base/program.h"
#include "supervisor/manager/manager.h"
#include "units/unit-name.h"

enum { OPT_UNIT = 1 };

#define SHORT_LIVED 1024 /* bytes of one allocation */

/* clang-format off */
static const Option options[] = {
        OPTION_STANDARD_ROWS,
        { "unit", 0, "UNIT", "start this first, not default.target", OPT_UNIT },
};
/* clang-format on */

static int take_option(int id, const char *value, void *context, Diag *diag) {
        const char **unit = context;
        int r = unit_name_check(value, diag);

        if (r >= 0)
                *unit = value;
        return r;
}

static const Program program = {
        .name = "svmanager",
        .usage = "[OPTION]...",
        .summary = "Start and watch services, as a child of svinit",
        .manual = "svmanager(8)",
        .options = { options, ARRAY_SIZE(options), take_option, false },
};

int main(int argc, char *argv[]) {
        Manager m = { .directory = -EBADF, .notify = -EBADF };
        int r;

        /* What is read of a unit's files is needed for a moment, and would leave holes between the
         * few bytes that stay: 1,000 services take 3 MB instead of 5.5. bus/reader.c, too, needs a
         * threshold that does not move: it counts large blocks. */
        (void)mallopt(M_MMAP_THRESHOLD, SHORT_LIVED);
        (void)mallopt(M_TOP_PAD, 0);
        r = program_options(&program, argc, argv, &m.first_unit);
        if (r <= 0)
                return r < 0 ? PROGRAM_EXIT_USAGE : EXIT_SUCCESS;
        if (r < argc)
                return program_usage_error(&program, "\"%s\" is too much", argv[r]);
        return manager_run(&m);
}
