/*
 * Why a unit is as it is, in sentences for people: who asked for the last change of its state, why
 * the last job did not do what was asked, what was wrong in its files, which conditions held. The
 * engine and the types of units write it, clients of the bus read it, and nothing is decided by it
 * (but for whom a unit that was started by OnFailure= is told of).
 *
 * Most units have nothing to tell, and then there is no story. One that cannot be written for want
 * of memory is lost in silence: it is never worth a failure.
 */
#pragma once

#include "base/diag.h"
#include "supervisor/manager/record.h"
#include "supervisor/manager/unit.h"

typedef enum StoryText {
        STORY_LAST_JOB, /* that changed something: "stop, asked for by svctl (process 12)" */
        STORY_OUTCOME,  /* why that one did not reach its aim: "ConditionX=y does not hold" */
        STORY_TRIGGER,  /* the name of the unit whose OnFailure= or OnSuccess= has started it */
} StoryText;

typedef enum StoryTest { STORY_CONDITIONS, STORY_ASSERTS } StoryTest;

enum { STORY_TEXTS = STORY_TRIGGER + 1, STORY_TESTS = STORY_ASSERTS + 1 };

/* When ConditionX= or AssertX= were last looked at, and what came out. */
typedef struct StoryTests {
        char *results; /* one character each, in their order: '+' holds, '-' does not, '?' not
                        * asked; NULL: not known any more */
        uint64_t at;   /* by the engine's clock; 0: never */
        bool hold;
} StoryTests;

struct UnitStory {
        char *texts[STORY_TEXTS];
        char **remarks; /* what loading it had to say, as "file:line: Directive=: text" */
        StoryTests tests[STORY_TESTS];
};

/* NULL: nothing. */
const char *unit_story_text(const Unit *u, StoryText which);
char *const *unit_story_remarks(const Unit *u);
const char *unit_story_last_remark(const Unit *u); /* the reason, where it could not be loaded */
StoryTests unit_story_tests(const Unit *u, StoryTest which);

/* TEXT is copied, without what could steer a terminal or be a second line; NULL: nothing. */
void unit_story_set(Unit *u, StoryText which, const char *text);
void unit_story_setf(Unit *u, StoryText which, const char *format, ...) _printf_(3, 4);

/* TESTS is copied. */
void unit_story_set_tests(Unit *u, StoryTest which, const StoryTests *tests);

/* Returns whether DIAG says something else than what was kept. */
bool unit_story_set_remarks(Unit *u, const Diag *diag);

void unit_story_free(Unit *u);

/* The texts and tests as lines of a record, and back; remarks come from the files again. */
void unit_story_write(const Unit *u, StrBuf *b);
void unit_story_read(Unit *u, const Record *r);
