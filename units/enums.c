/*
 * The words of enumerations. Each list stands in the order of its constants,
 * which designated initialisers keep true when somebody moves one.
 */
#include "units/enums.h"

#define ENUM_FULL(id, says, boolean, others)                        \
        const EnumNames enums_##id = { .what = says,                \
                                       .names = id##_names,         \
                                       .n = ARRAY_SIZE(id##_names), \
                                       .with_boolean = boolean,     \
                                       .synonyms = others };
#define ENUM(id, says)         ENUM_FULL(id, says, false, NULL)
#define ENUM_BOOLEAN(id, says) ENUM_FULL(id, says, true, NULL)

static const char *const private_tmp_names[] = {
        [PRIVATE_TMP_NO] = "no",
        [PRIVATE_TMP_YES] = "yes",
        [PRIVATE_TMP_DISCONNECTED] = "disconnected",
};
ENUM_BOOLEAN(private_tmp, "kind of private /tmp")

static const char *const protect_system_names[] = {
        [PROTECT_SYSTEM_NO] = "no",
        [PROTECT_SYSTEM_YES] = "yes",
        [PROTECT_SYSTEM_FULL] = "full",
        [PROTECT_SYSTEM_STRICT] = "strict",
};
ENUM_BOOLEAN(protect_system, "degree of system protection")

static const char *const protect_home_names[] = {
        [PROTECT_HOME_NO] = "no",
        [PROTECT_HOME_YES] = "yes",
        [PROTECT_HOME_READ_ONLY] = "read-only",
        [PROTECT_HOME_TMPFS] = "tmpfs",
};
ENUM_BOOLEAN(protect_home, "degree of home protection")

static const char *const private_users_names[] = {
        [PRIVATE_USERS_NO] = "no",
        [PRIVATE_USERS_SELF] = "self",
        [PRIVATE_USERS_IDENTITY] = "identity",
        [PRIVATE_USERS_FULL] = "full",
};
/* All spellings of booleans, since "yes" is not the name of its constant. */
static const EnumSynonym private_users_synonyms[] = {
        { "yes", PRIVATE_USERS_SELF }, { "true", PRIVATE_USERS_SELF }, { "on", PRIVATE_USERS_SELF },
        { "1", PRIVATE_USERS_SELF },   { "y", PRIVATE_USERS_SELF },    { "t", PRIVATE_USERS_SELF },
        { "false", PRIVATE_USERS_NO }, { "off", PRIVATE_USERS_NO },    { "0", PRIVATE_USERS_NO },
        { "n", PRIVATE_USERS_NO },     { "f", PRIVATE_USERS_NO },      { NULL, 0 },
};
ENUM_FULL(private_users, "kind of user namespace", false, private_users_synonyms)

static const char *const protect_control_groups_names[] = {
        [PROTECT_CGROUPS_NO] = "no",
        [PROTECT_CGROUPS_YES] = "yes",
        [PROTECT_CGROUPS_PRIVATE] = "private",
        [PROTECT_CGROUPS_STRICT] = "strict",
};
ENUM_BOOLEAN(protect_control_groups, "degree of control group protection")

static const char *const protect_proc_names[] = {
        [PROTECT_PROC_DEFAULT] = "default",
        [PROTECT_PROC_NOACCESS] = "noaccess",
        [PROTECT_PROC_INVISIBLE] = "invisible",
        [PROTECT_PROC_PTRACEABLE] = "ptraceable",
};
ENUM(protect_proc, "view of other processes")

static const char *const proc_subset_names[] = {
        [PROC_SUBSET_ALL] = "all",
        [PROC_SUBSET_PID] = "pid",
};
ENUM(proc_subset, "part of /proc")

static const char *const directory_preserve_names[] = {
        [DIRECTORY_PRESERVE_NO] = "no",
        [DIRECTORY_PRESERVE_YES] = "yes",
        [DIRECTORY_PRESERVE_RESTART] = "restart",
};
ENUM_BOOLEAN(directory_preserve, "way to keep runtime directories")

static const char *const keyring_mode_names[] = {
        [KEYRING_INHERIT] = "inherit",
        [KEYRING_PRIVATE] = "private",
        [KEYRING_SHARED] = "shared",
};
ENUM(keyring_mode, "keyring mode")

static const char *const mount_flags_names[] = {
        [MOUNT_FLAGS_UNSET] = "",
        [MOUNT_FLAGS_SHARED] = "shared",
        [MOUNT_FLAGS_SLAVE] = "slave",
        [MOUNT_FLAGS_PRIVATE] = "private",
};
ENUM(mount_flags, "mount propagation")

static const char *const personality_names[] = {
        [PERSONALITY_UNSET] = "",
        [PERSONALITY_X86] = "x86",
        [PERSONALITY_X86_64] = "x86-64",
        [PERSONALITY_ARM] = "arm",
        [PERSONALITY_ARM64] = "arm64",
        [PERSONALITY_PPC] = "ppc",
        [PERSONALITY_PPC_LE] = "ppc-le",
        [PERSONALITY_PPC64] = "ppc64",
        [PERSONALITY_PPC64_LE] = "ppc64-le",
        [PERSONALITY_S390] = "s390",
        [PERSONALITY_S390X] = "s390x",
};
ENUM(personality, "architecture")

static const char *const cpu_scheduling_policy_names[] = {
        [CPU_SCHEDULING_UNSET] = "",      [CPU_SCHEDULING_OTHER] = "other",
        [CPU_SCHEDULING_BATCH] = "batch", [CPU_SCHEDULING_IDLE] = "idle",
        [CPU_SCHEDULING_FIFO] = "fifo",   [CPU_SCHEDULING_RR] = "rr",
};
static const EnumSynonym cpu_scheduling_policy_synonyms[] = {
        { "0", CPU_SCHEDULING_OTHER }, { "1", CPU_SCHEDULING_FIFO }, { "2", CPU_SCHEDULING_RR },
        { "3", CPU_SCHEDULING_BATCH }, { "5", CPU_SCHEDULING_IDLE }, { NULL, 0 },
};
ENUM_FULL(cpu_scheduling_policy, "scheduling policy", false, cpu_scheduling_policy_synonyms)

static const char *const io_scheduling_class_names[] = {
        [IO_SCHEDULING_UNSET] = "",
        [IO_SCHEDULING_NONE] = "none",
        [IO_SCHEDULING_REALTIME] = "realtime",
        [IO_SCHEDULING_BEST_EFFORT] = "best-effort",
        [IO_SCHEDULING_IDLE] = "idle",
};
static const EnumSynonym io_scheduling_class_synonyms[] = {
        { "0", IO_SCHEDULING_NONE },
        { "1", IO_SCHEDULING_REALTIME },
        { "2", IO_SCHEDULING_BEST_EFFORT },
        { "3", IO_SCHEDULING_IDLE },
        { NULL, 0 },
};
ENUM_FULL(io_scheduling_class, "I/O scheduling class", false, io_scheduling_class_synonyms)

static const char *const numa_policy_names[] = {
        [NUMA_POLICY_UNSET] = "",
        [NUMA_POLICY_DEFAULT] = "default",
        [NUMA_POLICY_PREFERRED] = "preferred",
        [NUMA_POLICY_BIND] = "bind",
        [NUMA_POLICY_INTERLEAVE] = "interleave",
        [NUMA_POLICY_LOCAL] = "local",
};
ENUM(numa_policy, "NUMA policy")

static const char *const utmp_mode_names[] = {
        [UTMP_INIT] = "init",
        [UTMP_LOGIN] = "login",
        [UTMP_USER] = "user",
};
ENUM(utmp_mode, "kind of utmp record")

static const char *const enforce_names[] = {
        [ENFORCE_DEFAULT] = "default",
        [ENFORCE_WARN] = "warn",
        [ENFORCE_STRICT] = "strict",
};
ENUM(enforce, "degree of enforcement")

static const char *const service_type_names[] = {
        [SERVICE_DEFAULT] = "",        [SERVICE_SIMPLE] = "simple",
        [SERVICE_EXEC] = "exec",       [SERVICE_FORKING] = "forking",
        [SERVICE_ONESHOT] = "oneshot", [SERVICE_DBUS] = "dbus",
        [SERVICE_NOTIFY] = "notify",   [SERVICE_NOTIFY_RELOAD] = "notify-reload",
        [SERVICE_IDLE] = "idle",
};
ENUM(service_type, "service type")

static const char *const exit_type_names[] = {
        [EXIT_TYPE_MAIN] = "main",
        [EXIT_TYPE_CGROUP] = "cgroup",
};
ENUM(exit_type, "exit type")

static const char *const restart_names[] = {
        [RESTART_NO] = "no",
        [RESTART_ON_SUCCESS] = "on-success",
        [RESTART_ON_FAILURE] = "on-failure",
        [RESTART_ON_ABNORMAL] = "on-abnormal",
        [RESTART_ON_WATCHDOG] = "on-watchdog",
        [RESTART_ON_ABORT] = "on-abort",
        [RESTART_ALWAYS] = "always",
};
ENUM(restart, "restart policy")

static const char *const restart_mode_names[] = {
        [RESTART_MODE_NORMAL] = "normal",
        [RESTART_MODE_DIRECT] = "direct",
};
ENUM(restart_mode, "restart mode")

static const char *const notify_access_names[] = {
        [NOTIFY_ACCESS_UNSET] = "",    [NOTIFY_ACCESS_NONE] = "none", [NOTIFY_ACCESS_MAIN] = "main",
        [NOTIFY_ACCESS_EXEC] = "exec", [NOTIFY_ACCESS_ALL] = "all",
};
ENUM(notify_access, "group of processes")

static const char *const timeout_failure_mode_names[] = {
        [TIMEOUT_TERMINATE] = "terminate",
        [TIMEOUT_ABORT] = "abort",
        [TIMEOUT_KILL] = "kill",
};
ENUM(timeout_failure_mode, "reaction to a timeout")

static const char *const oom_policy_names[] = {
        [OOM_UNSET] = "",
        [OOM_CONTINUE] = "continue",
        [OOM_STOP] = "stop",
        [OOM_KILL] = "kill",
};
ENUM(oom_policy, "out-of-memory policy")

static const char *const kill_mode_names[] = {
        [KILL_CONTROL_GROUP] = "control-group",
        [KILL_MIXED] = "mixed",
        [KILL_PROCESS] = "process",
        [KILL_NONE] = "none",
};
ENUM(kill_mode, "kill mode")

static const char *const emergency_action_names[] = {
        [EMERGENCY_NONE] = "none",
        [EMERGENCY_REBOOT] = "reboot",
        [EMERGENCY_REBOOT_FORCE] = "reboot-force",
        [EMERGENCY_REBOOT_IMMEDIATE] = "reboot-immediate",
        [EMERGENCY_POWEROFF] = "poweroff",
        [EMERGENCY_POWEROFF_FORCE] = "poweroff-force",
        [EMERGENCY_POWEROFF_IMMEDIATE] = "poweroff-immediate",
        [EMERGENCY_EXIT] = "exit",
        [EMERGENCY_EXIT_FORCE] = "exit-force",
};
ENUM(emergency_action, "emergency action")

static const char *const job_mode_names[] = {
        [JOB_MODE_FAIL] = "fail",
        [JOB_MODE_REPLACE] = "replace",
        [JOB_MODE_REPLACE_IRREVERSIBLY] = "replace-irreversibly",
        [JOB_MODE_ISOLATE] = "isolate",
        [JOB_MODE_FLUSH] = "flush",
        [JOB_MODE_IGNORE_DEPENDENCIES] = "ignore-dependencies",
        [JOB_MODE_IGNORE_REQUIREMENTS] = "ignore-requirements",
        [JOB_MODE_TRIGGERING] = "triggering",
        [JOB_MODE_RESTART_DEPENDENCIES] = "restart-dependencies",
};
ENUM(job_mode, "job mode")

static const char *const collect_mode_names[] = {
        [COLLECT_INACTIVE] = "inactive",
        [COLLECT_INACTIVE_OR_FAILED] = "inactive-or-failed",
};
ENUM(collect_mode, "collect mode")

static const char *const device_policy_names[] = {
        [DEVICE_POLICY_AUTO] = "auto",
        [DEVICE_POLICY_CLOSED] = "closed",
        [DEVICE_POLICY_STRICT] = "strict",
};
ENUM(device_policy, "device policy")

static const char *const managed_oom_names[] = {
        [MANAGED_OOM_AUTO] = "auto",
        [MANAGED_OOM_KILL] = "kill",
};
ENUM(managed_oom, "reaction to memory pressure")

static const char *const oom_preference_names[] = {
        [OOM_PREFER_NONE] = "none",
        [OOM_PREFER_AVOID] = "avoid",
        [OOM_PREFER_OMIT] = "omit",
};
ENUM(oom_preference, "out-of-memory preference")

static const char *const socket_protocol_names[] = {
        [PROTOCOL_UNSET] = "",
        [PROTOCOL_UDPLITE] = "udplite",
        [PROTOCOL_SCTP] = "sctp",
};
ENUM(socket_protocol, "socket protocol")

static const char *const bind_ipv6_only_names[] = {
        [BIND_IPV6_DEFAULT] = "default",
        [BIND_IPV6_BOTH] = "both",
        [BIND_IPV6_ONLY] = "ipv6-only",
};
ENUM(bind_ipv6_only, "kind of IPv6 binding")

static const char *const timestamping_names[] = {
        [TIMESTAMPING_OFF] = "off",
        [TIMESTAMPING_US] = "us",
        [TIMESTAMPING_NS] = "ns",
};
static const EnumSynonym timestamping_synonyms[] = {
        { "no", TIMESTAMPING_OFF },
        { "false", TIMESTAMPING_OFF },
        { "0", TIMESTAMPING_OFF },
        { "usec", TIMESTAMPING_US },
        { "µs", TIMESTAMPING_US },
        { "nsec", TIMESTAMPING_NS },
        { NULL, 0 },
};
ENUM_FULL(timestamping, "kind of time stamp", false, timestamping_synonyms)

static const char *const log_level_names[] = { "emerg",   "alert",  "crit", "err",
                                               "warning", "notice", "info", "debug" };
static const EnumSynonym log_level_synonyms[] = {
        { "0", 0 }, { "1", 1 }, { "2", 2 }, { "3", 3 },  { "4", 4 },
        { "5", 5 }, { "6", 6 }, { "7", 7 }, { NULL, 0 },
};
ENUM_FULL(log_level, "log level", false, log_level_synonyms)

static const char *const log_facility_names[] = {
        "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
        "uucp",   "cron",   "authpriv", "ftp",    "12",     "13",     "14",     "15",
        "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7",
};
ENUM(log_facility, "log facility")
