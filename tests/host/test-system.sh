#!/bin/bash
# Protects the system from the service: the file system views of Protect* and Private*, networks, host names,
# /proc, control groups.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
PROBE=$(reach "$PROBE")

# --- ProtectSystem=. What is tried is tried in places that stay as they are.
on_off -p ProtectSystem=yes -- writable:/usr=EROFS writable:/usr/lib=EROFS writable:/bin=EROFS writable:/boot=EROFS write:/bin/true=EROFS
same -p ProtectSystem=yes -- writable:/etc=ok writable:/var=ok writable:/=ok
on_off -p ProtectSystem=full -- writable:/usr=EROFS writable:/boot=EROFS writable:/etc=EROFS write:/etc/passwd=EROFS
same -p ProtectSystem=full -- writable:/var=ok writable:/tmp=ok "writable:$scratch=ok"
on_off -p ProtectSystem=strict -- writable:/=EROFS writable:/etc=EROFS writable:/usr=EROFS writable:/var=EROFS writable:/run=EROFS \
        writable:/tmp=EROFS "writable:$scratch=EROFS" writable:/root=EROFS
same -p ProtectSystem=strict -- device:/dev/null=ok write:/proc/self/comm=ok writable:/dev/shm=ok
same -p ProtectSystem=strict -p "ReadWritePaths=$scratch" -- "writable:$scratch=ok" writable:/var=EROFS
same -p ProtectSystem=no -- writable:/usr=ok

# --- ProtectHome=
home=$(mktemp -d /home/svtest.XXXXXX) root_file=$(mktemp /root/svtest.XXXXXX)
mkdir -p /run/user && user_file=$(mktemp /run/user/svtest.XXXXXX)
echo secret | tee "$home/file" "$root_file" >"$user_file"
on_off -p ProtectHome=yes -- list:/home=0 list:/root=0 list:/run/user=0 "read:$home/file=ENOENT" "read:$root_file=ENOENT" \
        "read:$user_file=ENOENT" 'stat:/root=d0000 0 0' writable:/home=EROFS
on_off -p ProtectHome=read-only -- "writable:$home=EROFS" writable:/root=EROFS writable:/run/user=EROFS "write:$root_file=EROFS"
same -p ProtectHome=read-only -- "read:$home/file=ok" "read:$root_file=ok" "read:$user_file=ok"
on_off -p ProtectHome=tmpfs -- list:/home=0 "read:$root_file=ENOENT" "read:$user_file=ENOENT" writable:/home=EROFS fstype:/home=tmpfs
same -p ProtectHome=tmpfs -p "BindPaths=$home" -- "names:/home=${home##*/}" "read:$home/file=ok" "writable:$home=ok" list:/root=0
same -p ProtectHome=no -- "read:$home/file=ok" "writable:$home=ok"
same -p ProtectHome=read-only -p "ReadWritePaths=$home" -- "writable:$home=ok" writable:/root=EROFS
same -p ProtectHome=yes -p ProtectSystem=strict -- list:/home=0 list:/root=0
common=(-p User=games)
on_off -p ProtectHome=yes -- list:/home=EACCES
common=()
rm -rf "$home" "$root_file" "$user_file"
rmdir --ignore-fail-on-non-empty /run/user

# --- PrivateDevices=
on_off -p PrivateDevices=yes -- "dev=core,fd,full,*" writable:/dev=EROFS device:/dev/kmsg=ENOENT "mknod:$scratch/node=EPERM" ioperm=EPERM
same -p PrivateDevices=yes -- dev#null=ok dev#zero=ok dev#full=ok dev#random=ok dev#urandom=ok 'stat:/dev/null=c0666 0 0' \
        'stat:/dev/null#device=1:3' 'stat:/dev/zero#device=1:5' 'stat:/dev/urandom#device=1:9' link:/dev/fd=/proc/self/fd \
        writable:/dev/shm=ok dev#ptmx=ok
same -p PrivateDevices=yes -p User=games -- dev#null=ok dev#random=ok dev#ptmx=ok dev#vda=ENOENT writable:/dev/shm=ok
same -p PrivateDevices=yes -p NoExecPaths=/dev/shm -- writable:/dev/shm=ok
same -p PrivateDevices=yes -p ReadOnlyPaths=/dev/shm -- writable:/dev/shm=EROFS
same -p PrivateDevices=yes -- "list:/dev/pts=*"
sandbox -p PrivateDevices=yes -- caps
check 'no raw input and output' 0 $((0x$(answer caps.bnd) & (1 << 17 | 1 << 27)))

# --- DevicePolicy=, DeviceAllow=, and who implies them: also for nodes that lie elsewhere, and with all privileges.
if [ -n "$(cgroup2)" ]; then
        mknod "$scratch/kmsg" c 1 11
        mknod -m 666 "$scratch/null" c 1 3
        on_off -p PrivateDevices=yes -- "device:$scratch/kmsg=EPERM"
        same -p PrivateDevices=yes -- "device:$scratch/null=ok"
        on_off -p DevicePolicy=closed -- device:/dev/kmsg=EPERM "read:$scratch/kmsg=EPERM"
        same -p DevicePolicy=closed -- device:/dev/null=ok device:/dev/zero=ok device:/dev/full=ok device:/dev/urandom=ok dev#ptmx=ok
        on_off -p DevicePolicy=strict -- device:/dev/null=EPERM device:/dev/zero=EPERM
        same -p DevicePolicy=strict -p 'DeviceAllow=/dev/null rw' -- device:/dev/null=ok device:/dev/zero=EPERM
        same -p DevicePolicy=strict -p 'DeviceAllow=/dev/null r' -- read:/dev/null=empty device:/dev/null=EPERM
        same -p DevicePolicy=strict -p 'DeviceAllow=/dev/char/1:5 rw' -- device:/dev/zero=ok device:/dev/null=EPERM
        same -p DevicePolicy=strict -p DeviceAllow=char-mem -- device:/dev/null=ok device:/dev/zero=ok device:/dev/kmsg=ok
        same -p DevicePolicy=strict -p 'DeviceAllow=char-m?m rw' -- device:/dev/null=ok
        same -p DevicePolicy=strict -p 'DeviceAllow=block-mem rw' -- device:/dev/null=EPERM
        same -p DevicePolicy=strict -p 'DeviceAllow=/dev/null rw' -p DeviceAllow= -- device:/dev/null=EPERM
        on_off -p 'DeviceAllow=/dev/nothing-there rw' -- device:/dev/kmsg=EPERM
        same -p 'DeviceAllow=/dev/kmsg rw' -- device:/dev/kmsg=ok device:/dev/null=ok
        same -p DevicePolicy=auto -- device:/dev/kmsg=ok
        on_off -p ProtectClock=yes -- device:/dev/kmsg=EPERM
        same -p ProtectClock=yes -p PrivateDevices=yes -p 'DeviceAllow=/dev/kmsg rw' -p BindPaths=/dev/kmsg -- device:/dev/kmsg=ok
        run "$SVRUN" -p DevicePolicy=strict -P sh -c 'exec 3</dev/null'
        check_match 'a refused device is an error of the command' '/dev/null: Operation not permitted' "$said"
else
        skip 'DevicePolicy=' 'there is no control group hierarchy of version 2'
fi

# --- PrivateNetwork=
on_off -p PrivateNetwork=yes -- interfaces=lo
sandbox -p PrivateNetwork=yes -- lo ns:net interfaces tcp:1 socket:inet
expect 'the loopback is up' lo up
expect 'and works' lo.connect ok
expect 'it is the only interface' interfaces lo
on_off -p PrivateNetwork=yes -- names:/sys/class/net=lo
for more in ProtectSystem=strict "InaccessiblePaths=-$scratch/none" ProtectControlGroups=yes; do
        same -p PrivateNetwork=yes -p "$more" -- names:/sys/class/net=lo "fstype:/sys/fs/cgroup=$(stat -f -c %T /sys/fs/cgroup)"
done
on_off -p PrivateNetwork=yes -p ReadOnlyPaths=/sys -- "put:/sys/kernel/mm/ksm/run=EROFS"
same -p PrivateNetwork=yes -p ProtectKernelTunables=yes -- "put:/sys/kernel/mm/ksm/run=EROFS" names:/sys/class/net=lo
same -p PrivateNetwork=yes -p InaccessiblePaths=/sys -- list:/sys=0
same -p PrivateNetwork=yes -p ProtectControlGroups=private -- names:/sys/class/net=lo fstype:/sys/fs/cgroup=cgroup2
# Flags of the host's, and what hides something in it, are on the new one, too.
same_in() { # same_in SHELL-COMMANDS ARGUMENT...: as "same", in a mount namespace where the commands were run
        local before=$1
        shift
        printf '#!/bin/sh\nexec unshare -m sh -c '"'"'%s; exec "$@"'"'"' - %s "$@"\n' "$before" "$SVRUN" >"$scratch/changed"
        chmod 755 "$scratch/changed"
        SVRUN=$scratch/changed same "$@"
}
same_in 'mount -o remount,bind,ro /sys' -p PrivateNetwork=yes -- "put:/sys/kernel/mm/ksm/run=EROFS" names:/sys/class/net=lo
same_in 'mount -t tmpfs none /sys/kernel/mm' -p PrivateNetwork=yes -- "list:/sys/kernel/mm=0" names:/sys/class/net=lo
ro='mount -t tmpfs -o ro none /run'
same_in "$ro" -p Enforce=warn -p PrivateDevices=yes -- device:/dev/kmsg=ENOENT device:/dev/null=ok
check_match 'a device policy that cannot be recorded: what is missing is said' \
        '^svrun: the device policy of PrivateDevices= not enforced: .*/run is read-only$' "$said"
same_in "$ro" -p Enforce=warn -p DevicePolicy=closed -- uid=0
check_match 'also where it was asked for' '^svrun: DevicePolicy= not enforced: .*/run is read-only$' "$said"
check_run 'and Enforce=strict refuses' 219 "$scratch/changed" -p DevicePolicy=closed true
same_in 'umount -l /sys' -p PrivateNetwork=yes -- list:/sys=0 interfaces=lo
check_not 'another network' "$(readlink /proc/self/ns/net)" "$(answer ns:net)"
sandbox -- ns:net
check 'the same network without it' "$(readlink /proc/self/ns/net)" "$(answer ns:net)"
if command -v python3 >/dev/null; then
        python3 - "$scratch/port" "@svtest-$$" <<'PY' &
import socket, sys, time
s = socket.create_server(("127.0.0.1", 0))
u = socket.socket(socket.AF_UNIX); u.bind("\0" + sys.argv[2][1:]); u.listen()
open(sys.argv[1], "w").write(str(s.getsockname()[1])); time.sleep(60)
PY
        own $!
        within 10 test -s "$scratch/port"
        on_off -p PrivateNetwork=yes -- "tcp:$(cat "$scratch/port")=ECONNREFUSED" "unix:@svtest-$$=ECONNREFUSED"
fi

# --- PrivateIPC=, PrivateMounts=, MountFlags=
for row in PrivateIPC=yes:ipc PrivateMounts=yes:mnt MountFlags=slave:mnt; do
        sandbox -p "${row%:*}" -- "ns:${row#*:}"
        check_match "${row%:*}: a namespace" '^(ipc|mnt):' "$(answer "ns:${row#*:}")"
        check_not "${row%:*}: another one" "$(readlink "/proc/self/ns/${row#*:}")" "$(answer "ns:${row#*:}")"
done
sandbox -- ns:mnt ns:ipc ns:uts ns:cgroup ns:user ns:pid
for ns in mnt ipc uts cgroup user pid; do
        expect "no $ns namespace that nobody asked for" "ns:$ns" "$(readlink "/proc/self/ns/$ns")"
done
if command -v ipcmk >/dev/null; then
        queue=$(ipcmk -Q | sed 's/.*: //')
        run "$SVRUN" ipcs -q
        check_match 'the queues of the host' " $queue " "$output"
        run "$SVRUN" -p PrivateIPC=yes ipcs -q
        check 'PrivateIPC=yes: none of them' '' "$(grep " $queue " <<<"$output")"
        ipcrm -q "$queue"
fi
made=
[ -d /dev/mqueue ] || { mkdir /dev/mqueue && made=yes; }
# shellcheck disable=SC2016 # the inner shell expands it
run unshare --mount --ipc sh -c 'mount -t mqueue none /dev/mqueue && : >/dev/mqueue/svtest && "$0" -- "$1" list:/dev/mqueue &&
        "$0" -p PrivateIPC=yes -- "$1" names:/dev/mqueue && "$0" -p PrivateIPC=yes -p PrivateDevices=yes -- "$1" names:/dev/mqueue' "$SVRUN" "$PROBE"
check 'PrivateIPC=yes: no message queue of the host' 'list:/dev/mqueue=1 names:/dev/mqueue= names:/dev/mqueue=' "$(paste -sd ' ' <<<"$output")"
[ -z "$made" ] || rmdir /dev/mqueue
mkdir "$scratch/m"
run "$SVRUN" -p RuntimeDirectory=svtest-system mount -t tmpfs none "$scratch/m"
check_match 'a directory of the unit changes nothing about that' "$scratch/m" "$(grep " $scratch/m " /proc/self/mountinfo)"
umount "$scratch/m"
run "$SVRUN" -p PrivateMounts=yes mount -t tmpfs none "$scratch/m"
check 'PrivateMounts=yes: mounting works' 0 "$status"
check 'PrivateMounts=yes: its mounts stay inside' '' "$(grep " $scratch/m " /proc/self/mountinfo)"
run "$SVRUN" mount -t tmpfs none "$scratch/m"
check_match 'without it they are those of the host' "$scratch/m" "$(grep " $scratch/m " /proc/self/mountinfo)"
umount "$scratch/m"
mount --make-shared -t tmpfs none "$scratch/m"
same -p MountFlags=private -- "propagation:$scratch/m=private"
same -p MountFlags=slave -- "propagation:$scratch/m=slave"
same -p MountFlags=shared -- "propagation:$scratch/m=shared"
same -p PrivateMounts=yes -- "propagation:$scratch/m=shared"
umount "$scratch/m"

# --- ProtectHostname=
name=$(uname -n)
same -- "uname=$name"
on_off -p ProtectHostname=yes -- "hostname:$name=EPERM" domainname:svtest=EPERM
same -p ProtectHostname=yes -- "uname=$name"
same -p ProtectHostname=private -- hostname:svtest=ok uname=svtest
on_off -p ProtectHostname=private:svtest-box -- uname=svtest-box
check 'the host keeps its name' "$name" "$(uname -n)"

# --- ProtectKernelTunables=, ProtectKernelModules=, ProtectKernelLogs=, ProtectClock=
on_off -p ProtectKernelTunables=yes -- proc#write:/proc/sys/kernel/domainname=EROFS \
        write:/sys/kernel/profiling=EROFS read:/proc/kallsyms=empty write:/proc/irq/default_smp_affinity=EROFS
same -p ProtectKernelTunables=yes -- proc#write:/proc/self/comm=ok read:/proc/sys/kernel/ostype=ok list:/sys/class=* read:/proc/cpuinfo=ok
on_off -p ProtectKernelModules=yes -- module#init=EPERM module#finit=EPERM module#delete=EPERM
sandbox -p ProtectKernelModules=yes -- caps list:/usr/lib/modules
check 'ProtectKernelModules=yes: no capability' 0 $((0x$(answer caps.bnd) & (1 << 16)))
expect_match 'ProtectKernelModules=yes: the modules are out of sight' list:/usr/lib/modules '^(0|ENOENT)$'
on_off -p ProtectKernelLogs=yes -- klog=EPERM read:/proc/kmsg=empty read:/dev/kmsg=empty
on_off -p ProtectClock=yes -- clock#adjtimex=EPERM clock#settime=EPERM
sandbox -p ProtectClock=yes -- caps
check 'ProtectClock=yes: no capability' 0 $((0x$(answer caps.bnd) & (1 << 25 | 1 << 35)))

# --- ProtectControlGroups=
on_off -p ProtectControlGroups=yes -- cgroup-write=EROFS
if grep -qw cgroup2 /proc/filesystems; then
        for kind in private strict; do
                sandbox -p ProtectControlGroups=$kind -- ns:cgroup cgroup-write fstype:/sys/fs/cgroup cat:/proc/self/cgroup
                check_match "ProtectControlGroups=$kind: a namespace" '^cgroup:' "$(answer ns:cgroup)"
                check_not "ProtectControlGroups=$kind: another one" "$(readlink /proc/self/ns/cgroup)" "$(answer ns:cgroup)"
                expect "ProtectControlGroups=$kind: the tree of it" fstype:/sys/fs/cgroup cgroup2
                expect_match "ProtectControlGroups=$kind: its own group is the root" cat:/proc/self/cgroup '0::/\\x0a'
                [ $kind = private ] && wanted=ok || wanted=EROFS
                expect "ProtectControlGroups=$kind: writable or not" cgroup-write "$wanted"
        done
else
        skip 'ProtectControlGroups=private' 'the kernel has no unified hierarchy'
fi

# --- ProtectProc=, ProcSubset=
sleep 60 &
sleeper=$!
own $sleeper
common=(-p User=games)
on_off -p ProtectProc=invisible -- proc#read:/proc/1/stat=ENOENT proc#pids=1 "list:/proc/$sleeper=ENOENT"
on_off -p ProtectProc=noaccess -- proc#read:/proc/1/stat=EPERM "names:/proc/$sleeper=EPERM"
on_off -p ProtectProc=ptraceable -- proc#read:/proc/1/stat=ENOENT
common=()
same -p ProtectProc=invisible -- read:/proc/1/stat=ok
on_off -p ProcSubset=pid -- read:/proc/cpuinfo=ENOENT read:/proc/sys/kernel/ostype=ENOENT
same -p ProcSubset=pid -- read:/proc/self/stat=ok read:/proc/1/stat=ok
same -p ProcSubset=pid -p ProtectProc=invisible -p User=games -- read:/proc/cpuinfo=ENOENT read:/proc/1/stat=ENOENT \
        read:/proc/self/stat=ok
same -p ProtectProc=invisible -p ProtectKernelTunables=yes -- write:/proc/sys/kernel/domainname=EROFS read:/proc/kallsyms=empty
sandbox -- mounts
mounts=$(answer mounts)
sandbox -p ProtectProc=invisible -- mounts
check 'the /proc of the host is not changed' "$(grep -c ' /proc ' /proc/self/mountinfo)" "$(grep ' /proc ' /proc/self/mountinfo | grep -vc hidepid)"
check_match 'the mounts can be counted' '^[0-9]+$' "$mounts"
finish
