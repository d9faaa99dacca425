#!/bin/bash
# Protects the end of services that fill their control groups: nothing survives a stop, no group is left, and a frozen
# group holds nobody up.
# The shells inside expand what stands between single quotes.
# shellcheck disable=SC2016
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs

# What the units run: groups below their own, with names as bad as the kernel takes, and processes in them.
cat >"$scratch/nest.py" <<'END'
import os, signal, sys, time
how, depth, length = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
own = "/sys/fs/cgroup" + open("/proc/self/cgroup").read().split("0::")[1].strip()
top = os.open(own, os.O_PATH)
def write(group, name, text):
    fd = os.open(name, os.O_WRONLY, dir_fd=group)
    os.write(fd, text)
    os.close(fd)
def sleep_in(group, name=b"cgroup.procs"):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        write(group, name, b"0")
        os.execv("/bin/sleep", ["sleep", "1000." + how])
if how == "111":
    write(top, "cgroup.max.depth", b"max")
if how == "333":  # many beside each other
    for i in range(depth):
        os.mkdir("g%d" % i, dir_fd=top)
        if i % 40 == 0:
            sleep_in(os.open("g%d" % i, os.O_PATH, dir_fd=top))
    depth = 0
reached, group = 0, top
for i in range(depth):
    name = (b"%d \xff\\\t=*;" % i).ljust(length, b"d")
    try:
        os.mkdir(name, dir_fd=group)
    except BlockingIOError:
        break
    below = os.open(name, os.O_PATH, dir_fd=group)
    if group != top:
        os.close(group)
    group, reached = below, i + 1
    if how == "444":  # the process counts as one of the outermost group
        write(group, "cgroup.type", b"threaded")
    elif i % 50 == 20:
        sleep_in(group)
if how == "444":
    pid = os.fork()
    if pid == 0:
        write(group, "cgroup.threads", b"0")
        os.execv("/bin/sleep", ["sleep", "1000." + how])
elif depth:
    sleep_in(group)
time.sleep(0.3)
open("/run/reached", "w").write("%d\n" % reached)
os.execv("/bin/sleep", ["sleep", "1000." + how])
END
group=/sys/fs/cgroup/system.slice
nest() {
        unit "$1.service" Delegate=yes TimeoutStopSec=500ms "ExecStart=/usr/bin/python3 $scratch/nest.py $2 $3 $4" \
                "ExecStopPost=/bin/sh -c 'echo over >/run/$1'"
}
nest deep 222 1000 255
nest raised 111 300 255
nest wide 333 2000 1
nest threads 444 20 255
unit hears.service TimeoutStopSec=20 "ExecStart=/bin/sh -c 'trap \"echo heard >/run/heard; exit 0\" TERM; while :; do sleep 0.1; done'"
unit deaf.service TimeoutStopSec=1 "ExecStart=/bin/sh -c 'trap \"\" TERM; exec sleep 1000.5'" "ExecStopPost=/bin/sh -c 'echo over >/run/deaf'"
unit reloads.service 'ExecStart=/bin/sleep 1000.6' 'ExecReload=/bin/true'
unit before.service 'ExecStart=/bin/sleep 1000.7'
unit cold.service Slice=cold.slice 'ExecStart=/bin/sleep 1000.8'
unit again.service Delegate=yes Restart=always RestartSec=1 "ExecStart=/bin/sh -c 'd=$group/again.service/\$\$\$\$; mkdir \$\$d; exec sleep 1000.9'"
printf '[Unit]\nDefaultDependencies=no\n' >"$units/cold.slice"
unit first.service 'ExecStart=/bin/sleep 1000.25'
begin_with first
becomes 'the manager works' 10 first.service State running

# ends NAME TITLE ARGUMENT: a service that has nested groups is stopped
ends() {
        inside rm -f /run/reached
        start "$1.service"
        within 30 inside test -s /run/reached
        check "$2: processes" "$4" "$(inside pgrep -cf "[s]leep 1000.$3")"
        stop "$1.service"
        becomes "$2: a stop" 20 "$1.service" State "$5"
        check "$2: no process survives" '' "$(inside pgrep -af "[s]leep 1000.$3")"
        check_not "$2: no group is left" 0 "$(inside test -e "$group/$1.service"; echo $?)"
        [ -z "${6:-}" ] || check "$2: ExecStopPost=" "$6" "$(inside cat "/run/$1" 2>/dev/null)"
}
ends deep 'groups as deep as they may be' 222 3 failed over
check 'that is not for ever' 32 "$(inside cat /run/reached)"
ends raised 'groups deeper than they may be' 111 8 failed over
check 'made all the same' 300 "$(inside cat /run/reached)"
ends wide 'many groups' 333 51 failed over
ends threads 'threads where no path leads' 444 2 failed # where the kernel tells no path, nothing can follow

# --- frozen
freeze() { inside sh -c "echo 1 >$group/$1/cgroup.freeze"; }
start hears.service deaf.service reloads.service again.service
becomes 'a service' 10 hears.service State running
becomes 'another one' 10 deaf.service State running
becomes 'a third one' 10 reloads.service State running
freeze hears.service
stop hears.service
becomes 'a stop of a frozen service' 5 hears.service State dead
check 'lets it hear of that' heard "$(inside cat /run/heard)"
freeze deaf.service
stop deaf.service
becomes 'a stop of a frozen one that does not listen' 10 deaf.service State failed
check 'ends it' '' "$(inside pgrep -f '[s]leep 1000.5')"
check 'and what follows runs' over "$(inside cat /run/deaf)"
freeze reloads.service
reload reloads.service
within 5 grep -q 'frozen, or not ours' "$log"
check_match 'a reload of a frozen one is refused' 'reloads.service: its control group .* is frozen' "$(cat "$log")"
check 'and thaws nothing' 1 "$(inside cat "$group/reloads.service/cgroup.freeze")"
stop reloads.service
becomes 'it can be stopped' 5 reloads.service State dead
inside mkdir -p "$group/before.service" /sys/fs/cgroup/cold.slice
freeze before.service
start before.service
becomes 'a start in a group that is frozen' 5 before.service State running
inside sh -c 'echo 1 >/sys/fs/cgroup/cold.slice/cgroup.freeze'
start cold.service
becomes 'a start in a slice that is frozen' 5 cold.service Result resources


# --- what a run has made is gone in the next one
within 5 has_value again.service State running
old=$(value again.service MainPid)
inside kill -KILL "$old"
is_other() { [ "$(value again.service MainPid)" != "$old" ] && has_value again.service State running; }
if within 10 is_other; then passed 'a restart'; else failed 'a restart' "$(inside cat "$records/again.service")"; fi
sleep 0.2
check 'begins without old groups' "$(value again.service MainPid)" "$(inside sh -c "cd $group/again.service && ls -d */" | tr -d '/\n')"
stop again.service
ends_with poweroff.target 130
finish
