/*
 * The words of enumerations: a C constant for each, in the order of the names
 * in enums.c. The first word of each is its zero.
 *
 * An UNSET constant has the empty name: nobody can write it, the empty
 * assignment leads back to it, and it means that the kernel's or the parent's
 * state stays, or that the default depends on other settings.
 */
#pragma once

#include "base/macro.h"

/* Another spelling, which is understood and never written: "yes" for PrivateUsers=self. */
typedef struct EnumSynonym {
        const char *name; /* NULL ends the list */
        int value;
} EnumSynonym;

/* What a row of type "enumeration" points to with its param. */
typedef struct EnumNames {
        const char *what;         /* for messages: "restart policy" */
        const char *const *names; /* in the order of the constants */
        size_t n;
        bool with_boolean; /* "no" and "yes" are among the names: all spellings of booleans work */
        const EnumSynonym *synonyms; /* NULL: none */
} EnumNames;

/* -- systemd.exec(5) ---------------------------------------------------------------------- */
typedef enum PrivateTmp { PRIVATE_TMP_NO, PRIVATE_TMP_YES, PRIVATE_TMP_DISCONNECTED } PrivateTmp;
typedef enum ProtectSystem {
        PROTECT_SYSTEM_NO,
        PROTECT_SYSTEM_YES,
        PROTECT_SYSTEM_FULL,
        PROTECT_SYSTEM_STRICT,
} ProtectSystem;
typedef enum ProtectHome {
        PROTECT_HOME_NO,
        PROTECT_HOME_YES,
        PROTECT_HOME_READ_ONLY,
        PROTECT_HOME_TMPFS,
} ProtectHome;
typedef enum PrivateUsers {
        PRIVATE_USERS_NO,
        PRIVATE_USERS_SELF, /* "yes" is another word for it */
        PRIVATE_USERS_IDENTITY,
        PRIVATE_USERS_FULL,
} PrivateUsers;
typedef enum ProtectHostname {
        PROTECT_HOSTNAME_NO,
        PROTECT_HOSTNAME_YES,
        PROTECT_HOSTNAME_PRIVATE
} ProtectHostname;
typedef enum ProtectControlGroups {
        PROTECT_CGROUPS_NO,
        PROTECT_CGROUPS_YES,
        PROTECT_CGROUPS_PRIVATE,
        PROTECT_CGROUPS_STRICT,
} ProtectControlGroups;
typedef enum ProtectProc {
        PROTECT_PROC_DEFAULT,
        PROTECT_PROC_NOACCESS,
        PROTECT_PROC_INVISIBLE,
        PROTECT_PROC_PTRACEABLE,
} ProtectProc;
typedef enum ProcSubset { PROC_SUBSET_ALL, PROC_SUBSET_PID } ProcSubset;
typedef enum DirectoryPreserve {
        DIRECTORY_PRESERVE_NO,
        DIRECTORY_PRESERVE_YES,
        DIRECTORY_PRESERVE_RESTART,
} DirectoryPreserve;
typedef enum KeyringMode { KEYRING_INHERIT, KEYRING_PRIVATE, KEYRING_SHARED } KeyringMode;
typedef enum MountFlags {
        MOUNT_FLAGS_UNSET, /* private where a mount namespace is made at all: as "slave" */
        MOUNT_FLAGS_SHARED,
        MOUNT_FLAGS_SLAVE,
        MOUNT_FLAGS_PRIVATE,
} MountFlags;
typedef enum Personality {
        PERSONALITY_UNSET,
        PERSONALITY_X86,
        PERSONALITY_X86_64,
        PERSONALITY_ARM,
        PERSONALITY_ARM64,
        PERSONALITY_PPC,
        PERSONALITY_PPC_LE,
        PERSONALITY_PPC64,
        PERSONALITY_PPC64_LE,
        PERSONALITY_S390,
        PERSONALITY_S390X,
} Personality;
typedef enum CpuSchedulingPolicy {
        CPU_SCHEDULING_UNSET,
        CPU_SCHEDULING_OTHER,
        CPU_SCHEDULING_BATCH,
        CPU_SCHEDULING_IDLE,
        CPU_SCHEDULING_FIFO,
        CPU_SCHEDULING_RR,
} CpuSchedulingPolicy;
typedef enum IoSchedulingClass { /* the kernel's number is one less */
                                 IO_SCHEDULING_UNSET,
                                 IO_SCHEDULING_NONE,
                                 IO_SCHEDULING_REALTIME,
                                 IO_SCHEDULING_BEST_EFFORT,
                                 IO_SCHEDULING_IDLE,
} IoSchedulingClass;
typedef enum NumaPolicy { /* the kernel's number (MPOL_*) is one less */
                          NUMA_POLICY_UNSET,
                          NUMA_POLICY_DEFAULT,
                          NUMA_POLICY_PREFERRED,
                          NUMA_POLICY_BIND,
                          NUMA_POLICY_INTERLEAVE,
                          NUMA_POLICY_LOCAL,
} NumaPolicy;
typedef enum UtmpMode { UTMP_INIT, UTMP_LOGIN, UTMP_USER } UtmpMode;
typedef enum Enforce { ENFORCE_DEFAULT, ENFORCE_WARN, ENFORCE_STRICT } Enforce;

/* -- systemd.service(5), systemd.kill(5) -------------------------------------------------- */
typedef enum ServiceType {
        SERVICE_DEFAULT, /* simple with ExecStart=, else oneshot */
        SERVICE_SIMPLE,
        SERVICE_EXEC,
        SERVICE_FORKING,
        SERVICE_ONESHOT,
        SERVICE_DBUS,
        SERVICE_NOTIFY,
        SERVICE_NOTIFY_RELOAD,
        SERVICE_IDLE,
} ServiceType;
typedef enum ExitType { EXIT_TYPE_MAIN, EXIT_TYPE_CGROUP } ExitType;
typedef enum Restart {
        RESTART_NO,
        RESTART_ON_SUCCESS,
        RESTART_ON_FAILURE,
        RESTART_ON_ABNORMAL,
        RESTART_ON_WATCHDOG,
        RESTART_ON_ABORT,
        RESTART_ALWAYS,
} Restart;
typedef enum RestartMode { RESTART_MODE_NORMAL, RESTART_MODE_DIRECT } RestartMode;
typedef enum NotifyAccess {
        NOTIFY_ACCESS_UNSET, /* main for Type=notify and WatchdogSec=, else none */
        NOTIFY_ACCESS_NONE,
        NOTIFY_ACCESS_MAIN,
        NOTIFY_ACCESS_EXEC,
        NOTIFY_ACCESS_ALL,
} NotifyAccess;
typedef enum TimeoutFailureMode {
        TIMEOUT_TERMINATE,
        TIMEOUT_ABORT,
        TIMEOUT_KILL
} TimeoutFailureMode;
typedef enum OomPolicy { OOM_UNSET, OOM_CONTINUE, OOM_STOP, OOM_KILL } OomPolicy;
typedef enum KillMode {
        KILL_CONTROL_GROUP,
        KILL_MIXED,
        KILL_PROCESS,
        KILL_NONE,
} KillMode;

/* -- systemd.unit(5) ---------------------------------------------------------------------- */
typedef enum EmergencyAction {
        EMERGENCY_NONE,
        EMERGENCY_REBOOT,
        EMERGENCY_REBOOT_FORCE,
        EMERGENCY_REBOOT_IMMEDIATE,
        EMERGENCY_POWEROFF,
        EMERGENCY_POWEROFF_FORCE,
        EMERGENCY_POWEROFF_IMMEDIATE,
        EMERGENCY_EXIT,
        EMERGENCY_EXIT_FORCE,
} EmergencyAction;
typedef enum JobMode {
        JOB_MODE_FAIL,
        JOB_MODE_REPLACE,
        JOB_MODE_REPLACE_IRREVERSIBLY,
        JOB_MODE_ISOLATE,
        JOB_MODE_FLUSH,
        JOB_MODE_IGNORE_DEPENDENCIES,
        JOB_MODE_IGNORE_REQUIREMENTS,
        JOB_MODE_TRIGGERING,
        JOB_MODE_RESTART_DEPENDENCIES,
} JobMode;
typedef enum CollectMode { COLLECT_INACTIVE, COLLECT_INACTIVE_OR_FAILED } CollectMode;

/* -- systemd.resource-control(5) ---------------------------------------------------------- */
typedef enum DevicePolicy {
        DEVICE_POLICY_AUTO,
        DEVICE_POLICY_CLOSED,
        DEVICE_POLICY_STRICT
} DevicePolicy;
typedef enum ManagedOom { MANAGED_OOM_AUTO, MANAGED_OOM_KILL } ManagedOom;
typedef enum OomPreference { OOM_PREFER_NONE, OOM_PREFER_AVOID, OOM_PREFER_OMIT } OomPreference;

/* -- systemd.socket(5) -------------------------------------------------------------------- */
typedef enum SocketProtocol { PROTOCOL_UNSET, PROTOCOL_UDPLITE, PROTOCOL_SCTP } SocketProtocol;
typedef enum BindIpv6Only { BIND_IPV6_DEFAULT, BIND_IPV6_BOTH, BIND_IPV6_ONLY } BindIpv6Only;
typedef enum Timestamping { TIMESTAMPING_OFF, TIMESTAMPING_US, TIMESTAMPING_NS } Timestamping;

extern const EnumNames enums_private_tmp, enums_protect_system, enums_protect_home,
        enums_private_users, enums_protect_control_groups, enums_protect_proc, enums_proc_subset,
        enums_directory_preserve, enums_keyring_mode, enums_mount_flags, enums_personality,
        enums_cpu_scheduling_policy, enums_io_scheduling_class, enums_numa_policy, enums_utmp_mode,
        enums_enforce;
extern const EnumNames enums_service_type, enums_exit_type, enums_restart, enums_restart_mode,
        enums_notify_access, enums_timeout_failure_mode, enums_oom_policy, enums_kill_mode;
extern const EnumNames enums_emergency_action, enums_job_mode, enums_collect_mode;
extern const EnumNames enums_device_policy, enums_managed_oom, enums_oom_preference;
extern const EnumNames enums_socket_protocol, enums_bind_ipv6_only, enums_timestamping;
extern const EnumNames enums_log_level, enums_log_facility; /* the numbers of syslog(3) */
