/*
 * What must have happened, from the notes of the services, the log and the manager's records.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "supervisor/log/record.h"
#include "tests/torture/torture.h"

enum { NOTES_MAX = 64 << 20, LOG_MAX = 256 << 20, LINES_MAX = 1 << 20, WRONG_SHOWN = 5 };

static int n_checks, n_failed;

void torture_check(bool good, const char *what, const char *format, ...) {
        va_list ap;

        n_checks++;
        n_failed += !good;
        printf("%s - %s", good ? "ok" : "FAIL", what);
        if (!good) {
                fputs(": ", stdout);
                va_start(ap, format);
                vprintf(format, ap);
                va_end(ap);
        }
        putchar('\n');
        (void)fflush(stdout);
}

int torture_failed(void) {
        printf("torture: %d checks, %d failed\n", n_checks, n_failed);
        return n_failed > 0 || n_checks == 0;
}

/* ---- notes ---- */

typedef enum Step { IDLE, PREPARED, RUNNING, ENDED, STOPPED } Step;

typedef struct Story {
        const TortureService *service;
        Step step;
        unsigned begins, line;
        char end[64]; /* of the last run */
        char wrong[256];
} Story;

static void blame(Story *s, const char *line, const char *why) {
        if (!*s->wrong)
                snprintf(s->wrong, sizeof(s->wrong), "%s, line %u \"%s\": %s", s->service->name,
                         s->line, line, why);
}

/* Does it tell of the one stop at the end of all, which may come before there is a process, or when
 * one that hangs waits for the watchdog? */
static bool is_stop(const Story *s, const char *told) {
        return s->step == RUNNING || s->step == PREPARED ||
               (s->step == IDLE && text_eq(told, "success  ")) ||
               (s->step == ENDED && text_eq(s->service->kind->name, "hang") &&
                text_eq(told, "success killed TERM"));
}

/* What ExecStopPost= was told: "RESULT CODE STATUS". */
static void take_post(Story *s, const char *line, const char *told) {
        const char *code = strchr(told, ' ');
        bool forks = text_eq(s->service->kind->name, "forks") ||
                     text_eq(s->service->kind->name, "guess");

        if (is_stop(s, told)) {
                s->step = STOPPED;
                return;
        }
        if (s->step != ENDED)
                blame(s, line, "twice");
        /* one that was not found before it had ended has no status that could be told */
        else if (!code || (!text_eq(code + 1, s->end) && !(forks && text_eq(code + 1, " "))))
                blame(s, line, s->end);
        else if (text_eq(s->service->kind->name, "hang") && !text_after(told, "watchdog"))
                blame(s, line, "not by the watchdog");
        s->step = IDLE;
}

static void take_note(Story *s, const char *line) {
        uint32_t count = 0;

        s->line++;
        if (text_eq(line, "pre")) {
                if (s->step != IDLE)
                        blame(s, line, "a run before the last one was over");
                s->step = PREPARED;
        } else if (text_eq(line, "begin")) {
                if (s->service->kind->judged_by_end && s->step != IDLE && s->step != PREPARED)
                        blame(s, line, "a run before the last one was over");
                s->step = RUNNING;
                s->begins++;
        } else if (text_after(line, "memory ")) {
                if (number_parse_u32(text_after(line, "memory "), 10, &count) < 0 ||
                    count != s->begins)
                        blame(s, line, "a stored descriptor is lost");
        } else if (text_after(line, "end ")) {
                if (s->step != RUNNING)
                        blame(s, line, "an end without a beginning");
                s->step = ENDED;
                snprintf(s->end, sizeof(s->end), "%s", text_after(line, "end "));
        } else if (text_after(line, "post ")) {
                take_post(s, line, text_after(line, "post "));
        }
}

static Story read_story(const TortureService *service) {
        _cleanup_free_ char *text = NULL;
        Story s = { .service = service };
        char path[128], *rest, *line;

        snprintf(path, sizeof(path), TORTURE_DIRECTORY "/%s", service->name);
        if (file_read_at(AT_FDCWD, path, NOTES_MAX, &text, NULL) < 0) {
                blame(&s, "", "it never ran");
                return s;
        }
        for (rest = text; (line = strsep(&rest, "\n")) && rest;)
                take_note(&s, line);
        return s;
}

static void judge_notes(const TortureService *services, size_t n) {
        unsigned runs = 0, steady = 0, wrong = 0;
        char first[256] = "";

        for (size_t i = 0; i < n; i++) {
                const TortureKind *k = services[i].kind;
                Story s = read_story(&services[i]);

                if (!k->restarts && !text_eq(services[i].name, "t-toggle-0") && s.begins != 1)
                        blame(&s, "", "not started exactly once");
                if (k->judged_by_end && s.step != IDLE && s.step != STOPPED)
                        blame(&s, "", "its end was not told");
                runs += k->restarts ? s.begins : 0;
                steady += !k->restarts;
                if (*s.wrong && wrong++ < WRONG_SHOWN)
                        printf("    %s\n", s.wrong);
                if (*s.wrong && !*first)
                        snprintf(first, sizeof(first), "%s", s.wrong);
        }
        printf("    %u runs of services that end, %u services that stay\n", runs, steady);
        torture_check(wrong == 0,
                      "each run has its beginning, its end, its status, once and in order",
                      "%u services of %zu, such as %s", wrong, n, first);
}

/* ---- the log ---- */

static uint8_t *seen[TORTURE_MAX]; /* how often each line is in the log */

/* "line N of NAME" */
static void take_record(const Record *r, const TortureService *services, size_t n) {
        char text[96], *rest = text;
        const char *word, *digits;
        uint32_t number;

        snprintf(text, sizeof(text), "%.*s", (int)MIN_OF(r->length, sizeof(text) - 1), r->message);
        word = strsep(&rest, " ");
        digits = strsep(&rest, " ");
        if (!text_eq(word, "line") || !digits || !rest || !text_after(rest, "of ") ||
            number_parse_u32(digits, 10, &number) < 0 || number >= LINES_MAX)
                return;
        for (size_t i = 0; i < n; i++)
                if (text_eq(services[i].name, text_after(rest, "of ")))
                        seen[i][number]++;
}

static void read_log(const TortureService *services, size_t n) {
        _cleanup_(dir_closep) DIR *d = NULL;

        if (dir_open_at(AT_FDCWD, "/run/log/svalinn", &d) < 0)
                return;
        for (struct dirent *e; (e = dir_next(d));) {
                _cleanup_free_ char *text = NULL;
                char *rest, *line;
                Record r;

                if (file_read_at(dirfd(d), e->d_name, LOG_MAX, &text, NULL) < 0)
                        continue;
                for (rest = text; (line = strsep(&rest, "\n"));)
                        if (record_parse(line, strlen(line), &r) == 0)
                                take_record(&r, services, n);
        }
}

static void judge_log(const TortureService *services, size_t n, const TortureShared *shared) {
        unsigned long lines = 0, missing = 0, doubled = 0;
        char first[128] = "";

        for (size_t i = 0; i < n; i++)
                if (!(seen[i] = calloc(LINES_MAX, 1)))
                        return;
        read_log(services, n);
        for (size_t i = 0; i < n; i++) {
                uint32_t written = MIN_OF(shared->of[i].lines, (uint32_t)LINES_MAX - 1);

                lines += written;
                for (uint32_t k = 1; k <= written; k++) {
                        missing += seen[i][k] == 0;
                        doubled += seen[i][k] > 1;
                        if (seen[i][k] != 1 && !*first)
                                snprintf(first, sizeof(first), "line %u of %s is there %u times", k,
                                         services[i].name, seen[i][k]);
                }
                free(seen[i]);
        }
        printf("    %lu lines in the log\n", lines);
        torture_check(lines > 0 && missing == 0 && doubled == 0,
                      "each line that was written is in the log, once",
                      "of %lu lines %lu are missing, %lu doubled; %s", lines, missing, doubled,
                      first);
}

static void expect_silence(const char *path, const char *what) {
        _cleanup_free_ char *text = NULL;

        if (file_read_at(AT_FDCWD, path, NOTES_MAX, &text, NULL) < 0)
                text = NULL;
        torture_check(text_is_empty(text), what, "\n%.1000s", text);
}

void torture_judge(const TortureService *services, size_t n, const TortureShared *shared) {
        judge_notes(services, n);
        judge_log(services, n, shared);
        expect_silence(TORTURE_DIRECTORY "/clients", "no client had to complain");
}
