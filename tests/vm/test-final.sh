#!/bin/bash
# Protects the ways down that svinit has by itself: what is stacked on loop and device-mapper devices comes apart, halt
# halts, kexec without a kernel reboots, a reboot has its argument, keys reach the manager, crashes end as configured.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
need_tool mkfs.ext4 debugfs e2fsck dmsetup

mkdir "$scratch/units"
printf '[Unit]\nDefaultDependencies=no\nWants=check.service\n' >"$scratch/units/default.target"
printf '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sh /srv/check\nStandardOutput=file:/dev/ttyS2\nStandardError=inherit\n' >"$scratch/units/check.service"

# machine NAME HOW-IT-ENDS ARGUMENT... <CHECK: what check.service does is in standard input
machine() {
        cat >"$scratch/check"
        check_vm "$1" "$2" --as-init svinit --timeout 150 --add "$scratch/units:/etc/svalinn/system" --add "$scratch/check:/srv/" "${@:3}"
        output=$(tr -d '\r' <<<"$output")
}

# --- a file system on a device-mapper device on a loop device on a file system
truncate -s 16M "$scratch/disk" && mkfs.ext4 -q "$scratch/disk"
truncate -s 8M "$scratch/inner" && mkfs.ext4 -q "$scratch/inner"
debugfs -w -R "write $scratch/inner inner" "$scratch/disk" 2>/dev/null >/dev/null
machine 'halt with a stack of devices' halt --disk "$scratch/disk" --module loop,dm-mod --add "$(command -v dmsetup)" <<'END2'
mkdir -p /srv/disk /srv/inner
mount -t ext4 /dev/nvme0n1 /srv/disk
losetup /dev/loop0 /srv/disk/inner
dmsetup --noudevsync create stack --table '0 16384 linear /dev/loop0 0' && echo mapped=yes
mount -t ext4 /dev/dm-0 /srv/inner && echo content >/srv/inner/file && echo written=yes
sleep 1000 </srv/inner/file &
kill -s "$((34 + 13))" 1
sleep 1000
END2
expect 'the stack was there' mapped yes
expect 'and in use' written yes
check_run 'its lowest file system was unmounted' 0 e2fsck -fn "$scratch/disk"
check 'and is clean' '' "$(debugfs -R features "$scratch/disk" 2>/dev/null | grep -o needs_recovery)"
debugfs -R "dump inner $scratch/inner" "$scratch/disk" 2>/dev/null
check_run 'so was its uppermost' 0 e2fsck -fn "$scratch/inner"
check 'and what was written is there' content "$(debugfs -R 'cat file' "$scratch/inner" 2>/dev/null)"

# --- keys, and the argument of a reboot
cat >"$scratch/units/kbrequest.target" <<'END2'
[Unit]
DefaultDependencies=no
Wants=keys.service
END2
cat >"$scratch/units/keys.service" <<'END2'
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo request=seen; echo press ctrl-alt-delete >/vm/verdict'
StandardOutput=file:/dev/ttyS2
END2
cat >"$scratch/units/ctrl-alt-del.target" <<'END2'
[Unit]
DefaultDependencies=no
SuccessAction=reboot-force
RebootArgument=from a unit
StopWhenUnneeded=yes
END2
machine 'ctrl-alt-del' reboot <<'END2'
kill -s WINCH 1 # as alt and arrow up, on a console with such a map of keys
sleep 1000
END2
expect 'SIGWINCH starts kbrequest.target' request seen
check_match 'a reboot with its argument' "Restarting system with command 'from a unit'" "$said"

# --- kexec without a kernel
machine 'kexec without a kernel reboots' reboot <<'END2'
kill -s "$((34 + 16))" 1
sleep 1000
END2

# --- too many crashes
cat >"$scratch/sulogin" <<'END2'
#!/bin/sh
[ -t 0 ] && [ -t 1 ] && echo "shell=on a terminal"
echo again >>/run/shells
[ "$(grep -c again /run/shells)" = 1 ] || vm-verdict 7
END2
chmod 755 "$scratch/sulogin"
machine 'a shell after too many crashes, and another after more' exit:7 --add "$scratch/sulogin:/usr/sbin/" -- --manager=/bin/false --crashes=2 --after-crashes=shell </dev/null
expect 'it has the console' shell 'on a terminal'
machine 'or a reboot' reboot -- --manager=/bin/false --crashes=2 </dev/null
finish
