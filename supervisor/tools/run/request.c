/*
 * The options of svrun: those of systemd-run(1) that make sense without a
 * manager, under the same names.
 */
#include "supervisor/tools/run/request.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/strv.h"
#include "base/terminal.h"
#include "base/text.h"
#include "units/check.h"

enum {
        OPT_PROPERTY = 1,
        OPT_UNIT,
        OPT_PTY,
        OPT_PIPE,
        OPT_ENVIRONMENT,
        OPT_SAME_DIR,
        OPT_WORKING_DIRECTORY,
        OPT_UID,
        OPT_GID,
        OPT_QUIET,
        OPT_EXPLAIN,
        OPT_JSON,
};

static const Option rows[] = {
        { "property", 'p', "NAME=VALUE", "set a directive, as a line of a unit file would",
          OPT_PROPERTY },
        { "unit", 'u', "FILE|NAME", "run the commands of this unit, in the foreground", OPT_UNIT },
        { "pty", 't', NULL, "give the command a terminal of its own (default on a terminal)",
          OPT_PTY },
        { "pipe", 'P', NULL, "pass standard input, output and error straight through", OPT_PIPE },
        { "setenv", 'E', "NAME[=VALUE]", "set an environment variable, or pass it on",
          OPT_ENVIRONMENT },
        { "same-dir", 'd', NULL, "start in the current directory", OPT_SAME_DIR },
        { "working-directory", 0, "PATH", "start in this directory", OPT_WORKING_DIRECTORY },
        { "uid", 0, "USER", "run as this user", OPT_UID },
        { "gid", 0, "GROUP", "run with this group", OPT_GID },
        { "quiet", 'q', NULL, "say nothing unless something fails", OPT_QUIET },
        { "explain", 0, NULL, "show what would be done, and run nothing", OPT_EXPLAIN },
        { "json", 0, NULL, "with --explain: as JSON", OPT_JSON },
        OPTION_STANDARD_ROWS,
};

static int add_variable(Request *r, const char *value, Diag *diag) {
        _cleanup_free_ char *name = strndup(value, strcspn(value, "="));
        const char *caller;
        char *assignment;
        int e;

        if (!name)
                return -ENOMEM;
        if (!*name)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" has no name before the \"=\"; write NAME=VALUE, or "
                                  "NAME to pass a variable on",
                                  value);
        e = check_variable_name(name, diag);
        if (e < 0)
                return e;
        if (strchr(value, '='))
                return strv_add(&r->environment, value);
        caller = getenv(value);
        if (!caller)
                return 0; /* as systemd-run(1): there is nothing to pass on */
        if (asprintf(&assignment, "%s=%s", value, caller) < 0)
                return -ENOMEM;
        return strv_push(&r->environment, assignment);
}

static int add_property(Request *r, const char *value, Diag *diag) {
        const char *equals = strchr(value, '=');

        if (!equals)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" has no \"=\"; write NAME=VALUE, such as PrivateTmp=yes",
                                  value);
        if (value + strspn(value, WHITESPACE) == equals)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" has no name before the \"=\"; write NAME=VALUE, such as "
                                  "PrivateTmp=yes",
                                  value);
        return strv_add(&r->properties, value);
}

static int take(int id, const char *value, void *context, Diag *diag) {
        Request *r = context;

        switch (id) {
        case OPT_PROPERTY:
                return add_property(r, value, diag);
        case OPT_UNIT:
                r->unit = value;
                return 0;
        case OPT_PTY:
                r->pty = true;
                return 0;
        case OPT_PIPE:
                r->pipe = true;
                return 0;
        case OPT_ENVIRONMENT:
                return add_variable(r, value, diag);
        case OPT_SAME_DIR:
                r->same_directory = true;
                return 0;
        case OPT_WORKING_DIRECTORY:
                r->working_directory = value;
                return 0;
        case OPT_UID:
                r->user = value;
                return 0;
        case OPT_GID:
                r->group = value;
                return 0;
        case OPT_QUIET:
                r->quiet = true;
                return 0;
        case OPT_EXPLAIN:
                r->explain = true;
                return 0;
        case OPT_JSON:
                r->json = true;
                return 0;
        default:
                return -EINVAL;
        }
}

const Program request_program = {
        .name = "svrun",
        .usage =
                "[OPTION]... [--] COMMAND [ARGUMENT]...\n       svrun [OPTION]... --unit=FILE|NAME",
        .summary = "Run a command, or the commands of a unit file, in a sandbox",
        .manual = "svrun(1), svalinn.directives(7)",
        .options = { .rows = rows, .n = ARRAY_SIZE(rows), .take = take, .stop_at_first = true },
};

void request_done(Request *r) {
        strv_free(r->properties);
        strv_free(r->environment);
        *r = (Request){ 0 };
}

static int check(const Request *r) {
        if (!r->command && !r->unit)
                return program_usage_error(&request_program,
                                           "there is no command; say what to run, such as "
                                           "\"svrun -p PrivateTmp=yes bash\", or --unit=FILE");
        if (r->json && !r->explain)
                return program_usage_error(&request_program, "--json only goes with --explain");
        if (r->same_directory && r->working_directory)
                return program_usage_error(&request_program,
                                           "--same-dir and --working-directory name two "
                                           "directories; use one of them");
        return 0;
}

int request_parse(int argc, char *argv[], Request *ret) {
        _cleanup_(request_done) Request r = { 0 };
        int first = program_options(&request_program, argc, argv, &r);

        if (first <= 0)
                return first;
        r.command = first < argc ? argv + first : NULL;
        if (check(&r) != 0)
                return -EINVAL;
        *ret = r;
        r = (Request){ 0 };
        return 1;
}

bool request_wants_pty(const Request *r) {
        bool here = terminal_is(STDIN_FILENO) && terminal_is(STDOUT_FILENO);

        if (r->pty && r->pipe) /* both, as systemd-run(1) has it: whichever fits */
                return here;
        if (r->pipe || r->pty)
                return r->pty;
        return here && !r->unit;
}
