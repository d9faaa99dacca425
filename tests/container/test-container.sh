#!/bin/bash
# Protects what tests of a PID 1 rely on: a small system of its own, and nothing of it left on the host.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/../host/lib.sh"
need_root
need_tool busybox
grep -q ' - cgroup2 ' /proc/self/mountinfo || skip_all 'the host has no unified control group hierarchy'
grep -qw overlay /proc/filesystems || skip_all 'the kernel has no overlay file system'
name=svtest-$$
group=$(sed -n 's/^\([^ ]* \)\{4\}\([^ ]*\) .* - cgroup2 .*/\2/p' /proc/self/mountinfo | head -n 1)/svalinn-container.$name
gone() { ! [ -e "$group" ]; }
inside() { run "$CONTAINER" run "$name" sh -c "$@"; }
enter() { run "$CONTAINER" enter "$name" "$@"; }
ready() { "$CONTAINER" enter "$name" true 2>/dev/null; }
# What it could leave or change; not all of the host, on which others work.
snapshot() {
        grep -F -e /tmp/root -e svalinn-container /proc/self/mountinfo
        ip -o link
        uname -n
        ls -d /etc/svalinn /var/lib/svalinn /var/log/svalinn "$group" 2>/dev/null
}
before=$(snapshot)

# shellcheck disable=SC2016 # the inner shell expands it
inside 'echo pid=$$ host=$(uname -n) group=$(grep ^0: /proc/self/cgroup) files=$(ls -A /run /tmp /var/lib/svalinn | grep -c "^[^/]") \
        net=$(ls /sys/class/net | tr "\n" " ") processes=$(ls -d /proc/[0-9]* | wc -l) fds=$(ls /proc/$$/fd | tr "\n" " ")
        stat -fc %T /sys/fs/cgroup; mkdir /sys/fs/cgroup/below && echo $$ >/sys/fs/cgroup/below/cgroup.procs && cat /proc/self/cgroup | tail -n 1
        echo x >/etc/svtest-file; echo x >/svtest-file; echo x >/proc/sys/kernel/domainname; echo x >/sys/kernel/profiling
        [ -c /dev/null ] && echo x >/dev/null; hostname other; mount -t tmpfs none /mnt; ip link add svtest0 type dummy; exit 7'
check 'the exit status' 7 "$status"
check_match 'the first process, alone' 'pid=1 .* processes=[345] ' "$output"
check_match 'a host name of its own' " host=$name " "$output"
check_match 'its control group is the root' ' group=0::/ files' "$output"
check_match 'where it can make others' 'cgroup2fs 0::/below' "$(paste -sd ' ' <<<"$output")"
check_match 'empty directories' ' files=0 ' "$output"
check_match 'only a loopback interface' ' net=lo ' "$output"
check_match 'no stray descriptors' ' fds=0 1 2 ' "$output "
check_match 'the kernel of the host is out of reach' 'domainname: Read-only.*profiling: Read-only' "$(paste -sd ' ' <<<"$said")"
check 'what it wrote is gone' '' "$(ls /etc/svtest-file /svtest-file 2>/dev/null)"
check 'and its control group' gone "$(gone && echo gone)"

check_run 'no such program' 127 "$CONTAINER" run "$name" /nosuch
check_run 'a program that cannot be run' 126 "$CONTAINER" run "$name" /etc/passwd
check_run 'a restart' 129 "$CONTAINER" run "$name" busybox reboot -f
mkdir "$scratch/shared"
run "$CONTAINER" --bind "$scratch/shared" --host-network run "$name" sh -c "echo text >$scratch/shared/file; readlink /proc/self/ns/net"
check '--bind: what it wrote is there' text "$(cat "$scratch/shared/file")"
check '--host-network' "$(readlink /proc/self/ns/net)" "$output"

# --- an init, and a way in
cat >"$scratch/inittab" <<'END'
::once:/bin/sh -c 'echo started >/run/started'
::respawn:/bin/sleep 1000
END
start() {
        "$CONTAINER" run "$name" sh -c "$1" >"$scratch/log" 2>&1 </dev/null &
        running=$!
        own $running
        within 10 ready || failed 'the container is ready' "$(cat "$scratch/log")"
}
start "cp $scratch/inittab /etc/inittab; exec busybox init"
check_run 'a second one of the same name' 125 "$CONTAINER" run "$name" true
within 10 "$CONTAINER" enter "$name" test -e /run/started
enter sh -c 'cat /run/started /proc/1/comm; tail -n 1 /proc/self/cgroup; uname -n; exit 9'
check 'a command inside: its status' 9 "$status"
check 'a command inside: what it sees' "started busybox 0::/ $name" "$(paste -sd ' ' <<<"$output")"
enter kill -USR2 1
wait $running
check 'an init that switches off' 130 $?
within 5 gone
check 'an init that switches off: nothing is left' gone "$(gone && echo gone)"
check_run 'no such container' 125 "$CONTAINER" enter "$name" true

# --- whoever is killed
guard_of() { pgrep -P "$1" -x container | while read -r pid; do grep -q "^NSpid:.*[[:space:]]1$" "/proc/$pid/status" || echo "$pid"; done; }
# shellcheck disable=SC2016
forks='trap "" TERM; mkdir /sys/fs/cgroup/below; sh -c "trap \"\" TERM; echo \$\$ >/sys/fs/cgroup/below/cgroup.procs; sleep 1000" & while :; do sleep 1; done'
start "$forks"
kill -TERM $running
wait $running
check 'SIGTERM ends it' 143 $?
check 'SIGTERM: nothing is left' gone "$(gone && echo gone)"
start "$forks"
kill -KILL $running
wait $running 2>/dev/null
within 5 gone
check 'SIGKILL: nothing is left' gone "$(gone && echo gone)"
start "$forks"
guard=$(guard_of $running)
kill -KILL "$guard"
kill -TERM $running
wait $running
check 'without its guard: the status' 143 $?
check 'without its guard: nothing is left' gone "$(gone && echo gone)"
mkdir "$group" "$group/below"
check_run 'what both left in its place is removed' 3 "$CONTAINER" run "$name" sh -c 'ls -d /sys/fs/cgroup/below && exit 1; exit 3'

for wrong in '' 'run' "run $name" 'run Not/A/Name true' 'enter x' '--bind relative run x true' 'dance x'; do
        # shellcheck disable=SC2086 # words are meant
        check_run "a wrong command line: $wrong" 2 "$CONTAINER" $wrong
done
check 'the host is as it was' "$before" "$(snapshot)"
finish
