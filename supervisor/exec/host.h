/*
 * What a sandbox leaves on the host while it lives: directories, an entry of a
 * dynamic user's id, and the record of all that, so that it is gone
 * afterwards, also when the process that made it was killed.
 *
 * The record is a locked file in the runs directory (/run/svalinn/runs; for ordinary users below
 * $XDG_RUNTIME_DIR or, without one, a directory of their own in /tmp). A path is written there
 * before it is made; a record that nobody locks belongs to a dead run, and whoever comes next
 * removes what it names.
 */
#pragma once

#include "supervisor/sandbox/plan.h"

typedef struct Host {
        bool rootless;
        char id[17]; /* of the boot and random, hexadecimal: Plan's run_id */
        char *runs;  /* the runs directory */
        int runs_fd;
        int record_fd;   /* -EBADF until something has to be recorded; locked, close-on-exec */
        int cgroup_fd;   /* of the run, see host-cgroup.h; -EBADF: none */
        int uid_lock_fd; /* of the dynamic user; shared by all runs of that user */
        char **remove;   /* the entries of the record, see host-record.h */
} Host;

#define HOST_INIT \
        { .runs_fd = -EBADF, .record_fd = -EBADF, .cgroup_fd = -EBADF, .uid_lock_fd = -EBADF }

/* Chooses the id and the runs directory. Makes nothing yet. */
int host_init(Host *h, bool rootless);

/* Goes on with the run ID, which an earlier process began: RECORD_FD is its record (not taken
 * over), or -EBADF where that has none or was lost. After host_init(). -EINVAL where ID is none. */
int host_resume(Host *h, const char *id, int record_fd);

/* Removes what dead runs left behind. Cheap when there is nothing: one directory is read. Never
 * fails a start: what cannot be removed is said in DIAG. When there is no runs directory (records
 * are gone with the last boot), private directories in /tmp and /var/tmp of earlier boots go. */
void host_collect(Host *h, Diag *diag);

/* Makes sure that nobody else uses the id of the dynamic user I: locks it for as long as H lives,
 * trying the next candidate while one is taken (by another run, by systemd's dynamic users in
 * /run/systemd/dynamic-uid, by /etc/passwd or /etc/group). Runs with one user name share its id. */
int host_claim_uid(Host *h, Identity *i, Diag *diag);

/* Carries out the OP_DIRECTORY operations of P, and makes missing targets of OP_MAKE_TARGET mounts
 * that lie on the host (not below another content operation). Operations with OP_ID_MAPPED get
 * their directory owned by nobody (65534) on disk, and the OP_BIND with the same source gets in
 * "fd" a detached, id-mapped mount of it; where the file system cannot do that, the directory is
 * chowned recursively to the user instead and "fd" stays -EBADF.
 * On failure *RET_FAILED is the operation, and DIAG says why; what was made stays recorded. */
int host_prepare(Host *h, Plan *p, Diag *diag, const Op **ret_failed);

/* Removes what was made and is to go, and the record; what another living run needs, too, is left
 * for that one. Safe to call twice, and by whoever survives: a process that made nothing itself
 * finds the record by the id, and leaves it alone while another process holds it.
 * Anything that could not be removed is said in DIAG. */
void host_cleanup(Host *h, Diag *diag);

/* The same for a run that goes on: the record stays, and so do the dynamic user's id and what lies
 * at the paths of SPARE or below. */
void host_renew(Host *h, char *const *spare, Diag *diag);
void host_done(Host *h); /* frees memory and fds, removes nothing */
