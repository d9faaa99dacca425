#!/bin/bash
# Protects what services get of the kernel's controllers, which only a whole machine has here: limits, nested slices, delegation, counters that stay, and ends for want of memory.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir "$scratch/units"
unit() {
        {
                printf '[Unit]\nDefaultDependencies=no\n[%s]\n' "$2"
                printf '%s\n' "${@:3}"
        } >"$scratch/units/$1"
}
unit early.service Service Type=oneshot CPUWeight=200 StartupCPUWeight=500 RemainAfterExit=yes 'ExecStart=/bin/sh -c "cat /sys/fs/cgroup/system.slice/early.service/cpu.weight >/run/early"'
unit limits.service Service Enforce=strict MemoryMax=64M MemoryHigh=48M TasksMax=20 CPUQuota=50% CPUWeight=50 AllowedCPUs=0 IOWeight=30 IOAccounting=yes \
        'ExecStart=/bin/sh -c "dd if=/dev/zero of=/tmp/x bs=1M count=8 2>/dev/null; cat /tmp/x >/dev/null; exec sleep 1000"'
unit shares.service Service CPUShares=2048 BlockIOWeight=50 'ExecStart=/bin/sleep 1000'
unit a.slice Slice MemoryMax=200M DisableControllers=pids
unit a-b.slice Slice MemoryMax=100M
unit nested.service Service Slice=a-b.slice MemoryMax=50M TasksMax=7 'ExecStart=/bin/sleep 1000'
unit refused.service Service Slice=a-b.slice TasksMax=7 Enforce=strict 'ExecStart=/bin/sleep 1000'
unit delegated.service Service Delegate=yes User=nobody 'ExecStart=/bin/sh /srv/delegated' HealthCheckIntervalSec=300ms HealthCheck=/bin/true \
        'ExecReload=/bin/sh -c "cat /proc/self/cgroup >/tmp/reload"'
unit oom-main.service Service MemoryMax=16M MemorySwapMax=0 'ExecStart=/usr/bin/tail /dev/zero'
unit oom-child.service Service MemoryMax=16M MemorySwapMax=0 'ExecStart=/bin/sh -c "tail /dev/zero; exec sleep 1000"'
unit oom-continue.service Service MemoryMax=16M MemorySwapMax=0 OOMPolicy=continue 'ExecStart=/bin/sh -c "tail /dev/zero; exec sleep 1000"'
unit oom-kill.service Service MemoryMax=16M MemorySwapMax=0 OOMPolicy=kill 'ExecStart=/bin/sh -c "sleep 1000 & tail /dev/zero; exec sleep 1000"'
unit check.service Service 'ExecStart=/bin/sh /srv/check' StandardOutput=file:/dev/console StandardError=file:/dev/console
printf '[Unit]\nAfter=early.service limits.service\n' >>"$scratch/units/check.service"
printf '[Unit]\nDefaultDependencies=no\nWants=%s\n' \
        'early.service limits.service shares.service nested.service refused.service delegated.service oom-main.service oom-child.service oom-continue.service oom-kill.service check.service' \
        >"$scratch/units/default.target"
cat >"$scratch/delegated" <<'END'
cd /sys/fs/cgroup/system.slice/delegated.service || exit 1
mkdir inner && echo 0 >inner/cgroup.procs && echo +memory +pids >cgroup.subtree_control && mkdir inner/x && echo yes >/tmp/delegated
cat cgroup.controllers >>/tmp/delegated
(echo 1 >memory.max) 2>/dev/null && echo "limit of its own written" >>/tmp/delegated
exec sleep 1000
END
cat >"$scratch/check" <<'END'
wait_for() { for i in $(seq 60); do "$@" && return; sleep 0.1; done; return 1; }
show() { svctl show -P "$2" "$1"; }
is() { [ "$(show "$1" "$2")" = "$3" ]; }
group=/sys/fs/cgroup/system.slice
echo "early=$(cat /run/early)"
wait_for grep -qx 200 $group/early.service/cpu.weight
echo "weight=$(cat $group/early.service/cpu.weight)"
cd $group/limits.service
echo "limits=$(cat memory.max memory.high pids.max cpu.max cpu.weight cpuset.cpus io.weight | tr '\n' ' ')"
cd $group/shares.service
echo "shares=$(cat cpu.weight io.weight | tr '\n' ' ')"
nested=/sys/fs/cgroup/a.slice/a-b.slice/nested.service
echo "nested=$(cat /sys/fs/cgroup/a.slice/memory.max /sys/fs/cgroup/a.slice/a-b.slice/memory.max $nested/memory.max | tr '\n' ' ')"
echo "disabled=$(ls $nested/pids.max 2>/dev/null)"
echo "disabled-said=$(show nested.service SettingsNotEnforced)"
echo "refused=$(show refused.service ActiveState) $(show refused.service Result)"
for policy in main child kill; do
        wait_for is oom-$policy.service ActiveState failed
        echo "oom-$policy=$(show oom-$policy.service ActiveState) $(show oom-$policy.service Result)"
done
wait_for grep -q 'oom_kill 1' $group/oom-continue.service/memory.events
echo "oom-continue=$(show oom-continue.service ActiveState) $(show oom-continue.service Result)"
wait_for test -e /tmp/delegated
echo "delegated=$(cat /tmp/delegated | tr '\n' ' ')"
svctl reload delegated.service
echo "delegated-reload=$? $(cat /tmp/reload)"
wait_for is delegated.service HealthState healthy
echo "delegated-health=$(show delegated.service HealthState)"
for p in MemoryCurrent MemoryPeak MemoryAvailable CPUUsageNSec TasksCurrent IOReadBytes IPIngressBytes; do
        echo "$p=$(show limits.service $p)"
done
svctl status limits.service >/run/status
echo "status=$(grep -cE '^ *(Tasks: 1|Memory: .* of 64M|CPU: .*|Sandbox: [0-9]+ settings enforced)$' /run/status)"
svctl stop limits.service
for p in MemoryCurrent MemoryPeak CPUUsageNSec; do
        echo "stopped-$p=$(show limits.service $p)"
done
kill -KILL "$(pidof svmanager)"
sleep 0.5
echo "later-CPUUsageNSec=$(show limits.service CPUUsageNSec)"
ls /sys/fs/cgroup | grep -q svexec && echo "leftovers=a group"
vm-verdict 0
END
check_vm 'the machine says' exit:0 --as-init svinit --timeout 240 --add "$scratch/units:/etc/svalinn/system" --add "$scratch/check:/srv/" --add "$scratch/delegated:/srv/"
output=$(tr -d '\r' <<<"$output")
expect 'StartupCPUWeight= while it boots' early 500
expect 'CPUWeight= afterwards' weight 200
expect_match 'limits' limits '^67108864 50331648 20 50000 100000 50 0 (default )?30'
expect_match 'the scales of version 1' shares '^200 (default )?10'
expect 'nested slices' nested '209715200 104857600 52428800 '
expect 'DisableControllers=' disabled ''
expect 'is said' disabled-said '"TasksMax= not enforced: DisableControllers= of a.slice keeps pids off"'
expect 'and refused under Enforce=strict' refused 'failed resources'
for policy in main child kill; do expect "OOM: $policy" oom-$policy 'failed oom-kill'; done
expect 'OOMPolicy=continue' oom-continue 'active success'
expect_match 'Delegate=: the user makes groups' delegated '^yes .*memory.*pids'
[[ $(answer delegated) != *'limit of its own'* ]] && own=refused || own=written
check 'but limits of its own group are not its' refused "$own"
expect_match 'and can be reloaded' delegated-reload '^0 .*delegated.service/.control'
expect 'and checked' delegated-health healthy
for p in MemoryCurrent MemoryPeak MemoryAvailable CPUUsageNSec stopped-MemoryPeak stopped-CPUUsageNSec; do expect_match "$p" "$p" '^[1-9][0-9]*$'; done
expect TasksCurrent TasksCurrent 1
expect_match IOReadBytes IOReadBytes '^[0-9]+$'
expect_match 'IP packets are not counted' IPIngressBytes 'not set|no data'
expect 'status' status 4
expect 'what is gone has no memory' stopped-MemoryCurrent '[not set]'
check 'the next manager knows what it used' "$(answer stopped-CPUUsageNSec)" "$(answer later-CPUUsageNSec)"
expect 'nothing of svexec --finish is left' leftovers '(no answer)'
finish
