/*
 * The plan: everything that makes the sandbox of one command, as a sorted list
 * of operations. Building it is pure: it reads settings and a few facts about
 * the caller, and neither changes nor asks the system.
 */
#pragma once

#include "base/diag.h"
#include "supervisor/sandbox/identity.h"
#include "supervisor/sandbox/op.h"
#include "units/config.h"

typedef struct Plan {
        Op *ops; /* in the order of application */
        size_t n;
} Plan;

/* Exec lines with a prefix get less than the whole sandbox, systemd.service(5). */
typedef enum PlanVariant {
        PLAN_FULL,
        PLAN_NO_SETUID,       /* "!": User=, Group= and SupplementaryGroups= are left out */
        PLAN_FULL_PRIVILEGES, /* "+": no sandbox at all */
} PlanVariant;

typedef struct PlanContext {
        const Identity *identity; /* who the command will be */
        const char *unit_name;    /* "foo.service", for names derived from it */
        const char *run_id;       /* unique per run: private temporary directories carry it */
        const char *base[DIRECTORY_BASES]; /* /run, /var/lib, /var/cache, /var/log, /etc, or the
                                              user's */
        const char *notify_directory; /* where the notification socket will lie, for this run alone;
                                       * NULL: there is none */
        const char *notify_socket;    /* one that is there already, for all units; or NULL */
        bool host_root;               /* RootDirectory= is left out: RootDirectoryStartOnly= */
        bool rootless;          /* without privileges: everything happens in a user namespace */
        bool in_user_namespace; /* the caller is in one that is not the machine's: whatever he may
                                 * do there, the kernel takes no device program from him */
        uid_t caller_uid;
        gid_t caller_gid;
        uint64_t caller_capabilities; /* effective */
        PlanVariant variant;
} PlanContext;

void plan_done(Plan *p); /* for _cleanup_ */

/* Adds an operation and returns it, for the caller to fill; NULL for want of memory. Pointers to
 * earlier operations become invalid. */
Op *plan_add(Plan *p, OpKind kind, const char *directive);

/* The same with PATH copied; for mounts, PATH is simplified. Returns 0 or -ENOMEM. */
int plan_add_path(Plan *p, OpKind kind, const char *directive, const char *path, unsigned flags);

/* What the command may do with a subtree. ACCESS_WRITE and ACCESS_EXEC keep it out of what a
 * directory above it gets. */
typedef enum Access {
        ACCESS_NONE,
        ACCESS_READ_ONLY,
        ACCESS_WRITE,
        ACCESS_NO_EXEC,
        ACCESS_EXEC,
} Access;

/* The subtree at PATH gets ACCESS: OP_INACCESSIBLE, or OP_ATTRIBUTES. */
int plan_add_access(Plan *p, const char *directive, const char *path, Access access,
                    unsigned flags);

/* OP_TMPFS: an empty, read-only directory stands at PATH, for what is mounted into it. */
int plan_add_empty(Plan *p, const char *directive, const char *path, unsigned flags);

bool plan_has(const Plan *p, OpKind kind);

/* Applying a plan changes its mounts. For a process that shares our memory and our fds' numbers,
 * but not the fds: a plan with mounts of its own, while all else is P's. Returns 0 or -ENOMEM. */
int plan_lend(const Plan *p, Plan *ret);
void plan_take_back(Plan *p); /* for _cleanup_ */

/* All features look at CONFIG and add their operations; then mounts are merged and everything is
 * sorted. What cannot be had at all (as an ordinary user, say) is refused with the directive and
 * the reason in DIAG: a negative errno. */
int plan_build(const Config *config, const PlanContext *context, Diag *diag, Plan *ret);

/* One line an operation: "bind /x from /y writable  [BindPaths]". Returns 0 or -ENOMEM. */
int plan_format(const Plan *p, char **ret);
