/*
 * What jobs leave in the story of their unit (unit-story.h): who asked for the one that changed
 * something, and why one did not come to what was asked.
 */
#pragma once

#include "supervisor/manager/engine.h"

/* J, which goes away, is done by OLD as well. */
void job_story_merge(Job *old, Job *j);

/* J begins to run. */
void job_story_begin(const Job *j);

/* J cannot be done, because the job TYPE of OTHER has not come to what it was to. */
void job_story_doom(const Job *j, const Unit *other, JobType type);

/* J ends with its result, at NOW. What was said more exactly by others stays. */
void job_story_end(const Job *j, uint64_t now);

/* U is not started by its start job, for these reasons. */
void job_story_bond(Unit *u, const Unit *other); /* BindsTo= */
void job_story_start_limit(Unit *u);

/* The operation of U's type that a job TYPE stands for has failed with ERROR, negative errno. */
void job_story_error(Unit *u, JobType type, int error);
