/*
 * svexec: turns one resolved unit into one isolated process, then becomes it. Started by the
 * manager; supervisor/exec/protocol.h says how.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/program.h"
#include "base/strbuf.h"
#include "supervisor/exec/svexec/svexec.h"
#include "supervisor/sandbox/exit-status.h"

void svexec_put_lines(char *field, size_t size, const Diag *diag) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        for (size_t i = 0; i < diag->n; i++) {
                _cleanup_free_ char *line = NULL;

                if (diag_entry_format(&diag->entries[i], &line) >= 0)
                        strbuf_addf(&b, "%s%s", b.length ? "\n" : "", line);
        }
        report_set(field, size, b.error < 0 ? NULL : b.text);
}

void svexec_fail(ExecReport *r, int exit_status, int error, const Diag *diag) {
        report_set_failed(r, exit_status, error, NULL);
        REPORT_SET(r->text, strerror(-error));
        for (size_t i = 0; i < diag->n; i++) {
                const DiagEntry *e = &diag->entries[i];

                if (e->level != DIAG_ERROR)
                        continue;
                REPORT_SET(r->text, e->message);
                REPORT_SET(r->directive, e->directive);
        }
}

static int take(int id, const char *value, void *context, Diag *diag) {
        *(bool *)context = true;
        return 0;
}

/* clang-format off */
static const Option rows[] = {
        OPTION_STANDARD_ROWS,
        { "finish", 0, NULL, "remove what the run of a unit left on the host", 1 },
};
/* clang-format on */

static const Program program = {
        .name = "svexec",
        .usage = "[--finish]",
        .summary = "Become one command of one unit; for svmanager alone",
        .manual = "svexec(8)",
        .options = { .rows = rows, .n = ARRAY_SIZE(rows), .take = take },
};

int main(int argc, char *argv[]) {
        bool finish = false;
        int r = fd_fill_stdio();

        if (r < 0)
                return EXIT_FDS;
        if (argc > 1)
                r = program_options(&program, argc, argv, &finish);
        if (argc > 1 && r <= 0)
                return r < 0 ? PROGRAM_EXIT_USAGE : 0;
        if (argc > 1 && r < argc)
                return program_usage_error(&program, "there are no arguments besides --finish");
        if (fcntl(EXEC_FD_SOCKET, F_SETFD, FD_CLOEXEC) < 0)
                return program_usage_error(&program, "this program is started by svmanager");
        if (finish)
                return svexec_finish();
        svexec_start();
}
