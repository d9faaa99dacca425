/*
 * The exit statuses that systemd.exec(5), "Process Exit Codes", gives to the
 * steps before a command is executed. They are what callers, scripts and other
 * supervisors go by: a number here never changes.
 */
#pragma once

typedef enum ExitStatus {
        EXIT_CHDIR = 200,
        EXIT_NICE = 201,
        EXIT_FDS = 202,
        EXIT_EXEC = 203,
        EXIT_MEMORY = 204,
        EXIT_LIMITS = 205,
        EXIT_OOM_ADJUST = 206,
        EXIT_SIGNAL_MASK = 207,
        EXIT_STDIN = 208,
        EXIT_STDOUT = 209,
        EXIT_CHROOT = 210,
        EXIT_IOPRIO = 211,
        EXIT_TIMERSLACK = 212,
        EXIT_SECUREBITS = 213,
        EXIT_SETSCHEDULER = 214,
        EXIT_CPUAFFINITY = 215,
        EXIT_GROUP = 216,
        EXIT_USER = 217,
        EXIT_CAPABILITIES = 218,
        EXIT_CGROUP = 219,
        EXIT_SETSID = 220,
        EXIT_STDERR = 222,
        EXIT_NETWORK = 225,
        EXIT_NAMESPACE = 226, /* and whatever keeps a sandbox from being made at all */
        EXIT_NO_NEW_PRIVILEGES = 227,
        EXIT_SECCOMP = 228,
        EXIT_PERSONALITY = 230,
        EXIT_RUNTIME_DIRECTORY = 233,
        EXIT_KEYRING = 237,
        EXIT_STATE_DIRECTORY = 238,
        EXIT_CACHE_DIRECTORY = 239,
        EXIT_LOGS_DIRECTORY = 240,
        EXIT_CONFIGURATION_DIRECTORY = 241,
} ExitStatus;
