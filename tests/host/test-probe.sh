#!/bin/bash
# Protects the judge: what the probe answers is compared with sandboxes made by other tools (unshare,
# setpriv, prlimit ...), once with and once without the restriction. A probe that always said "EPERM"
# would make every sandbox look good.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_tool setpriv unshare prlimit nice chrt
PROBE=$(reach "$PROBE")

run "$PROBE" uid:x
check 'a wrong verb is status 2' 2 "$status"
run "$PROBE" read
check 'a missing argument is status 2' 2 "$status"
run "$PROBE" exit:7
check 'exit' 7 "$status"
run "$PROBE" signal:15
check 'signal' 143 "$status"
run "$PROBE" child:signal:9 child:exit:5
expect 'a killed child is seen' child:signal:9 'signal 9'
run "$PROBE" nosuchverb
check_match 'the message names the verb' nosuchverb "$said"

run env -i A=1 B= "$PROBE" env env:A env:B env:C
expect 'env counts' env 2
expect 'env value' env:A 1
expect 'env empty' env:B ''
expect 'env unset' env:C '(unset)'
output=$(printf 'hello\n' | "$PROBE" stdin) status=0 said=
expect 'stdin' stdin 'hello\x0a'
exec {extra}<"$0"
run "$PROBE" fds
expect_match 'an inherited descriptor is seen' "fds.$extra" '^reg r .*test-probe.sh$'
exec {extra}<&-
run bash -c 'trap "" USR1; exec "$0" sigignored' "$PROBE"
expect_match 'an ignored signal is seen' sigignored '(^|,)10($|,)'
run bash -c 'cd /usr && umask 0027 && exec "$0" cwd umask' "$PROBE"
expect cwd cwd /usr
expect umask umask 0027
run nice -n 5 "$PROBE" nice
expect nice nice 5
run prlimit --nofile=100:200 "$PROBE" rlimit:nofile
expect 'soft limit' rlimit:nofile 100
expect 'hard limit' rlimit:nofile.hard 200
run setsid "$PROBE" tty
expect_match 'no terminal' tty '^E(NXIO|NOENT)$'

mkdir -m 755 "$scratch/d"
echo content >"$scratch/d/file"
: >"$scratch/d/empty"
run "$PROBE" "read:$scratch/d/file" "read:$scratch/d/empty" "read:$scratch/d/none" "list:$scratch/d" \
        "cat:$scratch/d/file" "names:$scratch/d" "create:$scratch/d/file" "writable:$scratch/d" "stat:$scratch/d"
expect 'read' "read:$scratch/d/file" ok
expect 'read of an empty file' "read:$scratch/d/empty" empty
expect 'read of no file' "read:$scratch/d/none" ENOENT
expect 'list' "list:$scratch/d" 2
expect 'cat' "cat:$scratch/d/file" 'content\x0a'
expect 'names' "names:$scratch/d" empty,file
expect 'create where something is' "create:$scratch/d/file" EEXIST
expect 'writable' "writable:$scratch/d" ok
expect_match 'stat' "stat:$scratch/d" '^d0755 '
run "$PROBE" exec:/bin/true exec:/bin/false exec:/etc/passwd "suid:$scratch/d/s"
expect 'exec' exec:/bin/true ok
expect 'exec that fails' exec:/bin/false 'exit 1'
expect 'exec of no program' exec:/etc/passwd EACCES
expect 'suid allowed' "suid:$scratch/d/s.fchmod" ok
run "$PROBE" wx socket:unix lo realtime:x
check 'no argument where none is taken' 2 "$status"
run "$PROBE" wx socket:unix
expect 'writable code' wx.mmap ok
expect 'socket' socket:unix ok

[ "$(id -u)" = 0 ] || { skip 'users, capabilities, namespaces' 'needs root'; finish; }

run as_user "$PROBE" uid gid groups caps "writable:$scratch/d" chroot:/ hostname:x "mknod:/tmp/svalinn-probe-$$" pwuid
expect 'uid' uid 65533
expect 'gid' gid 65533
expect 'groups' groups ''
expect 'no capabilities' caps.eff 0
expect 'not writable' "writable:$scratch/d" EACCES
expect 'chroot refused' chroot:/ EPERM
expect 'hostname refused' hostname:x EPERM
expect 'mknod refused' "mknod:/tmp/svalinn-probe-$$" EPERM
expect 'no account' pwuid '(none)'
run setpriv --groups=5,4 "$PROBE" groups nnp securebits pwuid
expect 'groups are sorted' groups 4,5
expect 'no_new_privs off' nnp 0
expect 'securebits off' securebits 0
expect_match 'root has an account' pwuid '^root:'
run setpriv --no-new-privs --securebits=+noroot "$PROBE" nnp securebits
expect 'no_new_privs on' nnp 1
expect 'securebits on' securebits 1
run setpriv --bounding-set=-all,+chown,+kill --inh-caps=-all,+kill --ambient-caps=-all "$PROBE" caps
expect 'bounding set' caps.bnd 21
expect 'inheritable set' caps.inh 20
run "$PROBE" "mknod:$scratch/d/n" chroot:/ mount:/tmp unshare:net clock setns:mnt
expect 'mknod allowed' "mknod:$scratch/d/n" ok
expect 'chroot allowed' chroot:/ ok
expect 'mount allowed' mount:/tmp ok
expect 'unshare allowed' unshare:net ok
expect 'clock allowed' clock.adjtimex ok
run setpriv --bounding-set=-all --inh-caps=-all "$PROBE" chroot:/ mount:/tmp unshare:net clock setns:mnt \
        socket:packet klog ptrace
expect 'chroot without capabilities' chroot:/ EPERM
expect 'mount without capabilities' mount:/tmp EPERM
expect 'unshare without capabilities' unshare:net EPERM
expect 'clock without capabilities' clock.adjtimex EPERM
expect 'setns without capabilities' setns:mnt EPERM
expect 'packet socket without capabilities' socket:packet EPERM

run unshare --net "$PROBE" lo interfaces socket:inet ns:net
expect 'an unset loopback' lo down
expect 'its connection' lo.connect ENETUNREACH
expect 'only the loopback' interfaces lo
check_not 'another network' "$(readlink /proc/self/ns/net)" "$(answer ns:net)"
run "$PROBE" ns:net
expect 'the same network' ns:net "$(readlink /proc/self/ns/net)"
run unshare --uts "$PROBE" hostname:svalinn-probe uname
expect 'host name set' uname svalinn-probe
# shellcheck disable=SC2016 # the inner shell expands it
run unshare --mount sh -c 'mount -t tmpfs -o ro,nosuid,nodev,noexec,size=1M none "$1/d" && mount --make-shared "$1/d" &&
        exec "$0" "mountopts:$1/d" "fstype:$1/d" "mountpoint:$1/d" "writable:$1/d" "propagation:$1/d" mountpoint:/etc' \
        "$PROBE" "$scratch"
expect 'mount options' "mountopts:$scratch/d" ro,nosuid,nodev,noexec,relatime
expect 'file system' "fstype:$scratch/d" tmpfs
expect 'its size' "fstype:$scratch/d.blocks" 256
expect 'mount point' "mountpoint:$scratch/d" yes
expect 'no mount point' mountpoint:/etc no
expect 'read-only' "writable:$scratch/d" EROFS
expect 'propagation' "propagation:$scratch/d" shared
run unshare --pid --fork --mount-proc "$PROBE" pid proc
expect 'a PID namespace' pid 1
expect 'processes that are seen' proc.pids 1
run chrt -o 0 "$PROBE" sched realtime
expect 'normal scheduling' sched 0
run prlimit --nproc=1:1 setpriv --reuid=65532 --regid=65532 --clear-groups "$PROBE" fork:3
expect_match 'children are limited' fork:3 '^[01]$'
run "$PROBE" fork:3
expect 'children' fork:3 3
finish
