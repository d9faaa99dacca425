/*
 * One allocation a unit that has something to tell. Texts may hold what clients and files say, so
 * they are made harmless where they come in.
 */
#include "supervisor/manager/unit-story.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "base/strv.h"
#include "base/text.h"

static UnitStory *story_of(Unit *u) {
        if (!u->story)
                u->story = calloc(1, sizeof(UnitStory));
        return u->story;
}

/* ---- reading ---- */

const char *unit_story_text(const Unit *u, StoryText which) {
        return u->story ? u->story->texts[which] : NULL;
}

char *const *unit_story_remarks(const Unit *u) {
        return u->story ? u->story->remarks : NULL;
}

const char *unit_story_last_remark(const Unit *u) {
        char *const *remarks = unit_story_remarks(u);
        size_t n = strv_length(remarks);

        return n > 0 ? remarks[n - 1] : NULL;
}

StoryTests unit_story_tests(const Unit *u, StoryTest which) {
        return u->story ? u->story->tests[which] : (StoryTests){ 0 };
}

/* ---- writing ---- */

void unit_story_set(Unit *u, StoryText which, const char *text) {
        UnitStory *s = text ? story_of(u) : u->story;
        char *copy = text ? strdup(text) : NULL;

        if (!s) {
                free(copy);
                return;
        }
        if (copy)
                text_mask_control(copy);
        free(s->texts[which]);
        s->texts[which] = copy;
}

void unit_story_setf(Unit *u, StoryText which, const char *format, ...) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        va_list ap;

        va_start(ap, format);
        strbuf_addv(&b, format, ap);
        va_end(ap);
        unit_story_set(u, which, b.error >= 0 ? b.text : NULL);
}

void unit_story_set_tests(Unit *u, StoryTest which, const StoryTests *tests) {
        UnitStory *s = story_of(u);

        if (!s)
                return;
        free(s->tests[which].results);
        s->tests[which] = *tests;
        s->tests[which].results = tests->results ? strdup(tests->results) : NULL;
}

static int format_all(const Diag *diag, char ***ret) {
        _cleanup_strv_ char **lines = NULL;
        int r = 0;

        for (size_t i = 0; i < diag->n && r >= 0; i++) {
                char *line;

                r = diag_entry_format(&diag->entries[i], &line);
                if (r >= 0)
                        r = strv_push(&lines, line);
        }
        if (r >= 0)
                *ret = TAKE_PTR(lines);
        return r;
}

bool unit_story_set_remarks(Unit *u, const Diag *diag) {
        UnitStory *s = diag->n > 0 ? story_of(u) : u->story;
        char **lines = NULL;
        bool same;

        if (!s || format_all(diag, &lines) < 0)
                return diag->n > 0;
        same = strv_equal(lines, s->remarks);
        strv_free(s->remarks);
        s->remarks = lines;
        return !same;
}

void unit_story_free(Unit *u) {
        UnitStory *s = u->story;

        if (!s)
                return;
        for (size_t i = 0; i < STORY_TEXTS; i++)
                free(s->texts[i]);
        for (size_t i = 0; i < STORY_TESTS; i++)
                free(s->tests[i].results);
        strv_free(s->remarks);
        free(s);
        u->story = NULL;
}

/* ---- records ---- */

static const char *const text_keys[STORY_TEXTS] = {
        [STORY_LAST_JOB] = "LastJob", [STORY_OUTCOME] = "Outcome", [STORY_TRIGGER] = "Trigger"
};
static const char *const test_keys[STORY_TESTS] = {
        [STORY_CONDITIONS] = "Conditions", [STORY_ASSERTS] = "Asserts"
};

void unit_story_write(const Unit *u, StrBuf *b) {
        const UnitStory *s = u->story;

        if (!s)
                return;
        for (size_t i = 0; i < STORY_TEXTS; i++)
                record_add(b, text_keys[i], s->texts[i]);
        for (size_t i = 0; i < STORY_TESTS; i++)
                if (s->tests[i].at > 0)
                        strbuf_addf(b, "%s=%" PRIu64 " %d %s\n", test_keys[i], s->tests[i].at,
                                    s->tests[i].hold,
                                    s->tests[i].results ? s->tests[i].results : "");
}

static void read_tests(Unit *u, StoryTest which, const char *line) {
        _cleanup_free_ char *copy = strdup(line);
        char *rest = copy, *at = strsep(&rest, " "), *hold = strsep(&rest, " ");
        StoryTests tests = { .results = text_is_empty(rest) ? NULL : rest };

        if (!at || !hold || number_parse_u64(at, 10, &tests.at) < 0)
                return;
        tests.hold = *hold == '1';
        unit_story_set_tests(u, which, &tests);
}

void unit_story_read(Unit *u, const Record *r) {
        for (size_t i = 0; i < STORY_TEXTS; i++)
                if (record_get(r, text_keys[i]))
                        unit_story_set(u, (StoryText)i, record_get(r, text_keys[i]));
        for (size_t i = 0; i < STORY_TESTS; i++)
                if (record_get(r, test_keys[i]))
                        read_tests(u, (StoryTest)i, record_get(r, test_keys[i]));
}
