#!/bin/bash
# Protects a machine whose first process is svinit: it boots to sandboxed services, goes on after the death of the
# manager and of svinit itself, and switches itself off with everything unmounted.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
need_tool mkfs.ext4 debugfs e2fsck

mkdir "$scratch/units"
printf '[Unit]\nDefaultDependencies=no\nWants=check.service hello.service\n' >"$scratch/units/default.target"
cat >"$scratch/units/hello.service" <<'END'
[Unit]
DefaultDependencies=no
[Service]
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ReadWritePaths=/srv/out
MemoryMax=64M
ExecStart=/bin/sh /srv/hello
StandardOutput=truncate:/srv/out/hello
END
cat >"$scratch/units/check.service" <<'END'
[Unit]
DefaultDependencies=no
After=hello.service
[Service]
Type=oneshot
ExecStart=/bin/sh /srv/check
StandardOutput=file:/dev/console
StandardError=file:/dev/console
END
cat >"$scratch/hello" <<'END'
echo "tmp=$(ls -A /tmp | wc -l)"
(: >/usr/new) 2>/dev/null && echo "usr=written" || echo "usr=refused"
mkdir /tmp/d && mount -t devtmpfs none /tmp/d && (head -c 1 /tmp/d/kmsg >/dev/null) 2>/dev/null && echo "kmsg=read" || echo "kmsg=refused"
echo "limit=$(cat /sys/fs/cgroup/system.slice/hello.service/memory.max)"
echo done=yes
exec sleep 1000
END
# kill -9 for the manager, and a fault for svinit: the service must not notice
cat >"$scratch/check" <<'END'
wait_for() { for i in $(seq 100); do "$@" && return; sleep 0.1; done; return 1; }
has_started() { grep -q done=yes /srv/out/hello; }
is_new_manager() { pid=$(pidof svmanager) && [ -n "$pid" ] && [ "$pid" != "$old" ]; }
wait_for has_started
cat /srv/out/hello
echo "first=$(cat /proc/1/comm)"
echo "machine-id=$(cat /etc/machine-id)"
echo "loopback=$(cat /sys/class/net/lo/operstate 2>/dev/null) $(ping -c 1 127.0.0.1 >/dev/null && echo answers)"
before=$(pidof sleep)
old=$(pidof svmanager)
kill -KILL "$old"
wait_for is_new_manager && echo "manager=new"
old=$pid
kill -SEGV 1
sleep 1
echo "init=$(cat /proc/1/comm)"
[ "$(pidof svmanager)" = "$old" ] && echo "manager-after=same"
[ "$(pidof sleep | tr ' ' '\n' | grep -cx "$before")" = 1 ] && echo "service=same"
mkdir -p /srv/disk
mount -t ext4 /dev/nvme0n1 /srv/disk && echo "disk=mounted"
echo content >/srv/disk/file
sleep 1000 </srv/disk/file &
vm-verdict --stay 0
kill -s "$((34 + 4))" 1
sleep 1000
END
mkdir "$scratch/out"
truncate -s 8M "$scratch/disk" && mkfs.ext4 -q "$scratch/disk"
check_vm 'the machine switches itself off' exit:0 --as-init svinit --timeout 120 --disk "$scratch/disk" \
        --add "$scratch/units:/etc/svalinn/system" --add "$scratch/hello:/srv/" --add "$scratch/check:/srv/" --add "$scratch/out:/srv/out"
output=$(tr -d '\r' <<<"$output")
expect 'the first process' first svinit
expect 'a service has its own /tmp' tmp 0
expect 'and may not write to /usr' usr refused
expect 'nor read the log of the kernel' kmsg refused
expect 'its control group has its limit' limit 67108864
expect_match 'a machine id' machine-id '^[0-9a-f]{32}$'
expect_match 'the loopback' loopback answers
expect 'a killed manager has a successor' manager new
expect 'svinit lives on after a fault' init svinit
expect 'with the same manager' manager-after same
expect 'and the service has not noticed' service same
expect 'a disk was mounted' disk mounted
check_run 'its file system was unmounted in order' 0 e2fsck -fn "$scratch/disk"
check_match 'and needs no recovery' '^clean$' "$(debugfs -R stats "$scratch/disk" 2>/dev/null | sed -n 's/^Filesystem state: *//p')"
check 'nothing is left in its journal' '' "$(debugfs -R features "$scratch/disk" 2>/dev/null | grep -o needs_recovery)"
check 'what was written is there' content "$(debugfs -R 'cat file' "$scratch/disk" 2>/dev/null)"
finish
