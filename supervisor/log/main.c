/*
 * svlogd: takes the output of services and what programs log, and keeps it, bounded, in a file for
 * each unit. It may be killed at any instant; the next one goes on (see ledger.h).
 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/program.h"
#include "base/text.h"
#include "supervisor/log/server.h"
#include "supervisor/log/settings.h"

#define RUNTIME        "/run"
#define PERSISTENT     "/var/log/svalinn"
#define CONFIG         "/etc/svalinn/log.conf"
#define CONFIG_DEFAULT "/usr/lib/svalinn/log.conf"

enum { FDS_BESIDE_STREAMS = 256, PATH_ROOM = 4096 };

enum {
        OPT_RUNTIME = 1,
        OPT_PERSISTENT,
        OPT_CONFIG,
};

typedef struct Arguments {
        const char *runtime;
        const char *persistent;
        const char *config;
} Arguments;

/* clang-format off */
static const Option options[] = {
        OPTION_STANDARD_ROWS,
        { "runtime", 0, "DIRECTORY", "use this in place of " RUNTIME, OPT_RUNTIME },
        { "persistent", 0, "DIRECTORY", "use this in place of " PERSISTENT, OPT_PERSISTENT },
        { "config", 0, "FILE", "use this in place of " CONFIG, OPT_CONFIG },
};
/* clang-format on */

static int take_option(int id, const char *value, void *context, Diag *diag) {
        Arguments *arguments = context;

        if (!path_is_absolute(value))
                return diag_error(diag, -EINVAL, "\"%s\" does not begin with \"/\"", value);
        if (id == OPT_RUNTIME)
                arguments->runtime = value;
        else if (id == OPT_PERSISTENT)
                arguments->persistent = value;
        else
                arguments->config = value;
        return 0;
}

static const Program program = {
        .name = "svlogd",
        .usage = "[OPTION]...",
        .summary = "Keep the output of services and what programs log",
        .manual = "svlogd(8)",
        .options = { options, ARRAY_SIZE(options), take_option, false },
};

/* Fails where a part is there and no directory. */
static int make_directories(const char *runtime) {
        static const struct {
                const char *path;
                mode_t mode;
        } parts[] = {
                { "", 0755 },     { "/systemd", 0755 }, { "/systemd/journal", 0755 },
                { "/log", 0755 }, { "/svalinn", 0755 }, { "/svalinn/log", 0700 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
                char path[PATH_ROOM];

                snprintf(path, sizeof(path), "%s%s", runtime, parts[i].path);
                if (mkdir(path, parts[i].mode) < 0 && errno != EEXIST)
                        return -errno;
        }
        return 0;
}

static void allow_streams(void) {
        const rlim_t wanted = LEDGER_STREAMS + FDS_BESIDE_STREAMS;
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
                return;
        limit.rlim_cur = wanted;
        limit.rlim_max = MAX_OF(limit.rlim_max, wanted);
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0) {
                (void)getrlimit(RLIMIT_NOFILE, &limit);
                limit.rlim_cur = MIN_OF(limit.rlim_max, wanted);
                (void)setrlimit(RLIMIT_NOFILE, &limit);
        }
}

static int open_intake(const Arguments *a, const LogSettings *settings, Intake **ret, Diag *diag) {
        _cleanup_(ledger_freep) Ledger *ledger = NULL;
        _cleanup_(store_freep) Store *store = NULL;
        _cleanup_fd_ int state = -EBADF;
        char path[PATH_ROOM], volatile_dir[PATH_ROOM];
        StoreSettings wanted = {
                .volatile_dir = volatile_dir,
                .persistent_dir = settings->persistent ? a->persistent : NULL,
                .volatile_limits = settings->volatile_limits,
                .persistent_limits = settings->persistent_limits,
                .rate = settings->rate,
        };
        int r;

        snprintf(path, sizeof(path), "%s/svalinn/log", a->runtime);
        snprintf(volatile_dir, sizeof(volatile_dir), "%s/log/svalinn", a->runtime);
        state = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (state < 0)
                return diag_error(diag, -errno, "%s: %s", path, strerror(errno));
        r = ledger_open(state, "ledger", &ledger);
        if (r < 0)
                return diag_error(diag, r, "%s/ledger: %s", path,
                                  r == -EBUSY ? "another svlogd runs" : strerror(-r));
        r = store_open(&wanted, &store);
        if (r < 0)
                return diag_error(diag, r, "%s: %s", volatile_dir, strerror(-r));
        r = intake_open(ledger, store, ret);
        if (r < 0)
                return r;
        TAKE_PTR(ledger);
        TAKE_PTR(store);
        return 0;
}

static int serve(const Arguments *a, Diag *diag) {
        _cleanup_(intake_freep) Intake *intake = NULL;
        _cleanup_(server_freep) Server *server = NULL;
        LogSettings settings;
        int r = make_directories(a->runtime);

        if (r < 0)
                return diag_error(diag, r, "making directories below %s: %s", a->runtime,
                                  strerror(-r));
        settings_default(&settings);
        settings_load(&settings, CONFIG_DEFAULT, diag);
        settings_load(&settings, a->config, diag);
        allow_streams();
        r = open_intake(a, &settings, &intake, diag);
        if (r < 0)
                return r;
        r = server_open(TAKE_PTR(intake), a->runtime, settings.read_kernel, &server, diag);
        if (r < 0)
                return r;
        if (text_eq(a->runtime, RUNTIME) && (r = sockets_link_dev_log()) < 0)
                diag_warning(diag, "/dev/log: %s", strerror(-r));
        if (server->notify.fd < 0)
                diag_warning(diag, "no manager keeps the sockets: a crash would end the output of "
                                   "services");
        diag_print(diag, 0, "svlogd", stderr);
        diag_done(diag);
        return server_run(server);
}

int main(int argc, char *argv[]) {
        _cleanup_(diag_done) Diag diag = { 0 };
        Arguments arguments = { .runtime = RUNTIME, .persistent = PERSISTENT, .config = CONFIG };
        int first = program_options(&program, argc, argv, &arguments), r;

        if (first <= 0)
                return first < 0 ? PROGRAM_EXIT_USAGE : EXIT_SUCCESS;
        if (first < argc)
                return program_usage_error(&program, "\"%s\" is too much; it takes options only",
                                           argv[first]);
        r = serve(&arguments, &diag);
        diag_print(&diag, 0, "svlogd", stderr);
        if (r < 0 && diag.n == 0)
                fprintf(stderr, "svlogd: %s\n", strerror(-r));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
