/*
 * container: a program as the first process of its own small system, at native speed: namespaces, a
 * copy of the file system, and a control group that is the root of what it sees. For tests of what
 * runs as PID 1; of whole machines, with a kernel of their own, see tests/vm/.
 *
 *     container run box /sbin/init &
 *     container enter box ps
 */
#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "base/program.h"
#include "base/strv.h"
#include "tests/container/enter.h"
#include "tests/container/group.h"
#include "tests/container/run.h"

#define EXIT_NO_CONTAINER 125

enum {
        OPT_BIND = 1,
        OPT_HOST_NETWORK,
};

typedef struct Settings {
        char **binds;
        bool host_network;
} Settings;

/* Also a host name, and part of the name of a directory. Says what is wrong. */
static bool name_is_valid(const char *name) {
        if (*name && strlen(name) <= 32 &&
            strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name))
                return true;
        fprintf(stderr,
                "container: \"%s\" is no name; use up to 32 small letters, digits and \"-\"\n",
                name);
        return false;
}

static int group_of(const char *name, char **ret) {
        int r = group_path(name, ret);

        if (r < 0)
                fprintf(stderr, "container: no unified control group hierarchy: %s\n",
                        strerror(-r));
        return r;
}

static int verb_run(int argc, char *argv[], void *context) {
        Settings *settings = context;
        _cleanup_free_ char *group = NULL;
        Inside in = { .name = argv[1],
                      .binds = settings->binds,
                      .own_network = !settings->host_network };
        int r;

        if (!name_is_valid(argv[1]))
                return PROGRAM_EXIT_USAGE;
        if (group_of(argv[1], &group) < 0)
                return EXIT_NO_CONTAINER;
        r = run_container(&in, group, argv + 2);
        return r < 0 ? EXIT_NO_CONTAINER : r;
}

static int verb_enter(int argc, char *argv[], void *context) {
        _cleanup_free_ char *group = NULL;
        pid_t first;
        int r;

        if (!name_is_valid(argv[1]))
                return PROGRAM_EXIT_USAGE;
        if (group_of(argv[1], &group) < 0)
                return EXIT_NO_CONTAINER;
        first = group_first(group);
        if (first < 0) {
                fprintf(stderr, "container: there is no %s, or it is not ready\n", argv[1]);
                return EXIT_NO_CONTAINER;
        }
        r = enter_run(group, first, argv + 2);
        if (r < 0)
                fprintf(stderr, "container: entering %s: %s\n", argv[1], strerror(-r));
        return r < 0 ? EXIT_NO_CONTAINER : r;
}

static int take_option(int id, const char *value, void *context, Diag *diag) {
        Settings *settings = context;

        if (id == OPT_HOST_NETWORK) {
                settings->host_network = true;
                return 0;
        }
        if (!path_is_absolute(value) || !path_is_normalised(value))
                return diag_error(diag, -EINVAL, "\"%s\" is no absolute path", value);
        return strv_add(&settings->binds, value);
}

/* clang-format off */
static const Option options[] = {
        OPTION_STANDARD_ROWS,
        { "bind", 0, "DIRECTORY", "run: this directory is the host's, and writable", OPT_BIND },
        { "host-network", 0, NULL, "run: use the host's network", OPT_HOST_NETWORK },
};

static const Verb verbs[] = {
        { "run", "NAME PROGRAM [ARGUMENT]...", 2, VERB_ANY, "run PROGRAM as the first process of a container", verb_run },
        { "enter", "NAME COMMAND [ARGUMENT]...", 2, VERB_ANY, "run COMMAND in that container", verb_enter },
};
/* clang-format on */

static const Program program = {
        .name = "container",
        .usage = "[OPTION]... VERB [ARGUMENT]...",
        .summary = "Run a program as PID 1 of a small system that vanishes with it",
        .manual = "tests/container/main.c",
        .options = { options, ARRAY_SIZE(options), take_option, .stop_at_first = true },
        .verbs = { verbs, ARRAY_SIZE(verbs) },
};

int main(int argc, char *argv[]) {
        Settings settings = { 0 };
        int status = program_main(&program, argc, argv, &settings);

        strv_free(settings.binds);
        return status;
}
