/*
 * Jobs on paper: what a transaction is made of before anything is installed. A unit can have
 * several at first, one a type; merging leaves one. Who pulled in whom is kept as links, because
 * what happens to a job happens to those that cannot do without it.
 *
 * Nothing is freed before the transaction is: what was left out is marked, and passed over.
 */
#pragma once

#include "supervisor/manager/transaction.h"

typedef struct Link Link;

struct Link {
        Planned *subject; /* pulled in */
        Planned *object;
        bool matters;   /* the subject cannot be had without the object */
        bool conflicts; /* because the units exclude each other */
        Link *subject_next, *object_next;
};

struct Planned {
        Unit *unit;
        JobType type;
        bool matters; /* to the anchor */
        bool deleted; /* left out, or merged into another one */
        bool pulled;  /* what it brings along was looked at */
        bool reached; /* by the walk that is being made */
        bool ignore_order;
        int error;      /* why it cannot be had, 0: it can */
        char *left_out; /* the same for people, when it was left out; NULL: it goes without saying
                         */
        Planned *same_unit; /* the next job of the unit */
        Planned *next;      /* of the transaction, in the order of being pulled in */
        Planned *todo;      /* of a walk */
        Link *needs;        /* where it is subject */
        Link *needed_by;    /* where it is object */
};

typedef struct Transaction {
        Engine *engine;
        JobMode mode;
        const char *asked_by; /* NULL: nobody knows */
        const char *trigger;
        Diag *diag;
        Planned *first, *last;
        Planned *anchor;
} Transaction;

void planned_done(Transaction *t); /* for _cleanup_; the units forget their planned jobs */

/* All that are not left out. */
#define PLANNED_FOREACH(p, t)                         \
        for (Planned *p = (t)->first; p; p = p->next) \
                if (!p->deleted)

/* The job of this type for UNIT, new or not. Returns 1 when it is new, 0, or -ENOMEM. */
int planned_get(Transaction *t, Unit *unit, JobType type, Planned **ret);

/* SUBJECT pulls in OBJECT. Returns 0 or -ENOMEM. */
int planned_link(Planned *subject, Planned *object, bool matters, bool conflicts);

/* Leaves out P, alone. */
void planned_remove(Planned *p);

/* Leaves out P and all that cannot be had without it. */
void planned_delete(Planned *p);

/* The same for all jobs of a unit. */
void planned_delete_unit(Unit *u);

/* Does one of the unit's jobs matter? */
bool planned_unit_matters(const Unit *u);

/* Leaves out what the anchor neither needs nor wants, by whatever chain of links. */
void planned_collect(Transaction *t);

/* Sets "matters". */
void planned_mark_matters(Transaction *t);

/* The steps, in their order; see transaction.c. All return 0 or what transaction_run() does. */
int transaction_pull_request(Transaction *t, const TransactionRequest *request);
int transaction_pull_all(Transaction *t);
int transaction_pull_isolate(Transaction *t);
int transaction_pull_triggers(Transaction *t);
int transaction_merge_settle(Transaction *t);
int transaction_order_check(Transaction *t);
void transaction_merge_jobs(Transaction *t);
int transaction_apply_check(Transaction *t);
int transaction_apply_jobs(Transaction *t, Job **ret);

/* transaction-story.c: who asked for P's job, a new string or NULL; that P is left out, and why;
 * and telling the units what was left out. */
char *transaction_story_asked_by(const Transaction *t, const Planned *p);
void transaction_story_leave_out(Planned *p, const char *format, ...) _printf_(2, 3);
void transaction_story_tell(const Transaction *t);
