#!/bin/bash
# Protects the paths that a unit opens and closes: read-only, writable, inaccessible and no-exec ones, binds and
# temporary file systems, nested in any order.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
PROBE=$(reach "$PROBE")
t=$scratch/t
mkdir -p "$t"/{a/b/c,data,empty}
for d in a a/b a/b/c data; do
        echo "in $d" >"$t/$d/file"
done
install -m 755 /bin/true "$t/a/b/c/program"
cp "$t/a/b/c/program" "$t/data/program"
ln -s a/b "$t/link"
ln -s nowhere "$t/dangling"

# --- each alone
on_off -p "ReadOnlyPaths=$t/a" -- "writable:$t/a=EROFS" "writable:$t/a/b/c=EROFS" "write:$t/a/file=EROFS" \
        "chmod:$t/a/b/file=EROFS" "mkdir:$t/a/new=EROFS" "unlink:$t/a/new=EROFS"
rmdir "$t/a/new"
same -p "ReadOnlyPaths=$t/a" -- "read:$t/a/b/file=ok" "writable:$t/data=ok" "exec:$t/a/b/c/program=ok" "remount:$t/a=*"
on_off -p "ReadOnlyPaths=$t/a/file" -- "write:$t/a/file=EROFS"
same -p "ReadOnlyPaths=$t/a/file" -- "writable:$t/a=ok" "read:$t/a/file=ok"
on_off -p ReadOnlyPaths=/ -- writable:/=EROFS "writable:$t=EROFS" writable:/dev/shm=EROFS
on_off -p "InaccessiblePaths=$t/a" -- "list:$t/a=0" "read:$t/a/file=ENOENT" "stat:$t/a=d0000 0 0" "writable:$t/a=E*"
on_off -p "InaccessiblePaths=$t/a/file" -- "read:$t/a/file=empty" "stat:$t/a/file=-0000 0 0" "write:$t/a/file=EROFS"
same -p "InaccessiblePaths=$t/a/file" -- "unlink:$t/a/file=EBUSY" "read:$t/a/b/file=ok" "writable:$t/a=ok"
common=(-p User=games)
on_off -p "InaccessiblePaths=$t/a $t/data/file" -- "list:$t/a=EACCES" "read:$t/a/file=EACCES" "read:$t/data/file=EACCES"
common=()
on_off -p "NoExecPaths=$t/a" -- "exec:$t/a/b/c/program=EACCES"
same -p "NoExecPaths=$t/a" -- "exec:$t/data/program=ok" "writable:$t/a=ok"
same -p "NoExecPaths=$t" -p "ExecPaths=$t/data $scratch/bin" -- "exec:$t/a/b/c/program=EACCES" "exec:$t/data/program=ok"
same -p NoExecPaths=/ -p "ExecPaths=$PROBE" -- exec:/bin/true=EACCES "exec:$t/data/program=EACCES"
same -p "NoExecPaths=$t/a" -p "ReadOnlyPaths=$t/a/b" -p "ExecPaths=$t/a/b/c" -- "exec:$t/a/b/c/program=ok" \
        "writable:$t/a/b/c=EROFS" "writable:$t/a=ok"

# --- three levels, each with one of three kinds: all 27 ways, and the order in the unit does not matter
declare -A directive=([ro]=ReadOnlyPaths [rw]=ReadWritePaths [no]=InaccessiblePaths)
# What holds at a level: the deepest path above it decides, and nothing is left below an inaccessible one.
expected() {
        local answer=ok level
        for level; do
                [ "$answer" != gone ] || continue
                case $level in
                ro) answer=EROFS ;;
                rw) answer=ok ;;
                no) answer=gone ;;
                esac
        done
        echo "$answer"
}
for one in ro rw no; do
        for two in ro rw no; do
                for three in ro rw no; do
                        p=("-p${directive[$one]}=$t/a" "-p${directive[$two]}=$t/a/b" "-p${directive[$three]}=$t/a/b/c")
                        sandbox "${p[0]}" "${p[1]}" "${p[2]}" -- "writable:$t/a" "writable:$t/a/b" "writable:$t/a/b/c"
                        forwards=$output
                        got=$(answer "writable:$t/a"),$(answer "writable:$t/a/b"),$(answer "writable:$t/a/b/c")
                        sandbox "${p[2]}" "${p[0]}" "${p[1]}" -- "writable:$t/a" "writable:$t/a/b" "writable:$t/a/b/c"
                        # An inaccessible directory is an empty, read-only one; what is below is not there.
                        [ "$one" = no ] && wanted=EROFS,ENOENT,ENOENT
                        [ "$one" != no ] && [ "$two" = no ] && wanted=$(expected "$one"),EROFS,ENOENT
                        [ "$one" != no ] && [ "$two" != no ] && {
                                wanted=$(expected "$one"),$(expected "$one" "$two"),$(expected "$one" "$two" "$three")
                                wanted=${wanted/gone/EROFS}
                        }
                        check "$one over $two over $three" "$wanted" "$got"
                        check "$one over $two over $three in another order" "$forwards" "$output"
                done
        done
done
same -p "ReadOnlyPaths=$t/a" -p "ReadWritePaths=$t/a" -- "writable:$t/a=EROFS"
same -p "ReadWritePaths=$t/a" -p "InaccessiblePaths=$t/a" -- "writable:$t/a=EROFS" "list:$t/a=0"
same -p ProtectSystem=strict -p "ReadWritePaths=$t/a" -p "ReadOnlyPaths=$t/a/b" -p "ReadWritePaths=$t/a/b/c" -- \
        "writable:$t=EROFS" "writable:$t/a=ok" "writable:$t/a/b=EROFS" "writable:$t/a/b/c=ok"
same -p "ReadOnlyPaths=$t/a" -p ReadOnlyPaths= -- "writable:$t/a=ok"
same -p "ReadOnlyPaths=$t/a $t/data" -- "writable:$t/a=EROFS" "writable:$t/data=EROFS"

# --- links and what is missing
on_off -p "ReadOnlyPaths=$t/link" -- "writable:$t/a/b=EROFS" "writable:$t/link=EROFS"
same -p "ReadOnlyPaths=$t/link" -- "writable:$t/a=ok" "link:$t/link=a/b"
same -p "InaccessiblePaths=$t/link" -- "list:$t/a/b=0" "read:$t/a/b/file=ENOENT" "read:$t/a/file=ok"
same -p "ReadOnlyPaths=$t/a" -p "ReadWritePaths=$t/link" -- "writable:$t/a=EROFS" "writable:$t/a/b=ok"
same -p "ReadOnlyPaths=$t/a/.//b/" -- "writable:$t/a/b=EROFS" "writable:$t/a=ok"
for name in ReadOnlyPaths ReadWritePaths InaccessiblePaths NoExecPaths ExecPaths; do
        check_run "$name: a missing path is an error" 226 "$SVRUN" -p "$name=$t/missing" touch "$t/empty/ran"
        check_match "$name: the message names it" "^svrun: $name=: .*$t/missing" "$said"
        check "$name: the command was not executed" 0 "$(find "$t/empty" -type f | wc -l)"
        same -p "$name=-$t/missing -$t/missing/below -$t/dangling" -- uid=0
done
check_run 'a link to nowhere is missing' 226 "$SVRUN" -p "ReadOnlyPaths=$t/dangling" true
check_match 'the message names the link' "$t/dangling" "$said"
check_run 'a relative path is refused' 2 "$SVRUN" -p ReadOnlyPaths=etc true
check_match 'the message says what would be right' 'ReadOnlyPaths=: .*etc.*absolute' "$said"
same -p "InaccessiblePaths=+$t/a" -- "list:$t/a=0"
same -p "InaccessiblePaths=-+$t/a -+$t/missing" -- "list:$t/a=0"

# --- mounts below the paths
mount -t tmpfs none "$t/a/b" && mkdir "$t/a/b/c" && echo on the tmpfs >"$t/a/b/file"
same -p "ReadOnlyPaths=$t/a" -- "writable:$t/a=EROFS" "writable:$t/a/b=EROFS" "writable:$t/a/b/c=EROFS" \
        "cat:$t/a/b/file=on the tmpfs*"
same -p "ReadOnlyPaths=$t/a" -p "ReadWritePaths=$t/a/b/c" -- "writable:$t/a/b=EROFS" "writable:$t/a/b/c=ok"
same -p "InaccessiblePaths=$t/a" -- "list:$t/a=0"
mount -o remount,ro "$t/a/b"
same -p ReadOnlyPaths=/ -p "ReadWritePaths=$t" -- "writable:$t/a=ok" "writable:$t/a/b=EROFS"
on_off -p "BindPaths=$t/a:$t/empty" -- "cat:$t/empty/b/file=on the tmpfs*"
same -p "BindPaths=$t/a:$t/empty:norbind" -- "cat:$t/empty/file=in a*" "list:$t/empty/b=2" "cat:$t/empty/b/file=in a/b*"
umount "$t/a/b"
# A mount that is made later on the host is seen.
mount --make-shared -t tmpfs none "$t/a" && mkdir "$t/a/late"
"$SVRUN" -P -p "ReadOnlyPaths=$t/a" -- "$PROBE" uid sleep:500 "mountpoint:$t/a/late" >"$scratch/late" &
own $!
within 10 grep -qs uid "$scratch/late"
mount -t tmpfs none "$t/a/late"
wait $!
output=$(cat "$scratch/late")
check 'mounts of the host still arrive' yes "$(answer "mountpoint:$t/a/late")"
umount "$t/a/late" "$t/a"

# --- BindPaths=, BindReadOnlyPaths=
on_off -p "BindPaths=$t/data:$t/empty" -- "cat:$t/empty/file=in data*" "mountpoint:$t/empty=yes"
same -p "BindPaths=$t/data:$t/empty" -- "put:$t/empty/new=ok" "exec:$t/empty/program=ok"
check 'what is written there lands in the source' probe "$(cat "$t/data/new")"
check 'and not below' 0 "$(find "$t/empty" -type f | wc -l)"
on_off -p "BindReadOnlyPaths=$t/data:$t/empty" -- "cat:$t/empty/file=in data*" "writable:$t/empty=EROFS"
same -p "BindReadOnlyPaths=$t/data:$t/empty" -- "writable:$t/data=ok"
on_off -p "BindReadOnlyPaths=$t/data" -- "writable:$t/data=EROFS"
on_off -p "BindPaths=$t/a/file:$t/data/file" -- "cat:$t/data/file=in a*"
same -p "BindPaths=$t/a/file:$t/data/file" -- "write:$t/data/file=ok" "unlink:$t/data/file=EBUSY"
same -p "BindPaths=$t/a:$t/empty" -p "BindReadOnlyPaths=$t/data:$t/empty/b" -- "cat:$t/empty/b/file=in data*" \
        "writable:$t/empty=ok" "writable:$t/empty/b=EROFS"
same -p "BindReadOnlyPaths=$t/data:$t/a/b" -p "BindPaths=$t/a:$t/empty" -- "cat:$t/empty/b/file=in a/b*" "cat:$t/a/b/file=in data*"
same -p "BindPaths=$t/data:$t/empty" -p "InaccessiblePaths=$t/empty/file" -p "NoExecPaths=$t/empty" -- \
        "read:$t/empty/file=empty" "exec:$t/empty/program=EACCES" "exec:$t/data/program=ok" "read:$t/data/file=ok"
same -p "ReadOnlyPaths=$t" -p "BindPaths=$t/data:$t/empty" -- "writable:$t/empty=ok" "writable:$t/data=EROFS"
same -p ProtectSystem=strict -p "BindPaths=$t/data:$t/empty" -- "writable:$t/empty=ok" "writable:$t/data=EROFS"
same -p "NoExecPaths=$t" -p "BindPaths=$t/data:$t/empty" -- "exec:$t/empty/program=EACCES"
same -p "InaccessiblePaths=$t/data" -p "BindPaths=$t/data:$t/empty" -- "list:$t/data=0" "cat:$t/empty/file=in data*"
same -p "BindPaths=$t/link:$t/empty" -- "cat:$t/empty/file=in a/b*"
same -p "BindPaths=$t/data:$t/link" -- "cat:$t/a/b/file=in data*"
same -p "BindPaths=$t/data:$t/made/deep/er" -- "cat:$t/made/deep/er/file=in data*" "writable:$t/made/deep/er=ok"
check 'a destination that was made goes afterwards' gone "$([ -e "$t/made" ] || echo gone)"
same -p "BindPaths=$t/data/file:$t/made-file" -- "cat:$t/made-file=in data*"
check 'a file that was made goes, too' gone "$([ -e "$t/made-file" ] || echo gone)"
mkdir "$t/half"
same -p "BindPaths=$t/data:$t/half/made" -- "cat:$t/half/made/file=in data*"
check 'what was there before stays' here "$([ -d "$t/half" ] && [ ! -e "$t/half/made" ] && echo here)"
check 'the source is untouched' 'in data' "$(cat "$t/data/file")"
for name in BindPaths BindReadOnlyPaths; do
        check_run "$name: a missing source is an error" 226 "$SVRUN" -p "$name=$t/missing:$t/empty" touch "$t/empty/ran"
        check_match "$name: the message names it" "^svrun: $name=: .*$t/missing" "$said"
        check "$name: the command was not executed" 0 "$(find "$t/empty" -type f | wc -l)"
        same -p "$name=-$t/missing:$t/empty" -- "mountpoint:$t/empty=no"
done
check_run 'a file on a directory' 226 "$SVRUN" -p "BindPaths=$t/data/file:$t/empty" true
check_match 'a file on a directory: what is what' "^svrun: BindPaths=: $t/empty is a directory; .* $t/data/file is none" "$said"
check_run 'a directory on a file' 226 "$SVRUN" -p "BindReadOnlyPaths=$t/data:$t/a/file" true
check_match 'a directory on a file: what is what' "^svrun: BindReadOnlyPaths=: $t/a/file is no directory; .* $t/data is none" "$said"
check_run 'nor an empty directory' 226 "$SVRUN" -p "TemporaryFileSystem=$t/a/file" true
check_match 'nor an empty directory: what is what' "^svrun: TemporaryFileSystem=: $t/a/file is no directory" "$said"
check_run 'a missing source makes no destination' 226 "$SVRUN" -p "BindPaths=$t/missing:$t/made" true
check 'no destination' gone "$([ -e "$t/made" ] || echo gone)"

# --- TemporaryFileSystem=
on_off -p "TemporaryFileSystem=$t/a" -- "list:$t/a=0" "fstype:$t/a=tmpfs" "read:$t/a/file=ENOENT"
same -p "TemporaryFileSystem=$t/a" -- "put:$t/a/new=ok" "stat:$t/a=d0755 0 0" "mountopts:$t/a=rw,*nodev*"
check 'nothing of it is left' 0 "$(find "$t/a" -name new | wc -l)"
on_off -p "TemporaryFileSystem=$t/a:ro" -- "list:$t/a=0" "writable:$t/a=EROFS"
same -p "TemporaryFileSystem=$t/a:size=64k,mode=1770,noexec,nosuid" -- "fstype:$t/a#blocks=16" "stat:$t/a=d1770 0 0" \
        "mountopts:$t/a=rw,nosuid,nodev,noexec"
for row in noatime:noatime nodiratime:nodiratime strictatime: relatime:relatime norelatime: noatime,relatime:relatime noatime,nodiratime:noatime,nodiratime \
        noatime,strictatime: diratime,atime: nostrictatime:relatime; do
        options=${row#*:}
        same -p "TemporaryFileSystem=$t/a:size=64k,${row%:*}" -- "fstype:$t/a#blocks=16" "mountopts:$t/a=rw,nodev${options:+,$options}"
done
same -p "TemporaryFileSystem=$t/a:ro,rw,nosuid,suid,nodev,dev,noexec,exec" -- "mountopts:$t/a=rw"
same -p "TemporaryFileSystem=$t/a:ro" -p "BindPaths=$t/a/b:$t/a/b" -- "names:$t/a=b" "cat:$t/a/b/file=in a/b*" "writable:$t/a/b=ok" \
        "writable:$t/a=EROFS"
same -p "TemporaryFileSystem=$t/a" -p "BindReadOnlyPaths=$t/a/b/c:$t/a/x/y" -- "names:$t/a=x" "cat:$t/a/x/y/file=in a/b/c*" \
        "writable:$t/a/x/y=EROFS" "writable:$t/a/x=ok"
same -p "TemporaryFileSystem=$t/a" -p "BindPaths=$t/data/file:$t/a/here" -- "cat:$t/a/here=in data*"
same -p "TemporaryFileSystem=$t/a" -p "BindPaths=-$t/missing:$t/a/x" -- "list:$t/a=0"
same -p "TemporaryFileSystem=$t/a $t/data:ro" -- "list:$t/a=0" "list:$t/data=0" "writable:$t/data=EROFS"
same -p "TemporaryFileSystem=$t/a" -p "ReadOnlyPaths=$t/a" -- "list:$t/a=0" "writable:$t/a=EROFS"
same -p "TemporaryFileSystem=$t/new/dir" -- "list:$t/new/dir=0" "put:$t/new/dir/f=ok"
check 'its mount point goes' gone "$([ -e "$t/new" ] || echo gone)"
check_run 'a wrong option is an error' 226 "$SVRUN" -p "TemporaryFileSystem=$t/a:nosuchoption" touch "$t/empty/ran"
check_match 'the message names the option' 'TemporaryFileSystem=: .*nosuchoption' "$said"
check 'the command was not executed' gone "$([ -e "$t/empty/ran" ] || echo gone)"

# --- below a bind: nothing is added to its source
tree() { find "$t/source" "$t/other" | sort; }
mkdir -p "$t/source/there" "$t/other"
before=$(tree)
for name in BindPaths BindReadOnlyPaths; do
        for kind in InaccessiblePaths NoExecPaths; do
                check_run "$name, $kind: what is missing in it is an error" 226 "$SVRUN" -p "$name=$t/source:$t/empty" -p "$kind=$t/empty/x/y" true
                check_match "$name, $kind: the message names it" "^svrun: $kind=: $t/empty/x/y does not exist" "$said"
                same -p "$name=$t/source:$t/empty" -p "$kind=-$t/empty/x/y" -- "names:$t/empty=there"
        done
        same -p "$name=$t/source:$t/empty" -p "InaccessiblePaths=$t/empty/there" -- "list:$t/empty/there=0" "writable:$t/empty/there=EROFS"
        same -p "$name=$t/source:$t/empty" -p "TemporaryFileSystem=$t/empty/x/y" -- "fstype:$t/empty/x/y=tmpfs" "put:$t/empty/x/y/new=ok"
        same -p "$name=$t/source:$t/empty" -p "BindPaths=$t/data/file:$t/empty/x/y" -- "cat:$t/empty/x/y=in data*"
        same -p "$name=$t/source:$t/empty" -p "BindPaths=$t/other:$t/empty/x" -p "BindPaths=$t/data:$t/empty/x/y" -- "cat:$t/empty/x/y/file=in data*"
        check "$name: the source is as it was" "$before" "$(tree)"
done
mount --bind -o ro "$t/source" "$t/source"
check_run 'no mount point can be made in a read-only source' 226 "$SVRUN" -p "BindPaths=$t/source:$t/empty" -p "TemporaryFileSystem=$t/empty/x" true
check_match 'the message names it' "^svrun: TemporaryFileSystem=: $t/empty/x .*Read-only" "$said"
umount "$t/source"
same -p "BindPaths=-$t/missing:$t/empty" -p "TemporaryFileSystem=$t/empty/x" -p "ReadOnlyPaths=-$t/empty/file" -- "fstype:$t/empty/x=tmpfs"
same -p "TemporaryFileSystem=$t/a" -p "BindPaths=-$t/missing:$t/a/x" -p "BindPaths=$t/data:$t/a/x/y" -- "cat:$t/a/x/y/file=in data*"
check_run 'below a temporary file system, too' 226 "$SVRUN" -p "TemporaryFileSystem=$t/a" -p "InaccessiblePaths=$t/a/x" true
check 'nothing is left' '' "$(ls -A "$t/empty")"

# --- many: the time must not grow with their square
mkdir -p "$t"/many/{1..2500}
mapfile -t many < <(printf -- "-pBindReadOnlyPaths=$t/data:$t/many/%d\n" {1..2500})
check_run 'thousands of mounts come in time' 0 timeout 15 "$SVRUN" "${many[@]}" -- "$PROBE" "cat:$t/many/2500/file"
expect_match 'and all are there' "cat:$t/many/2500/file" '^in data'

# --- the root itself: never passed over in silence, under whatever name
ln -s / "$t/root"
for p in InaccessiblePaths=/ TemporaryFileSystem=/ "BindPaths=$t/a:/" "BindReadOnlyPaths=$t/a:/" "InaccessiblePaths=$t/root" \
        "TemporaryFileSystem=$t/root" "BindPaths=$t/a:$t/root"; do
        check_run "$p is refused" 226 "$SVRUN" -p "$p" touch "$t/empty/ran"
        check_match "$p: the message names it" "${p%%=*}=: .*cannot be replaced" "$said"
        check "$p: the command was not executed" gone "$([ -e "$t/empty/ran" ] || echo gone)"
done
check_run 'RootDirectory= is not lost to it' 226 "$SVRUN" -p "RootDirectory=$t" -p InaccessiblePaths=+/ true
finish
