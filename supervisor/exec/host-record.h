/*
 * The record of a run: a locked file named after the run's id, with one entry
 * for each thing that must go when the run is over. Entries are written before the
 * thing is made, so there may be some for what never came to be.
 *
 * Who looks whether others need a thing, or makes one that others may need, too, holds the lock
 * of the runs directory meanwhile.
 */
#pragma once

#include "supervisor/exec/host-path.h"
#include "supervisor/exec/host.h"

typedef enum HostRecordKind {
        HOST_RECORD_TREE = 'T',        /* a directory, goes with its content */
        HOST_RECORD_EMPTY = 'E',       /* a directory or file that goes if it is empty, or a link */
        HOST_RECORD_CGROUP = 'C',      /* a control group: its processes are killed */
        HOST_RECORD_HUNG_CGROUP = 'c', /* one that was waited for in vain */
        HOST_RECORD_IPC = 'I',         /* "UID:GID", whose IPC objects go */
        HOST_RECORD_DYNAMIC = 'D',     /* the lock file of a dynamic user's id */
} HostRecordKind;

/* Opens H's runs directory. Without MAKE, -ENOENT where there is none. What others could have put
 * there is refused with -EPERM. */
int host_record_open_runs(Host *h, bool make);

/* Locks the runs directory, which is made if need be, until the returned fd is closed. */
int host_record_lock(Host *h);

/* Adds an entry for PATH. The runs directory is locked by the caller. */
int host_record_add(Host *h, HostRecordKind kind, const char *path);

/* Adds an entry of the kind EMPTY for what P stands before, if that is missing or another run made
 * it. Under the lock. */
int host_record_add_missing(Host *h, const HostPath *p);

/* Enters all components of P but the last; missing ones are recorded and made. Under the lock. */
int host_record_make_parents(Host *h, HostPath *p);

/* Does the record of another run name PATH? To be asked under the lock. */
bool host_record_is_shared(const Host *h, HostRecordKind kind, const char *path);

/* Removes what the record ID names, but not what other records name, too, and then the record.
 * RECORD_FD is locked. What cannot be removed becomes a warning, and stays in the record, which is
 * then one of a dead run. */
void host_record_finish(Host *h, const char *id, int record_fd, Diag *diag);

/* The same for H's own record, which stays, with the dynamic user's id and what lies at the paths
 * of SPARE or below. */
void host_record_renew(Host *h, char *const *spare, Diag *diag);

bool host_record_is_id(const char *name);

/* Fills H->remove from H's record, which another process wrote. */
int host_record_reread(Host *h);

/* Finishes the records that nobody locks. */
void host_record_finish_dead(Host *h, Diag *diag);

/* Opens and locks the record of H's own id, which another process may have made. Returns the fd,
 * -ENOENT when there is none, or -EWOULDBLOCK while another process holds it. */
int host_record_open_own(Host *h);
