/*
 * The shapes of the fields that Config is made of, where a plain C type does
 * not do. Each is filled by the type of the same name (units/type/).
 *
 * All are valid and empty when zeroed. All lists own what they point to.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"
#include "units/enums.h"
#include "units/syscall-filter.h"
#include "units/type.h"

/* An absent number, time or size; "infinity" in unit text. */
#define SETTING_INFINITY UINT64_MAX

/* One word of ReadOnlyPaths= and its kin, systemd.exec(5). */
typedef struct PathSetting {
        char *path;          /* absolute, simplified */
        bool ignore_missing; /* "-": no error where the path does not exist */
        bool in_root;        /* "+": relative to the root directory of the unit */
} PathSetting;

typedef struct PathList {
        PathSetting *items;
        size_t n;
} PathList;

/* BindPaths=source[:destination[:options]] */
typedef struct BindSetting {
        char *source;
        char *destination; /* never NULL: equals source where left out */
        bool ignore_missing;
        bool recursive; /* "rbind" (the default) against "norbind" */
} BindSetting;

typedef struct BindList {
        BindSetting *items;
        size_t n;
} BindList;

/* TemporaryFileSystem=path[:options] */
typedef struct TmpfsSetting {
        char *path;
        char *options; /* NULL where none */
} TmpfsSetting;

typedef struct TmpfsList {
        TmpfsSetting *items;
        size_t n;
} TmpfsList;

/* StateDirectory=name[:symlink] ... : relative, normalised paths. */
typedef struct DirectorySetting {
        char *path;
        char **symlinks; /* relative to the same base directory */
} DirectorySetting;

typedef struct DirectoryList {
        DirectorySetting *items;
        size_t n;
} DirectoryList;

/* EnvironmentFile=[-]path */
typedef struct EnvironmentFileSetting {
        char *path; /* may hold a glob pattern */
        bool ignore_missing;
} EnvironmentFileSetting;

typedef struct EnvironmentFileList {
        EnvironmentFileSetting *items;
        size_t n;
} EnvironmentFileList;

/* One line of ExecStart= and its kin, systemd.service(5) "COMMAND LINES". */
typedef struct Command {
        char *path;           /* absolute, or a bare name to be looked up in ExecSearchPath= */
        char **argv;          /* argv[0] is what the program sees as its name; never empty */
        bool ignore_failure;  /* "-" */
        bool no_environment;  /* ":" no $VARIABLE substitution */
        bool full_privileges; /* "+" no sandbox, no User= */
        bool no_setuid;       /* "!" privileges without User=, capabilities kept; sandbox applies */
        bool ambient_or_setuid; /* "!!" the same, but only to kernels without ambient capabilities:
                                 * no effect on those that we run on */
        char *file;             /* where it was written, for messages; NULL: in no file */
        unsigned line;
} Command;

typedef struct CommandList {
        Command *items;
        size_t n;
} CommandList;

/* LimitNOFILE=soft[:hard]. Times in seconds (LimitCPU) or microseconds (LimitRTTIME), sizes in
 * bytes, LimitNICE as the kernel counts it (1 to 40). */
typedef struct RlimitSetting {
        bool set;
        uint64_t soft; /* SETTING_INFINITY is RLIM_INFINITY */
        uint64_t hard;
} RlimitSetting;

/* Capability sets: bit N is capability N of linux/capability.h. */
typedef struct CapabilitySetting {
        bool set;
        uint64_t mask;
} CapabilitySetting;

/* RestrictAddressFamilies=: a list of AF_* numbers that are allowed, or denied. "none" is an empty
 * allow list. */
typedef struct FamilyFilter {
        bool set;
        bool allow_list;
        int *items; /* sorted, without doubles */
        size_t n;
} FamilyFilter;

/* RestrictNamespaces=: CLONE_NEW* bits that the service may still use. */
typedef struct NamespaceFilter {
        bool set;
        uint64_t allowed;
} NamespaceFilter;

/* SuccessExitStatus= and its kin: exit codes and signals. */
typedef struct ExitStatusSet {
        uint64_t codes[4]; /* bit N: exit code N, 0..255 */
        uint64_t signals;  /* bit N - 1: signal N, 1..64 */
} ExitStatusSet;

/* WorkingDirectory=[-](~|path) */
typedef struct WorkingDirectory {
        char *path;          /* NULL: unset, or home */
        bool home;           /* "~" */
        bool ignore_missing; /* "-" */
} WorkingDirectory;

/* StandardInput=, StandardOutput=, StandardError=: what, and the file or name where it takes one.
 */
typedef enum StreamKind {
        STREAM_DEFAULT, /* output: inherit; error: as output; input: null */
        STREAM_INHERIT,
        STREAM_NULL,
        STREAM_TTY,
        STREAM_TTY_FORCE,
        STREAM_TTY_FAIL,
        STREAM_DATA,
        STREAM_SOCKET,
        STREAM_FILE,
        STREAM_APPEND,
        STREAM_TRUNCATE,
        STREAM_NAMED_FD,
        STREAM_JOURNAL,
        STREAM_JOURNAL_CONSOLE,
        STREAM_KMSG,
        STREAM_KMSG_CONSOLE,
} StreamKind;

typedef struct StreamSetting {
        StreamKind kind;
        char *argument; /* path of file:, append:, truncate:; name of fd: (NULL: the default name)
                         */
} StreamSetting;

/* ConditionX=[|][!]argument; one list for all conditions, another for all asserts, because an empty
 * assignment of any of them resets all (systemd.unit(5)). */
typedef struct ConditionSetting {
        const Directive *directive; /* ConditionPathExists ... : the row it came from */
        bool trigger;               /* "|" */
        bool negate;                /* "!" */
        char *argument;
        char *file; /* where it was written, for messages; NULL: in no file */
        unsigned line;
} ConditionSetting;

typedef struct ConditionList {
        ConditionSetting *items;
        size_t n;
} ConditionList;

/* Values of kinds that share one list across directives (Listen*=, On*Sec= and OnCalendar=,
 * PathExists= ...): the row it came from and its checked text. */
typedef struct TaggedSetting {
        const Directive *directive;
        char *text;
} TaggedSetting;

typedef struct TaggedList {
        TaggedSetting *items;
        size_t n;
} TaggedList;

/* A size, a share of all, or infinity: MemoryMax=, TasksMax=, tmpfs sizes. */
typedef struct LimitSetting {
        bool set;
        bool relative;  /* VALUE is in hundredths of a percent */
        uint64_t value; /* SETTING_INFINITY for infinity */
} LimitSetting;

/* ProtectHostname=private:NAME */
typedef struct HostnameSetting {
        ProtectHostname mode;
        char *name; /* NULL: the host's own */
} HostnameSetting;
