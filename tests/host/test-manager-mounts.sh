#!/bin/bash
# Protects mount and swap units: what is mounted by them, by others, and half-way when the manager is killed.
# The shells inside expand what stands between single quotes.
# shellcheck disable=SC2016
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs
need_tool systemctl mkfs.ext4 losetup swapon
export SYSTEMD_PAGER='' SYSTEMD_COLORS=0 LC_ALL=C

container=$name
inside() { "$CONTAINER" enter "$container" "$@"; }
ctl() { "$CONTAINER" enter "$container" systemctl "$@"; }
show() { ctl show -P "$2" "$1"; }
mounted() { inside mountpoint -q "$1"; }
not_mounted() { ! mounted "$1"; }
killed() { inside pkill -KILL -x svmanager; }
# mount_unit NAME LINE...
mount_unit() { printf '%s\n' '[Unit]' DefaultDependencies=no '[Mount]' "${@:2}" >"$units/$1"; }

truncate -s 8M "$scratch/image"
mkfs.ext4 -q "$scratch/image"
mount_unit mnt-a.mount What=tmpfs Where=/mnt/a Type=tmpfs Options=size=1M,nofail,x-systemd.device-timeout=1 DirectoryMode=0710
mount_unit mnt-a-b.mount What=tmpfs Where=/mnt/a/b Type=tmpfs
mount_unit mnt-loop.mount "What=$scratch/image" Where=/mnt/loop Type=ext4 Options=loop
mount_unit mnt-bad.mount What=none Where=/mnt/bad Type=nosuchfs
mount_unit mnt-wrong.mount What=none Where=/mnt/else Type=tmpfs
mount_unit mnt-link-x.mount What=tmpfs Where=/mnt/link/x Type=tmpfs
mount_unit mnt-lazy.mount What=tmpfs Where=/mnt/lazy Type=tmpfs LazyUnmount=yes
mount_unit mnt-slow.mount What=tmpfs Where=/mnt/slow Type=slow TimeoutSec=30
mount_unit mnt-late.mount What=tmpfs Where=/mnt/late Type=slow TimeoutSec=500ms
mount_unit mnt-fuse.mount What=x Where=/mnt/fuse Type=liar
mount_unit mnt-dev.mount What=/dev/loop6 Where=/mnt/dev Type=ext4
target local-fs.target
unit needs.service 'ExecStart=/bin/sleep 1000.25'
sed -i '/^\[Unit\]/a RequiresMountsFor=/mnt/a/b/c' "$units/needs.service"
unit first.service 'ExecStart=/bin/sleep 1000.25'
more_units=/run/svalinn/generator
begin_with first
becomes 'the manager works' 10 first.service State running
# helpers of mount(8): one that takes its time, and one that mounts nothing
inside sh -c 'printf "#!/bin/sh\nsleep 2\nexec mount -t tmpfs tmpfs \$2\n" >/sbin/mount.slow; printf "#!/bin/sh\n" >/sbin/mount.liar
        mknod /dev/loop-control c 10 237; for i in 0 1 2 3 4 5 6 7; do mknod /dev/loop$i b 7 $i; done
        chmod 755 /sbin/mount.slow /sbin/mount.liar; mkdir -p /mnt/real; ln -s /mnt/real /mnt/link'

# --- units that mount
check_run 'start' 0 ctl start mnt-a.mount
check 'it is mounted, with its options' 'tmpfs size=1024k' "$(inside sh -c "awk '\$2 == \"/mnt/a\" { print \$3, \$4 }' /proc/mounts" | sed 's/ .*,\(size=[^,]*\).*/ \1/')"
check 'DirectoryMode=' 710 "$(inside sh -c 'umount /mnt/a && stat -c %a /mnt/a')"
within 5 has_value mnt-a.mount State dead
check 'unmounted by hand, it is inactive' inactive "$(ctl is-active mnt-a.mount)"
check_run 'what a service needs is mounted' 0 ctl start needs.service
check 'all of it' 'mounted mounted' "$(show mnt-a.mount SubState) $(show mnt-a-b.mount SubState)"
check_run 'a loop device' 0 ctl start mnt-loop.mount
check 'its type' ext4 "$(show mnt-loop.mount Type)"
check_match 'its source' '^/dev/loop' "$(show mnt-loop.mount What)"
check_run 'list-units' 0 ctl list-units -t mount
check_match 'shows it' 'mnt-loop.mount +loaded active mounted' "$output"
check_run 'status' 0 ctl status mnt-loop.mount
check_match 'says where' 'Where: /mnt/loop' "$output"
check_run 'reload' 0 ctl reload mnt-a.mount
check 'is still mounted' mounted "$(show mnt-a.mount SubState)"

# --- what cannot be
check_run 'an unknown type' 1 ctl start mnt-bad.mount
check 'has failed' 'failed exit-code' "$(show mnt-bad.mount ActiveState) $(show mnt-bad.mount Result)"
check_run 'a unit with another name' 6 ctl start mnt-wrong.mount
check_run 'a symbolic link on the way' 1 ctl start mnt-link-x.mount
check 'nothing is mounted there' 0 "$(inside grep -c /mnt/real /proc/mounts)"
check_run 'mount(8) says yes, the kernel no' 1 ctl start mnt-fuse.mount
check 'that is a failure' protocol "$(show mnt-fuse.mount Result)"
check_run 'a time-out' 1 ctl start mnt-late.mount
check 'is said' timeout "$(show mnt-late.mount Result)"
check 'nothing of it is left' no "$(inside sh -c 'mountpoint -q /mnt/late && echo yes || echo no')"

# --- unmounting
inside sh -c 'cd /mnt/loop && exec sleep 1000.5' &
own $!
within 5 inside pgrep -f 'sleep 1000.5' >/dev/null
check_run 'a busy one' 1 ctl stop mnt-loop.mount
check 'stays' mounted "$(show mnt-loop.mount SubState)"
inside pkill -f 'sleep 1000.5'
check_run 'later' 0 ctl stop mnt-loop.mount
check 'it is gone' 'dead success' "$(show mnt-loop.mount SubState) $(show mnt-loop.mount Result)"
check_run 'a lazy one' 0 ctl start mnt-lazy.mount
inside sh -c 'mount -t tmpfs tmpfs /mnt/lazy; mount -t tmpfs tmpfs /mnt/lazy'
check_run 'three of them' 0 ctl stop mnt-lazy.mount
check_run 'are gone' 0 not_mounted /mnt/lazy
check_run 'a mount takes what needs it along' 0 ctl stop mnt-a.mount
check 'the service' inactive "$(ctl is-active needs.service)"
check 'what is below' inactive "$(ctl is-active mnt-a-b.mount)"

# --- mounts of others
inside sh -c 'mkdir -p "/mnt/o b"; mount -t tmpfs tmpfs "/mnt/o b"'
within 5 has_value 'mnt-o\x20b.mount' State exited
check 'appears' 'active tmpfs' "$(ctl is-active 'mnt-o\x20b.mount') $(show 'mnt-o\x20b.mount' Type)"
check_run 'can be stopped' 0 ctl stop 'mnt-o\x20b.mount'
check_run 'is gone' 0 not_mounted '/mnt/o b'
check_run 'and cannot be started' 1 ctl start 'mnt-o\x20b.mount'
check 'the root' 'active mounted' "$(ctl is-active -- -.mount) $(ctl show -P SubState -- -.mount)"

# --- devices
check 'a device that nothing is attached to' inactive "$(ctl is-active dev-loop6.device)"
ctl start --no-block mnt-dev.mount
check 'a mount waits for it' activating "$(ctl list-jobs | awk '$2 == "mnt-dev.mount" { print "activating" }')"
killed
check_run 'attached' 0 inside losetup /dev/loop6 "$scratch/image"
becomes 'it is plugged' 10 dev-loop6.device Active active
becomes 'and mounted' 10 mnt-dev.mount State exited
check_match 'where it is' '^/sys/devices/.*/loop6$' "$(show dev-loop6.device SysFSPath)"
check_match 'whom it follows' 'block-loop6.device$' "$(show dev-loop6.device Following)"
check_run 'unmounted' 0 ctl stop mnt-dev.mount
check_run 'detached' 0 inside losetup -d /dev/loop6
becomes 'it is not plugged' 10 dev-loop6.device Active inactive
check 'a network interface' 'active /sys/devices/virtual/net/lo' "$(ctl is-active sys-subsystem-net-devices-lo.device) $(show sys-subsystem-net-devices-lo.device SysFSPath)"

# --- fstab(5)
inside sh -c 'printf "%s\n" "tmpfs /mnt/fs tmpfs size=1M,x-systemd.before=mnt-opt.mount 0 0" "tmpfs /mnt/opt tmpfs noauto" \
        "/dev/nosuch /mnt/none ext4 nofail,x-systemd.device-timeout=1s" "bad" >/etc/fstab'
check_run 'daemon-reload' 0 ctl daemon-reload
check_match 'a bad line is named' '/etc/fstab:4: a line is: device' "$(cat "$log")"
check_run 'local-fs.target' 0 ctl start local-fs.target
check 'mounts what it wants' 'active inactive' "$(ctl is-active mnt-fs.mount mnt-opt.mount | paste -sd ' ')"
no_jobs() { ! ctl list-jobs --no-legend | grep -q none; }
check_run 'and what may be missing is given up in time' 0 within 10 no_jobs
check 'it is not mounted' inactive "$(ctl is-active mnt-none.mount)"
check 'from the file' /etc/fstab "$(show mnt-fs.mount SourcePath)"
inside sh -c 'echo "tmpfs /mnt/opt tmpfs noauto" >/etc/fstab'
killed
becomes 'the next manager reads it, too' 10 mnt-fs.mount Active active
check 'what is mounted and not in it any more' 'active ' "$(ctl is-active mnt-fs.mount) $(show mnt-fs.mount SourcePath)"
check_run 'what is in it' 0 ctl start mnt-opt.mount

# --- swap: what can be said without swapping, which is the whole machine's
printf '%s\n' '[Unit]' DefaultDependencies=no '[Swap]' What=/mnt/noswap >"$units/mnt-noswap.swap"
inside sh -c 'echo none >/mnt/noswap'
check_run 'daemon-reload' 0 ctl daemon-reload
check_run 'a file that is no swap space' 1 ctl start mnt-noswap.swap
check 'has failed' 'failed exit-code' "$(show mnt-noswap.swap SubState) $(show mnt-noswap.swap Result)"

# --- the manager dies
ctl start --no-block mnt-slow.mount
within 5 inside pgrep -x mount.slow >/dev/null
killed
becomes 'a mount that was half-way' 10 mnt-slow.mount State exited
check_run 'is mounted once' 0 inside sh -c '[ $(grep -c " /mnt/slow " /proc/mounts) = 1 ]'
for _ in 1 2 3 4 5 6; do
        ctl start --no-block mnt-a-b.mount mnt-loop.mount
        killed
done
becomes 'jobs go on' 10 mnt-a-b.mount State exited
becomes 'of all' 10 mnt-loop.mount State exited
check 'each is mounted once' '1 1 1' "$(inside sh -c 'for i in /mnt/a /mnt/a/b /mnt/loop; do grep -c " $i " /proc/mounts; done' | paste -sd ' ')"
inside kill -STOP "$(inside pgrep -x svmanager)"
inside umount /mnt/loop
killed
becomes 'what went meanwhile is noticed' 10 mnt-loop.mount State dead
for _ in 1 2 3 4; do
        ctl stop --no-block mnt-a.mount
        killed
done
becomes 'a stop goes on' 10 mnt-a.mount State dead
check_run 'it is not mounted' 0 not_mounted /mnt/a

ends_with poweroff.target 130
finish
