/*
 * Operations: what a sandbox is made of. A plan is a list of them, pure data,
 * made without privileges; supervisor/sandbox/apply/ carries them out one by
 * one. Each remembers the directive that asked for it, so that a failure, and
 * "svrun --explain", can name it.
 *
 * Kinds are in the order in which they are applied.
 */
#pragma once

#include <sys/types.h>

#include "base/strbuf.h"

typedef enum OpKind {
        /* on the host, before the sandboxed process exists */
        OP_DIRECTORY, /* make PATH with MODE, owned by UID and GID (-1: it has to be the caller's);
                       * TEXT: symbolic links to it */

        OP_REMOVE_IPC, /* objects of UID and GID (-1: of no group) go when all is over */

        /* in the process that becomes the command, still with all privileges */
        OP_NICE,          /* NUMBER */
        OP_SCHEDULER,     /* NUMBER: policy, SET: priority, CLEAR: reset on fork */
        OP_AFFINITY,      /* TEXT: cpu_set_t of NUMBER bytes */
        OP_IO_PRIORITY,   /* NUMBER: as ioprio_set(2) takes it */
        OP_PROC_SELF,     /* write TEXT to /proc/self/PATH */
        OP_TIMER_SLACK,   /* SET: nanoseconds */
        OP_PERSONALITY,   /* SET */
        OP_KEYRING,       /* NUMBER: 1 a new session keyring, 2 linked to the user's, too */
        OP_DEVICE_POLICY, /* TEXT: lines of DeviceAllow=; NUMBER: 1 with the pseudo devices */
        OP_UNSHARE,       /* SET: CLONE_NEW* of one namespace */
        OP_LOOPBACK,      /* bring "lo" up in the new network namespace */
        OP_HOSTNAME,      /* TEXT, in the new UTS namespace */

        /* the file system view: sorted by path, parents first (see mounts.h) */
        OP_ROOT,         /* SOURCE, a directory of the host, becomes "/" */
        OP_BIND,         /* SOURCE (or what OP_DIRECTORY made) appears at PATH */
        OP_TMPFS,        /* an empty file system at PATH, TEXT: options */
        OP_INACCESSIBLE, /* an empty, inaccessible object of the same type at PATH */
        OP_PROC,         /* a new instance of procfs at PATH, TEXT: options */
        OP_DEVICES, /* a private /dev at PATH, itself read-only, unlike /dev/shm and others in it */
        OP_API,     /* a new instance of the file system TEXT (sysfs, mqueue, cgroup2) at PATH */
        OP_FILE,    /* a file with content TEXT at PATH */
        OP_ATTRIBUTES, /* what is at PATH, with other mount attributes */

        OP_PROPAGATION, /* SET: MS_SHARED and so on, for all mounts of the finished view */

        /* giving privileges up, in this order */
        OP_UMASK,          /* MODE */
        OP_GROUPS,         /* GID and supplementary groups TEXT (gid_t array of NUMBER entries) */
        OP_USER_NAMESPACE, /* NUMBER: PrivateUsers, UID and GID: the ids that stay */
        OP_BOUNDING_SET,   /* SET: capabilities that stay */
        OP_SECURE_BITS,    /* SET */
        OP_USER,           /* UID; NUMBER: 1 for OP_AMBIENT to find the capabilities still there */
        OP_AMBIENT,        /* SET: the capabilities that stay, as ambient ones */
        OP_NO_NEW_PRIVILEGES,
        OP_WORKING_DIRECTORY, /* PATH */
        OP_RLIMIT,            /* NUMBER: RLIMIT_*, SET: soft, CLEAR: hard. So late because setting
                               * up would suffer from it; room for it is made at the beginning */
        OP_SYSCALL_FILTER,    /* TEXT: a struct sock_filter array of NUMBER instructions */
        OP_KIND_COUNT,
} OpKind;

typedef enum OpFlag {
        OP_IGNORE_MISSING = 1 << 0, /* no error where PATH (or SOURCE) does not exist */
        OP_IMPLIED = 1 << 1, /* follows from a broader directive: an explicit path wins over it */
        OP_NOT_RECURSIVE = 1 << 2,     /* bind without the mounts below */
        OP_REMOVE_AFTERWARDS = 1 << 3, /* OP_DIRECTORY: goes, with its content, when all is over */
        OP_ID_MAPPED =
                1 << 4, /* OP_DIRECTORY: nobody's on disk, UID's inside; OP_BIND: by number */
        OP_MAKE_TARGET = 1 << 5, /* a missing PATH is made */
        OP_NO_DEVICES = 1 << 7,  /* no device node opens here or in any mount below but /dev */
        OP_SKIPPED = 1 << 6,     /* for apply/ alone: nothing was there to act on */
} OpFlag;

typedef struct Op {
        OpKind kind;
        const char *directive; /* static: the row's name */
        unsigned flags;        /* bits of OpFlag */
        char *path;
        char *source;
        char *text; /* may hold binary data: see NUMBER */
        int64_t number;
        uint64_t set;   /* mounts: MOUNT_ATTR_* that the subtree gets */
        uint64_t clear; /* mounts: MOUNT_ATTR_* that are decided here, set or not; what is not
                         * decided is inherited from the mount above */
        mode_t mode;
        uid_t uid;
        gid_t gid;
        size_t order;  /* for op_sort() alone */
        ssize_t above; /* merged mounts: see mounts_parent() */
        /* for apply/ and exec/host alone; -EBADF in a plan */
        int fd;    /* OP_BIND: the detached mount that was prepared for it */
        int place; /* mounts: what was found at PATH */
} Op;

/* An operation without anything to free. */
#define OP_INIT .fd = -EBADF, .place = -EBADF

/* Words for --explain: "bind", "attributes". */
const char *op_kind_name(OpKind kind);

/* The exit status that systemd.exec(5), "Process Exit Codes", gives to a failure of this step. */
int op_exit_status(const Op *op);

bool op_is_mount(const Op *op);

/* Is this a mount that brings other content to PATH (against OP_ATTRIBUTES, which keeps it)? */
bool op_is_content(const Op *op);

/* "bind /var/lib/x on /x, read-only", without directive and newline. */
void op_format(const Op *op, StrBuf *to);

/* Sorts; what COMPARE finds equal keeps its order, which qsort() does not promise. */
void op_sort(Op *ops, size_t n, int (*compare)(const Op *a, const Op *b));

void op_done(Op *op);
