/*
 * Do the conditions of a unit hold? ConditionX= and AssertX= of systemd.unit(5), asked of the
 * system as it is now. Nothing is changed, and nothing is waited for.
 */
#pragma once

#include "base/diag.h"
#include "units/setting.h"

/* What the system cannot tell by itself. All may be NULL. */
typedef struct ConditionFacts {
        const char *controllers; /* "cpu memory": as the control group tree has them */
        const char *credentials; /* a directory */
} ConditionFacts;

/* True if all of LIST hold that are no triggers ("|"), and one of those that are, if there are any.
 * What does not hold, or cannot be found out (which counts the same), is in DIAG as a note, with
 * the line that it was written in. */
bool condition_list_holds(const ConditionList *list, const ConditionFacts *facts, Diag *diag);

/* The same, and RESULTS (list->n characters and a NUL) says of each whether it holds: '+', '-', or
 * '?' where it was not asked, as the answer was clear before. */
bool condition_list_test(const ConditionList *list, const ConditionFacts *facts, char *results,
                         Diag *diag);

/* One of them, without its "|" and "!": 1, 0, or negative errno. */
int condition_test(const ConditionSetting *c, const ConditionFacts *facts);
