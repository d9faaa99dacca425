#!/bin/bash
# Protects --watchdog, and what svinit does with it: a manager that stands still is replaced in time, the watchdog is fed
# as long as one answers, and a process 1 that hangs itself ends in a reset.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# Five seconds are longer than the watchdog's timeout: it is fed for them, and then no more.
cat >"$scratch/inside" <<'END2'
watchdog -F -T 3 -t 1 /dev/watchdog &
sleep 5
echo "alive after 5 s"
kill -STOP $!
sleep 60
END2
check_vm 'the watchdog fires' watchdog --watchdog --script "$scratch/inside"
check 'its status' 254 "$status"
check 'not while it is fed' 'alive after 5 s' "$output"

mkdir "$scratch/units"
printf '[Unit]\nDefaultDependencies=no\nWants=check.service\n' >"$scratch/units/default.target"
printf '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sh /srv/check\nStandardOutput=file:/dev/ttyS2\n' >"$scratch/units/check.service"
cat >"$scratch/check" <<'END2'
old=$(pidof svmanager)
kill -STOP "$old"
for i in $(seq 300); do
        now=$(pidof svmanager)
        [ -n "$now" ] && [ "$now" != "$old" ] && { echo replaced=yes; break; }
        sleep 0.1
done
sleep 12
echo "fed=$(awk '{ print ($1 > 20) }' /proc/uptime)"
echo 1 >/sys/fs/cgroup/init.scope/cgroup.freeze
sleep 1000
END2
check_vm 'a process 1 that hangs is reset' watchdog --as-init svinit --watchdog --timeout 180 --add "$scratch/units:/etc/svalinn/system" \
        --add "$scratch/check:/srv/" -- --hang=6 --watchdog=20
output=$(tr -d '\r' <<<"$output")
expect 'a manager that stands still is replaced' replaced yes
expect 'and nothing is reset meanwhile' fed 1
finish
