/*
 * The directives of systemd.exec(5) that refuse certain system calls, each as
 * a layer of rules. They take plain numbers and know nothing of units.
 *
 * All return 0 or -ENOMEM.
 */
#pragma once

#include "supervisor/sandbox/syscall/rules.h"

/* The namespaces that RestrictNamespaces= speaks of, as CLONE_NEW* bits. */
#define SYSCALL_RESTRICT_NAMESPACES_ALL                                                          \
        ((uint64_t)(CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | \
                    CLONE_NEWUSER | CLONE_NEWUTS))

/* RestrictNamespaces=: ALLOWED are the CLONE_NEW* bits that may still be made and entered. clone3()
 * answers ENOSYS, so that libraries use clone(), whose flags can be seen. With none allowed, time
 * namespaces and setns() as a whole are refused, too. */
int syscall_restrict_namespaces(SyscallRules *rules, uint64_t allowed);

/* The families of RestrictAddressFamilies=: AF_* numbers, sorted, without doubles. */
typedef struct SyscallFamilies {
        const int *items;
        size_t n;
        bool allow_list;
} SyscallFamilies;

/* RestrictAddressFamilies=: socket() fails with EAFNOSUPPORT, and so does every socketcall() that
 * makes a socket, on 32-bit x86: its family is in memory, where a filter cannot look. io_uring
 * answers ENOSYS, because what it does passes no filter. */
int syscall_restrict_address_families(SyscallRules *rules, const SyscallFamilies *families);

/* MemoryDenyWriteExecute=: no mapping that is writable and executable, none that becomes
 * executable, and no personality that makes each readable mapping executable. */
int syscall_restrict_write_execute(SyscallRules *rules);

/* RestrictRealtime=. sched_setattr() answers ENOSYS: its policy is in memory, and callers fall back
 * on sched_setscheduler(). */
int syscall_restrict_realtime(SyscallRules *rules);

/* RestrictSUIDSGID=. openat2() answers ENOSYS, as its mode is in memory, and io_uring, too. */
int syscall_restrict_suid_sgid(SyscallRules *rules);

/* LockPersonality=: PERSONALITY is the one that may be set (again), personality(2). Asking for the
 * present one stays possible. */
int syscall_restrict_personality(SyscallRules *rules, unsigned personality);

/* Calls that fail with EPERM whatever their arguments. */
int syscall_restrict_clock(SyscallRules *rules);           /* ProtectClock= */
int syscall_restrict_kernel_modules(SyscallRules *rules);  /* ProtectKernelModules= */
int syscall_restrict_kernel_logs(SyscallRules *rules);     /* ProtectKernelLogs= */
int syscall_restrict_kernel_tunables(SyscallRules *rules); /* ProtectKernelTunables= */
int syscall_restrict_hostname(SyscallRules *rules);        /* ProtectHostname= */
int syscall_restrict_raw_io(SyscallRules *rules);          /* PrivateDevices= */
int syscall_restrict_mounting(SyscallRules *rules);        /* the same without a device policy */
