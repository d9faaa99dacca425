#!/bin/bash
# Protects what later tests rely on inside the machine: controllers, modules, files in and out, a first process of our own.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$scratch/inside" <<'END'
echo "arguments=$*"
echo "added-argument=$(grep -ow svtest=here /proc/cmdline)"
echo "memory-small=$(awk '/^MemTotal:/ { print $2 < 262144 }' /proc/meminfo)"
echo "uname=$(uname -r)"
echo "controllers=$(cat /sys/fs/cgroup/cgroup.subtree_control)"
mkdir /sys/fs/cgroup/test
echo "pids=$(cat /sys/fs/cgroup/test/pids.max)"
echo 16M >/sys/fs/cgroup/test/memory.max
echo "memory=$(cat /sys/fs/cgroup/test/memory.max)"
echo "loopback=$(ping -c 1 127.0.0.1 >/dev/null && echo up)"
echo "device-mapper=$(grep -w device-mapper /proc/misc | cut -d ' ' -f 2)"
echo "erofs=$(grep -w erofs /proc/filesystems | tr -d '\t')"
echo "verity=$(cut -d ' ' -f 1 /proc/modules | grep -w dm_verity)"
mkdir /srv/new
echo "pivot=$(unshare -m sh -c 'mount -t tmpfs new /srv/new && mkdir /srv/new/old && pivot_root /srv/new /srv/new/old && echo works' 2>&1)"
echo "disk=$(head -c 5 /dev/nvme0n1)"
printf 54321 | dd of=/dev/nvme0n1 conv=notrunc,fsync 2>/dev/null
echo "added=$(cat /srv/tree/folder/file)"
mkdir -p /srv/out/folder
echo content >/srv/out/folder/file
ln -s /etc/passwd /srv/out/link
exit 3
END
mkdir -p "$scratch/tree/folder" && echo text >"$scratch/tree/folder/file"
printf 12345 >"$scratch/disk" && truncate -s 1M "$scratch/disk"
check_vm 'a script' exit:3 --script "$scratch/inside" --module dm-verity,erofs --disk "$scratch/disk" \
        --add "$scratch/tree:/srv/" --collect "/srv/out:$scratch/out" --append svtest=here --append loglevel=7 --memory 256 \
        --console "$scratch/console" -- one 'two words'
expect 'its arguments' arguments 'one two words'
expect '--append' added-argument svtest=here
expect '--memory' memory-small 1
check '--console' 1 "$(grep -c 'Run /vm/agent as init process' "$scratch/console")"
expect_match 'a kernel that is not ours' uname '^[0-9.-]+-cloud-amd64$'
for controller in cpuset cpu io memory pids; do
        expect_match "the controller $controller" controllers "(^| )$controller( |$)"
done
expect 'controllers reach a new group' pids max
expect 'and obey' memory 16777216
expect 'loopback' loopback up
expect 'a module' verity dm_verity
expect 'a module that another needs' device-mapper device-mapper
expect 'another module' erofs erofs
expect 'a root directory that can be pivoted away from' pivot works
expect 'a disk is read' disk 12345
check 'and written' 54321 "$(head -c 5 "$scratch/disk")"
expect 'a directory went in' added text
check 'a directory came out' content "$(cat "$scratch/out/folder/file")"
check 'symbolic links stay inside' "folder" "$(ls "$scratch/out")"

# The first process finds what the kernel gives: nothing. Another process gives the verdict.
cat >"$scratch/init" <<'END'
#!/bin/sh
[ $$ = 1 ] || exit 1
busybox mount -t proc proc /proc
echo "init $* has $(wc -l </proc/mounts) mounts"
sh -c 'vm-verdict "$@"; echo "gave $1"' - $1 $2
sleep 1
exec poweroff -f
END
chmod 755 "$scratch/init"
check_vm 'the first process is ours' exit:42 --as-init /srv/init --add "$scratch/init:/srv/" --watchdog --expect exit:41 -- 42
check '--expect: another end' 1 "$status"
check_match 'and finds no mounts but the root directory' 'init 42 has 2 mounts' "$output"
check_vm 'a verdict that lets the machine end by itself' exit:5 --as-init /srv/init --add "$scratch/init:/srv/" --expect exit:5 -- --stay 5
check '--expect: this end' 0 "$status"
check_match 'and it went on' 'gave --stay.*reboot: Power down' "$(paste -sd ' ' <<<"$output")"
finish
