/*
 * What follows when a unit's state changes: its job is over, or others have to follow:
 * systemd.unit(5).
 *
 * The change itself, and the end of jobs, happen at once. Jobs that the engine thinks of because of
 * it (BindsTo=, OnFailure=, Upholds=, StopWhenUnneeded= ...) are made by job_queue_run(), when no
 * one is in the middle of something.
 */
#pragma once

#include "supervisor/manager/engine.h"

/* How the unit got there, for those who want to know. */
typedef struct NotifyFlags {
        bool will_restart;  /* it comes back by itself, so nobody needs to react to its end */
        bool no_action;     /* FailureAction= waits until coming back does not help */
        bool reload_failed; /* it is active as before, but did not take its new configuration */
} NotifyFlags;

/* U is in STATE now. To be called by its type for every change, and may be called without one. */
void unit_notify(Engine *e, Unit *u, ActiveState state, NotifyFlags flags);

/* "systemctl reset-failed": a failed unit is inactive, and its start limit counts anew. */
void unit_notify_reset_failed(Engine *e, Unit *u);

/* U or what it depends on was loaded anew: look whether that asks for anything. */
void unit_notify_loaded(Engine *e, Unit *u);

/* -- for job-queue.c ------------------------------------------------------------------------- */

/* U's job is over. FAILED: in such a way that OnFailure= is called for although the unit did not
 * fail, because it was never started. */
void unit_notify_job_over(Engine *e, Unit *u, bool failed);
