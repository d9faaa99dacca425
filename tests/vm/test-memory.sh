#!/bin/bash
# Protects the manager from the limits of what it starts: a process is in its unit's control group before it is svexec, and the kernel ends
# whoever shares the memory of one that it kills for want of memory.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir "$scratch/units"
unit() {
        {
                printf '[Unit]\nDefaultDependencies=no\n%s\n[Service]\n' "$2"
                printf '%s\n' "${@:3}"
        } >"$scratch/units/$1"
}
sizes='4K 16K 64K 128K 256K 512K 1M 2M'
for size in $sizes; do unit "small-$size.service" 'StartLimitIntervalSec=0' "MemoryMax=$size" MemorySwapMax=0 TimeoutStartSec=3 TimeoutStopSec=1 'ExecStart=/bin/sleep 1000'; done
unit slow.service '' MemoryHigh=4K TimeoutStartSec=3 TimeoutStopSec=1 'ExecStart=/bin/sleep 1000'
printf '[Slice]\nMemoryMax=16K\n' >"$scratch/units/tight.slice"
unit inside.service 'StartLimitIntervalSec=0' Slice=tight.slice TimeoutStartSec=3 TimeoutStopSec=1 'ExecStart=/bin/sleep 1000'
unit plain.service '' 'ExecStart=/bin/sleep 1000'
unit check.service '' 'ExecStart=/bin/sh /srv/check' StandardOutput=file:/dev/console StandardError=file:/dev/console
printf '[Unit]\nDefaultDependencies=no\nWants=check.service\n' >"$scratch/units/default.target"
cat >"$scratch/check" <<'END'
show() { svctl show -P "$2" "$1" | sed 's/^[^=]*=//'; }
before=$(pidof svmanager)
for i in 1 2 3 4 5; do
        for unit in $(cd /etc/svalinn/system && echo small-*.service inside.service); do
                timeout 10 svctl start $unit 2>/dev/null
                [ $i = 1 ] && echo "$unit=$(show $unit ActiveState) $(show $unit Result)"
                timeout 10 svctl stop $unit
                if [ "$(pidof svmanager)" != "$before" ]; then
                        echo "died=$unit"
                        before=$(pidof svmanager)
                fi
        done
done
echo "slice=$(cat /sys/fs/cgroup/tight.slice/memory.max) $(svctl is-active tight.slice)"
from=$(cut -d. -f1 /proc/uptime)
svctl --no-block start slow.service
timeout 10 svctl start plain.service
echo "waited=$(($(cut -d. -f1 /proc/uptime) - from))"
echo "plain=$(show plain.service ActiveState)"
timeout 10 svctl stop slow.service
vm-verdict 0
END
check_vm 'the machine says' exit:0 --as-init svinit --timeout 240 --add "$scratch/units:/etc/svalinn/system" --add "$scratch/check:/srv/"
output=$(tr -d '\r' <<<"$output")
for size in 4K 16K 64K; do expect "MemoryMax=$size" "small-$size.service" 'failed oom-kill'; done
expect 'MemoryMax=1M' small-1M.service 'active success'
expect 'a slice has its limit' inside.service 'failed oom-kill'
expect 'and keeps it when the last service in it ends' slice '16384 active'
expect 'the manager lives on' died '(no answer)'
expect_match 'MemoryHigh=4K slows nobody else down' waited '^[012]$'
expect 'who starts meanwhile' plain active
finish
