/*
 * A transaction turns one request ("start multi-user.target") into a set of jobs that fit together,
 * or refuses it: systemd.unit(5), systemctl(1) "--job-mode=". Either all of its jobs are installed
 * or none.
 *
 * A job matters when the requested one cannot be had without it, by way of jobs that all matter.
 * Only what does not matter is ever left out to make the rest fit.
 */
#pragma once

#include "supervisor/manager/engine.h"

typedef struct TransactionRequest {
        Unit *unit;
        JobType type;
        JobMode mode;
        bool by_hand;         /* somebody asks, so RefuseManualStart= and RefuseManualStop= count */
        const char *asked_by; /* who, or what, for people: "svctl (process 12)"; NULL: not known */
        const char *trigger;  /* the unit whose OnFailure= or OnSuccess= it is; NULL: none */
} TransactionRequest;

/* Makes the transaction and installs its jobs. Returns 0 and in *RET (which may be NULL) the job
 * that was asked for, or one that does its work as well. What is left out, and cycles of Before=
 * and After= that were broken, is said in DIAG as a warning. On failure DIAG explains, and nothing
 * has changed: -ENOENT    the unit, or one that it requires, does not exist -ERFKILL   ... is
 * masked -EBADMSG   ... has a bad setting, or its files cannot be read -EOPNOTSUPP  such a unit
 * cannot do this -EINVAL    mode and type do not go together -EPERM     refused by
 * RefuseManualStart=, RefuseManualStop= or for want of AllowIsolate= -ENOEXEC   a unit would have
 * to do two things that exclude each other -EDEADLK   the order is a circle of jobs that all matter
 *   -EBUSY     an installed job is in the way, and the mode does not allow to replace it
 *   -ENOMEM */
int transaction_run(Engine *e, const TransactionRequest *request, Diag *diag, Job **ret);
