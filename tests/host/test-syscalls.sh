#!/bin/bash
# Protects the kernel from the service: system call filters, and what is built on them.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
PROBE=$(reach "$PROBE")
# What the probe and its start need beside what is tried.
needed='@system-service'

# --- SystemCallFilter=: an allow list
on_off -p "SystemCallFilter=$needed" -p SystemCallErrorNumber=EPERM -- swapon=EPERM reboot=EPERM seccomp=2
same -p "SystemCallFilter=$needed" -p SystemCallErrorNumber=EPERM -- uid=0 read:/etc/passwd=ok socket:unix=ok
on_off -p "SystemCallFilter=$needed" -p SystemCallErrorNumber=EACCES -- swapon=EACCES
on_off -p "SystemCallFilter=$needed" -- 'child:swapon=signal 31'
check_run 'a call that is not allowed ends the process' 159 "$SVRUN" -p "SystemCallFilter=$needed" "$PROBE" swapon
check_run 'with EPERM it does not' 0 "$SVRUN" -p "SystemCallFilter=$needed" -p SystemCallErrorNumber=EPERM "$PROBE" swapon
same -p "SystemCallFilter=$needed swapon" -- child:swapon=ENOENT
same -p "SystemCallFilter=$needed" -p SystemCallFilter=@swap -- child:swapon=ENOENT
same -p "SystemCallFilter=$needed" -p 'SystemCallFilter=~getuid socket' -p SystemCallErrorNumber=EPERM -- socket:unix=EPERM
same -p "SystemCallFilter=$needed" -p SystemCallFilter= -- child:swapon=ENOENT seccomp=0
check_run 'a list without execve ends the start, too' 159 "$SVRUN" -p SystemCallFilter=@network-io "$PROBE" uid

# --- a deny list
on_off -p 'SystemCallFilter=~swapon reboot' -p SystemCallErrorNumber=EPERM -- swapon=EPERM reboot=EPERM
same -p 'SystemCallFilter=~swapon' -p SystemCallErrorNumber=EPERM -- reboot=EINVAL
on_off -p 'SystemCallFilter=~swapon' -- 'child:swapon=signal 31'
same -p 'SystemCallFilter=~@swap:ENOSPC reboot:ENOTTY' -- swapon=ENOSPC reboot=ENOTTY
same -p 'SystemCallFilter=~@swap' -p 'SystemCallFilter=reboot' -p SystemCallErrorNumber=EPERM -- swapon=EPERM reboot=EINVAL
same -p 'SystemCallFilter=~swapon' -p SystemCallErrorNumber=kill -- 'child:swapon=signal 31'
same -p 'SystemCallFilter=~swapon:kill' -p SystemCallErrorNumber=EPERM -- 'child:swapon=signal 31'
same -p 'SystemCallFilter=~@clock' -p SystemCallErrorNumber=EPERM -- clock#settime=EPERM
same -p 'SystemCallFilter=~@mount @module' -p SystemCallErrorNumber=EPERM -- mount:/tmp=EPERM open-tree:/=EPERM fsopen:tmpfs=EPERM \
        module#init=EPERM
check_run 'an unknown group is refused' 2 "$SVRUN" -p SystemCallFilter=@nosuchgroup true
check_match 'the message names it' 'SystemCallFilter=: .*@nosuchgroup' "$said"
check_run 'an unknown error is refused' 2 "$SVRUN" -p SystemCallErrorNumber=ENOSUCHERROR true
check_match 'the message names it' 'SystemCallErrorNumber=: .*ENOSUCHERROR' "$said"

# As an ordinary user, without CAP_SYS_ADMIN.
common=(-p User=games)
on_off -p 'SystemCallFilter=~socket' -p SystemCallErrorNumber=EPERM -- socket:unix=EPERM nnp=1
common=()

# --- SystemCallArchitectures=: getpid by the gate of 32-bit programs
if [ "$("$PROBE" syscall32:20)" = syscall32:20=ok ]; then
        on_off -p SystemCallArchitectures=native -- 'child:syscall32:20=signal 31'
        same -p 'SystemCallArchitectures=native x86' -- child:syscall32:20=ok
        # A filter holds for both gates.
        on_off -p 'SystemCallFilter=~getpid' -p SystemCallErrorNumber=EPERM -- syscall32:20=EPERM
else
        skip 'SystemCallArchitectures=' 'no 32-bit system calls here'
fi

# --- RestrictAddressFamilies=
on_off -p RestrictAddressFamilies=AF_UNIX -- socket:inet=EAFNOSUPPORT socket:inet6=EAFNOSUPPORT socket:packet=EAFNOSUPPORT \
        socket:netlink=EAFNOSUPPORT
same -p RestrictAddressFamilies=AF_UNIX -- socket:unix=ok socketpair=ok
same -p 'RestrictAddressFamilies=AF_UNIX AF_INET' -- socket:inet=ok socket:unix=ok socket:inet6=EAFNOSUPPORT
on_off -p 'RestrictAddressFamilies=~AF_PACKET AF_NETLINK' -- socket:packet=EAFNOSUPPORT socket:netlink=EAFNOSUPPORT
same -p 'RestrictAddressFamilies=~AF_PACKET' -- socket:inet=ok
on_off -p RestrictAddressFamilies=none -- socket:unix=EAFNOSUPPORT socket:inet=EAFNOSUPPORT
same -p RestrictAddressFamilies=AF_UNIX -p RestrictAddressFamilies= -- socket:inet=ok

# --- RestrictNamespaces=
on_off -p RestrictNamespaces=yes -- unshare:user=EPERM unshare:mnt=EPERM unshare:net=EPERM unshare:uts=EPERM unshare:ipc=EPERM \
        unshare:pid=EPERM unshare:cgroup=EPERM clone:net=EPERM setns:uts=EPERM
same -p RestrictNamespaces=yes -- fork:1=1 clone3=ENOSYS
same -p 'RestrictNamespaces=uts ipc' -- unshare:uts=ok unshare:ipc=ok unshare:net=EPERM unshare:user=EPERM
same -p 'RestrictNamespaces=~uts' -- unshare:uts=EPERM unshare:net=ok
same -p RestrictNamespaces=no -- unshare:uts=ok

# --- the single ones
on_off -p MemoryDenyWriteExecute=yes -- wx#mmap=EPERM wx#mprotect=EPERM wx#pkey-mprotect=EPERM wx#shmat=EPERM
same -p MemoryDenyWriteExecute=yes -- wx#mmap-exec=ok exec:/bin/true=ok
on_off -p RestrictRealtime=yes -- realtime=EPERM
same -p RestrictRealtime=yes -- nice=0
on_off -p RestrictSUIDSGID=yes -- "suid:$scratch/s#fchmod=EPERM" "suid:$scratch/s#chmod-suid=EPERM" "suid:$scratch/s#chmod-sgid=EPERM" \
        "suid:$scratch/s#mknod=EPERM" "suid:$scratch/s#open=EPERM"
same -p RestrictSUIDSGID=yes -- "suid:$scratch/s#chmod-plain=ok" "create:$scratch/plain=ok"
on_off -p ProtectKernelModules=yes -- module#finit=EPERM
on_off -p PrivateDevices=yes -- ioperm=EPERM
on_off -p LockPersonality=yes -- personality=EPERM

# --- all of them together still let a program run
same -p "SystemCallFilter=$needed" -p SystemCallErrorNumber=EPERM -p SystemCallArchitectures=native -p RestrictNamespaces=yes \
        -p RestrictAddressFamilies=AF_UNIX -p MemoryDenyWriteExecute=yes -p RestrictRealtime=yes -p RestrictSUIDSGID=yes \
        -p LockPersonality=yes -p ProtectClock=yes -p ProtectKernelModules=yes -p ProtectKernelLogs=yes -p ProtectHostname=yes \
        -p ProtectKernelTunables=yes -p PrivateDevices=yes -p NoNewPrivileges=yes -p DynamicUser=yes -- seccomp=2 nnp=1 \
        unshare:user=EPERM socket:inet=EAFNOSUPPORT exec:/bin/true=ok

# What is logged is allowed; that there is a filter is all that can be seen from inside.
on_off -p SystemCallLog=uname -- seccomp=2
same -p SystemCallLog=uname -- uname=*
finish
