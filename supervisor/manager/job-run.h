/*
 * Carrying out a job whose turn has come: what is looked at before a unit's type is asked to do
 * something, and what its answer means for the job.
 */
#pragma once

#include "supervisor/manager/engine.h"

/* J, which is JOB_RUNNING now, is begun; it may be over, and freed, when this returns. */
void job_run(Engine *e, Job *j);
