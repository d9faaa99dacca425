#!/bin/bash
# Protects RootDirectory= and MountAPIVFS=: a root of the unit's own, of which the statically linked probe is the
# only program.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
mkdir -p "$scratch"/root/{bin,etc,proc,sys,dev,run,tmp,data} "$scratch/host"
install -m 755 "$PROBE" "$scratch/root/bin/probe"
if ldd "$PROBE" >/dev/null 2>&1; then
        skip_all 'the probe is not statically linked in this build'
fi
echo 'root:x:0:0:root:/:/bin/probe' >"$scratch/root/etc/passwd"
echo 'marker' >"$scratch/root/marker"
echo 'of the host' >"$scratch/host/file"
ln -s /etc/passwd "$scratch/root/data/absolute-link"
root=$scratch/root
PROBE=/bin/probe
common=(-p "RootDirectory=$root")

same -- names:/=bin,data,dev,etc,marker,proc,run,sys,tmp 'cat:/marker=marker*' 'pwuid=root:x:0:0:root:/:/bin/probe' "read:$root/marker=ENOENT" \
        cwd=/ read:/usr=ENOENT writable:/=ok
check 'the root is the directory itself' '' "$(find "$root" -maxdepth 1 -name '.probe*')"
# There is no way back.
same -- chroot:/=ok "list:/../..=9" 'cat:/data/absolute-link=root:x:0*' 'cat:/proc/self/mountinfo=*'
same -- mountpoint:/proc=yes fstype:/proc=proc read:/proc/self/stat=ok fstype:/sys=sysfs dev#null=ok fstype:/run=tmpfs list:/run=0 \
        writable:/run=ok
same -- 'mountopts:/proc=rw,nosuid,nodev,noexec*' 'mountopts:/sys=*nosuid,nodev,noexec*' mountopts:/run=rw,nosuid,nodev 'mountopts:/dev=rw,nosuid*' \
        'mountopts:/sys/fs/cgroup=*nosuid,nodev,noexec*'
check 'nothing stays in it' 0 "$(find "$root/run" "$root/dev" "$root/proc" "$root/sys" -mindepth 1 | wc -l)"
same -p MountAPIVFS=no -- list:/proc=0 list:/sys=0 list:/dev=0 list:/run=0 mountpoint:/proc=no
same -p MountAPIVFS=yes -- read:/proc/self/stat=ok

# The other directives hold inside it.
on_off -p ProtectSystem=strict -- writable:/=EROFS writable:/data=EROFS
same -p "ReadOnlyPaths=+/data" -- writable:/data=EROFS writable:/etc=ok
same -p "ReadOnlyPaths=$root/data" -- writable:/data=EROFS writable:/etc=ok
on_off -p "ReadOnlyPaths=${root%/*}" -- writable:/data=EROFS writable:/etc=EROFS
same -p "InaccessiblePaths=+/marker" -- read:/marker=empty
same -p "InaccessiblePaths=+/data/absolute-link" -- read:/etc/passwd=empty
run "$SVRUN" "${common[@]}" -p InaccessiblePaths=/etc -p "ReadOnlyPaths=-/data +/marker $root/etc" "$PROBE" read:/etc/passwd
check_match 'a path outside of it is named' "^svrun: ReadOnlyPaths=/data has no effect: .* outside .*\"\+/data\"" "$said"
check_match 'each of them is named' 'InaccessiblePaths=/etc has no effect: ' "$said"
check 'and no other' 2 "$(wc -l <<<"$said")"
expect 'and hides nothing in it' read:/etc/passwd ok
check 'a link in it does not lead out of it' root "$(head -c 4 /etc/passwd)"
same -p "BindPaths=$scratch/host:/data" -- 'cat:/data/file=of the host*' writable:/data=ok
same -p "BindReadOnlyPaths=$scratch/host:/made/here" -- 'cat:/made/here/file=of the host*' writable:/made/here=EROFS
check 'a destination that was made goes' gone "$([ -e "$root/made" ] || echo gone)"
same -p TemporaryFileSystem=/data -- list:/data=0 fstype:/data=tmpfs
same -p PrivateTmp=yes -- writable:/tmp=ok list:/tmp=0
same -p PrivateDevices=yes -- dev#null=ok read:/dev/kmsg=ENOENT
same -p WorkingDirectory=/data -- cwd=/data
same -p User=games -- uid="$(id -u games)" writable:/=EACCES
same -p DynamicUser=yes -p User=svtest-root -- 'pwuid=svtest-root:*' writable:/=EROFS
same -p RuntimeDirectory=svtest-root -- writable:/run/svtest-root=ok
check 'no runtime directory is left' gone "$([ -e /run/svtest-root ] || echo gone)"
same -p StateDirectory=svtest-root -- put:/var/lib/svtest-root/file=ok
check 'the state is that of the host' probe "$(cat /var/lib/svtest-root/file)"
same -p DynamicUser=yes -p User=svtest-root -p StateDirectory=svtest-root -- cat:/var/lib/svtest-root/file=probe* \
        put:/var/lib/svtest-root/file=ok "writable:/var/lib=EROFS"
rm -rf /var/lib/svtest-root /var/lib/private/svtest-root
rmdir --ignore-fail-on-non-empty /var/lib/private
same -p ConfigurationDirectory=svtest-root -p ProtectSystem=strict -- writable:/etc/svtest-root=EROFS mountpoint:/etc/svtest-root=yes
rmdir /etc/svtest-root
check 'mount points are not left in the root' 'bin data dev etc marker proc run sys tmp' "$(cd "$root" && echo *)"

# A root that lacks the places for what is mounted.
bare=$scratch/bare
mkdir -p "$bare/bin"
install -m 755 "$scratch/root/bin/probe" "$bare/bin/probe"
common=(-p "RootDirectory=$bare")
same -- fstype:/proc=proc fstype:/sys=sysfs dev#null=ok fstype:/run=tmpfs names:/=bin,dev,proc,run,sys
same -p MountAPIVFS=no -- names:/=bin
same -p PrivateNetwork=yes -- names:/=bin,dev,proc,run,sys fstype:/sys=sysfs names:/sys/class/net=lo
same -p PrivateNetwork=yes -p MountAPIVFS=no -- names:/=bin
for row in PrivateDevices=yes:dev ProtectProc=invisible:proc ProcSubset=pid:proc; do
        same -p MountAPIVFS=no -p "${row%:*}" -- "names:/=bin,${row#*:}" "mountpoint:/${row#*:}=yes"
        same -p "${row%:*}" -- "mountpoint:/${row#*:}=yes"
done
check 'the places do not stay' bin "$(cd "$bare" && echo *)"
mount --bind -o ro "$bare" "$bare"
for row in MountAPIVFS=yes PrivateDevices=yes ProtectProc=invisible; do
        check_run "$row: a place that cannot be made" 226 "$SVRUN" "${common[@]}" -p "$row" /bin/probe
        check_match "$row: the message says which, and where" "^svrun: (${row%=*}|MountAPIVFS)=: /[a-z]+ does not exist in $bare .*Read-only" "$said"
done
umount "$bare"

common=()
check_run 'a root that is not there' 210 "$SVRUN" -p "RootDirectory=$scratch/missing" /bin/probe "create:$scratch/ran"
check_match 'the message names it' "^svrun: RootDirectory=: .*$scratch/missing" "$said"
check_run 'a file is no root' 210 "$SVRUN" -p "RootDirectory=$root/marker" /bin/probe
check_run 'a program that is not in it' 203 "$SVRUN" -p "RootDirectory=$root" /bin/true
check_match 'the message names the program' /bin/true "$said"
check 'nothing was executed' gone "$([ -e "$scratch/ran" ] || echo gone)"
finish
