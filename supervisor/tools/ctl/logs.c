/*
 * "svctl logs": what units wrote, merged by time. With a number of lines, the last ones are held
 * back until the end is reached; with --follow, it goes on from there.
 */
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/file.h"
#include "base/strv.h"
#include "base/terminal.h"
#include "base/text.h"
#include "supervisor/log/reader.h"
#include "supervisor/log/store.h"
#include "supervisor/tools/ctl/names.h"
#include "supervisor/tools/ctl/pager.h"
#include "supervisor/tools/ctl/show-record.h"
#include "units/unit-name.h"

#define RUNTIME_LOGS    "/run/log/svalinn"
#define PERSISTENT_LOGS "/var/log/svalinn"

enum { FOLLOW_LINES = 10, LINES_HELD_MAX = 1000000, FOREVER = -1 };

/* The last lines; the oldest is at `next` once all places are taken. */
typedef struct Held {
        char **lines;
        size_t n, next;
} Held;

typedef struct Show {
        const CtlSettings *settings;
        char boot[RECORD_BOOT_MAX]; /* "": any */
        bool colour;
        char **units; /* names and patterns; NULL: all */
        bool holding; /* lines are held back until all that is there was seen */
        Held held;
        size_t n; /* lines that were wanted so far */
} Show;

static void held_done(Held *h) {
        for (size_t i = 0; i < h->n; i++)
                free(h->lines[i]);
        free(h->lines);
        *h = (Held){ 0 };
}

static int hold_last(Held *h, size_t n) {
        n = MIN_OF(n, (size_t)LINES_HELD_MAX);
        h->lines = calloc(MAX_OF(n, (size_t)1), sizeof(char *));
        if (!h->lines)
                return -ENOMEM;
        h->n = n;
        return 0;
}

static void hold(Held *h, char *line) {
        if (h->n == 0) {
                free(line);
                return;
        }
        free(h->lines[h->next]);
        h->lines[h->next] = line;
        h->next = (h->next + 1) % h->n;
}

static void release(Held *h) {
        for (size_t i = 0; i < h->n; i++) {
                const char *line = h->lines[(h->next + i) % h->n];

                if (line)
                        fputs(line, stdout);
        }
        held_done(h);
}

static bool is_of(char *const *units, const char *name) {
        STRV_FOREACH(unit, units)
                if (fnmatch(*unit, name, FNM_NOESCAPE) == 0)
                        return true;
        return !units;
}

static bool is_wanted(const Show *show, const Record *r, const char *unit) {
        const CtlSettings *s = show->settings;

        return is_of(show->units, unit) && r->priority <= s->priority &&
               r->stamp.realtime >= s->since && r->stamp.realtime <= s->until &&
               (show->boot[0] == '\0' || text_eq(r->stamp.boot, show->boot));
}

static int make_line(const Show *show, const Record *r, const char *unit, char **ret) {
        if (show->settings->json || show->settings->output == CTL_OUTPUT_JSON)
                return show_record_json(r, unit, ret);
        if (show->settings->output == CTL_OUTPUT_CAT)
                return show_record_message(r, show->colour, ret);
        return show_record_text(r, unit, show->colour, ret);
}

/* All that is there by now. */
static int show_all(Show *show, Reader *reader) {
        const char *unit;
        Record record;
        int r;

        while ((r = reader_next(reader, &record, &unit)) > 0) {
                char *line = NULL;

                if (!is_wanted(show, &record, unit))
                        continue;
                r = make_line(show, &record, unit, &line);
                if (r < 0)
                        return r;
                show->n++;
                if (show->holding) {
                        hold(&show->held, line);
                        continue;
                }
                fputs(line, stdout);
                free(line);
                if (ferror(stdout))
                        return -EPIPE;
        }
        return r;
}

static int show_and_follow(Show *show, Reader *reader) {
        int r = show_all(show, reader);

        release(&show->held);
        show->holding = false;
        while (r >= 0 && show->settings->follow) {
                if (fflush(stdout) != 0)
                        return -EPIPE;
                r = reader_wait(reader, STDOUT_FILENO, FOREVER);
                if (r >= 0)
                        r = show_all(show, reader);
        }
        return r;
}

static int find_boot(const CtlSettings *s, char ret[static RECORD_BOOT_MAX]) {
        _cleanup_free_ char *text = NULL;
        int r;

        if (s->boot_id) {
                snprintf(ret, RECORD_BOOT_MAX, "%s", s->boot_id);
                return 0;
        }
        if (!s->boot)
                return 0;
        r = file_read_at(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, &text, NULL);
        if (r >= 0)
                snprintf(ret, RECORD_BOOT_MAX, "%.8s", text);
        return r;
}

static int add_unit(char ***units, const char *text) {
        char *name;
        int r;

        if (names_is_pattern(text))
                return strv_add(units, text);
        r = unit_name_complete(text, UNIT_SERVICE, &name);
        return r < 0 ? r : strv_push(units, name);
}

/* The names of -u and of the arguments, in full; NULL for all units. */
static int find_units(const CtlSettings *s, int argc, char *argv[], char ***ret) {
        _cleanup_strv_ char **units = NULL;

        if (s->kernel && strv_add(&units, STORE_KERNEL) < 0)
                return -ENOMEM;
        for (int i = 1; i < argc; i++)
                if (add_unit(&units, argv[i]) < 0) {
                        ctl_complain("\"%s\" is no name of a unit", argv[i]);
                        return -EINVAL;
                }
        STRV_FOREACH(unit, s->units)
                if (add_unit(&units, *unit) < 0) {
                        ctl_complain("\"%s\" is no name of a unit", *unit);
                        return -EINVAL;
                }
        *ret = TAKE_PTR(units);
        return 0;
}

/* Where there are patterns, the files of all units are read. */
static char *const *units_to_read(char *const *units) {
        STRV_FOREACH(unit, units)
                if (names_is_pattern(*unit))
                        return NULL;
        return units;
}

static int try_reader(const CtlSettings *s, char *const *units, Reader **ret) {
        _cleanup_free_ char *runtime = NULL, *persistent = NULL;
        char *dirs[3] = { 0 };

        if (asprintf(&runtime, "%s" RUNTIME_LOGS, s->root) < 0)
                return -ENOMEM;
        dirs[0] = runtime;
        if (asprintf(&persistent, "%s" PERSISTENT_LOGS, s->root) < 0)
                return -ENOMEM;
        dirs[1] = persistent;
        return reader_open(dirs, units_to_read(units), ret);
}

static int open_reader(const CtlSettings *s, char *const *units, Reader **ret) {
        int r = try_reader(s, units, ret);

        if (r >= 0 && reader_directories(*ret) == 0) {
                ctl_complain("there are no logs: neither %s" RUNTIME_LOGS " nor %s" PERSISTENT_LOGS
                             " exists",
                             s->root, s->root);
                return -ENOENT;
        }
        if (r < 0)
                ctl_complain("reading %s" RUNTIME_LOGS " and %s" PERSISTENT_LOGS ": %s", s->root,
                             s->root, strerror(-r));
        return r;
}

/* Nothing was found: what was asked for is mistyped, or has said nothing. */
static int complain_of_nothing(const Show *show) {
        bool narrow = show->settings->since > 0 || show->settings->until != UINT64_MAX ||
                      show->boot[0] || show->settings->priority < LOG_DEBUG;

        if (!show->settings->quiet)
                ctl_complain("there are no lines%s%s%s%s", show->units ? " of " : "",
                             show->units ? *show->units : "",
                             show->units && show->units[1] ? " or the others" : "",
                             narrow ? " that fit" : "");
        return EXIT_FAILURE;
}

int ctl_logs(int argc, char *argv[], void *context) {
        const CtlSettings *s = context;
        _cleanup_(reader_freep) Reader *reader = NULL;
        _cleanup_strv_ char **units = NULL;
        Show show = { .settings = s, .colour = terminal_has_colour(STDOUT_FILENO) };
        pid_t pager;
        int r;

        if (find_units(s, argc, argv, &units) < 0 || open_reader(s, units, &reader) < 0)
                return EXIT_FAILURE;
        show.units = units;
        r = find_boot(s, show.boot);
        if (r >= 0 && (s->has_lines || s->follow)) {
                r = hold_last(&show.held, s->has_lines ? s->lines : FOLLOW_LINES);
                show.holding = true;
        }
        pager = r < 0 || s->follow ? 0 : pager_begin(s);
        if (r >= 0)
                r = show_and_follow(&show, reader);
        held_done(&show.held);
        pager_end(pager);
        if (r < 0 && r != -EPIPE)
                ctl_complain("reading the logs: %s", strerror(-r));
        else if (r >= 0 && show.n == 0)
                return complain_of_nothing(&show);
        return r < 0 && r != -EPIPE ? EXIT_FAILURE : EXIT_SUCCESS;
}

void ctl_logs_of(const CtlSettings *s, const char *unit) {
        _cleanup_(reader_freep) Reader *reader = NULL;
        CtlSettings own = *s;
        Show show = { .settings = &own,
                      .colour = terminal_has_colour(STDOUT_FILENO),
                      .holding = true };
        char *const units[] = { (char *)unit, NULL };

        own.boot = true;
        if (hold_last(&show.held, s->has_lines ? s->lines : FOLLOW_LINES) >= 0 &&
            find_boot(&own, show.boot) >= 0 && try_reader(&own, units, &reader) >= 0 &&
            show_all(&show, reader) >= 0 && show.n > 0 && show.held.n > 0) {
                putchar('\n');
                release(&show.held);
        }
        held_done(&show.held);
}
