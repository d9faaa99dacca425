#!/bin/bash
# Protects DynamicUser=: an id that is nobody else's, a name that resolves inside without a name
# service, and files that are still the service's next time.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
need_tool setpriv
PROBE=$(reach "$PROBE")

# --- the id
sandbox -p DynamicUser=yes -p User=svtest-one -- uid gid groups pwuid grgid caps
one=$(answer uid)
check_match 'the id is in the range of systemd.exec(5)' '^6[1-5][0-9]{3}$' "$one"
check 'within its ends' yes "$([ "$one" -ge 61184 ] && [ "$one" -le 65519 ] && echo yes)"
expect 'the group has the same id' gid "$one"
expect 'no other group' groups "$one"
expect_match 'the id has a name' pwuid "^svtest-one:[^:]*:$one:$one:"
expect_match 'the group has a name' grgid "^svtest-one:[^:]*:$one:"
expect 'no capabilities' caps.eff 0
check 'the host does not know the name' '' "$(grep svtest-one /etc/passwd /etc/group)"
sandbox -p DynamicUser=yes -p User=svtest-one -- uid getpwnam:svtest-one getpwnam:root getgrnam:svtest-one
expect 'the same name has the same id in the next run' uid "$one"
expect_match 'the name resolves in a static program' getpwnam:svtest-one "^svtest-one:[^:]*:$one:$one:"
expect_match 'other names still resolve' getpwnam:root '^root:'
sandbox -p DynamicUser=yes -p User=svtest-two -- uid
check_not 'another name has another id' "$one" "$(answer uid)"
sandbox -p DynamicUser=yes -- uid pwuid
check_not 'without User= it is not root' 0 "$(answer uid)"
expect_match 'without User= the name belongs to the run' pwuid '^run-[0-9a-f]{16}:'
on_off -p DynamicUser=yes -p User=svtest-one -- uid="$one" "pwuid=svtest-one:*"
on_off -p DynamicUser=yes -p User=games -- uid="$(id -u games)"
run "$SVRUN" -p DynamicUser=yes -p User=svtest-one -- id -un
check 'the name resolves through the C library' svtest-one "$output"

# --- two runs at once
start() {
        local name=$1 to=$2
        "$SVRUN" -P -p DynamicUser=yes -p User="$name" -- "$PROBE" uid sleep:60000 >"$to" 2>&1 </dev/null &
        own $!
        started=$!
        within 10 grep -qs '^uid=' "$to"
}
uid_in() { sed -n 's/^uid=//p' "$1"; }
start svtest-one "$scratch/first"
first=$started
start svtest-one "$scratch/second"
second=$started
start svtest-two "$scratch/third"
third=$started
check 'two runs of one name share the id' "$(uid_in "$scratch/first")" "$(uid_in "$scratch/second")"
check_not 'runs of two names do not' "$(uid_in "$scratch/first")" "$(uid_in "$scratch/third")"
kill "$first" && wait "$first"
sandbox -p DynamicUser=yes -p User=svtest-one -- uid
expect 'the id stays while one of them lives' uid "$one"
kill "$second" "$third"
wait "$second" "$third"

# An id that others have is left to them.
mkdir -p /run/systemd/dynamic-uid && : >"/run/systemd/dynamic-uid/$one"
sandbox -p DynamicUser=yes -p User=svtest-one -- uid getpwnam:svtest-one
rm "/run/systemd/dynamic-uid/$one" && rmdir -p --ignore-fail-on-non-empty /run/systemd/dynamic-uid
check_not 'an id that systemd gave away is left alone' "$one" "$(answer uid)"
expect_match 'and the name resolves to the other one' getpwnam:svtest-one ":$(answer uid):"

# --- what it implies, systemd.exec(5)
on_off -p DynamicUser=yes -- nnp=1 writable:/etc=EROFS writable:/usr=EROFS
common=(-p DynamicUser=yes)
mkdir -p "$scratch/open" && chmod 1777 "$scratch/open"
same -- "writable:$scratch/open=EROFS" writable:/tmp=ok writable:/var/tmp=ok list:/tmp=0 "suid:/tmp/s#fchmod=EPERM"
same -p "ReadWritePaths=$scratch/open" -- "writable:$scratch/open=ok"
common=(-p User=games)
same -- "writable:$scratch/open=ok" "suid:$scratch/open/s#fchmod=ok"
common=()

# --- directories
state=/var/lib/svtest-state private=/var/lib/private/svtest-state
remove_state() { rm -rf "$private" "$state" /var/cache/{private/,}svtest-state /var/log/{private/,}svtest-state; }
remove_state
common=(-p DynamicUser=yes -p User=svtest-one -p StateDirectory=svtest-state)
same -- "put:$state/file=ok" "stat:$state/file=-0600 $one $one" "stat:$state/.=d0755 $one $one" \
        "env:STATE_DIRECTORY=$state" "writable:/var/lib=EROFS"
check 'on disk the files are nobody'"'"'s' '65534 65534' "$(stat -c '%u %g' "$private/file")"
check 'and so is the directory' '65534 65534' "$(stat -c '%u %g' "$private")"
check 'behind a door for root alone' '700 0' "$(stat -c '%a %u' /var/lib/private)"
check 'with a link where it is looked for' private/svtest-state "$(readlink "$state")"
run as_user cat "$state/file"
check_match 'others cannot get in' 'Permission denied' "$said"
same -- "cat:$state/file=probe*" "put:$state/file=ok" names:/var/lib/private=svtest-state
# The same files for another id.
common=(-p DynamicUser=yes -p User=svtest-two -p StateDirectory=svtest-state)
same -- "cat:$state/file=probe*" "put:$state/file=ok" "put:$state/other=ok"
check 'another id leaves nobody'"'"'s files, too' '65534 65534' "$(stat -c '%u %g' "$private/other")"
# From a dynamic to a fixed user and back: the same files.
common=(-p User=games -p StateDirectory=svtest-state)
same -- "cat:$state/file=probe*" "put:$state/file=ok"
check 'a fixed user owns them for real' "$(id -u games)" "$(stat -c %u "$state/file")"
check 'in a real directory' directory "$(stat -c %F "$state")"
common=(-p DynamicUser=yes -p User=svtest-one -p StateDirectory=svtest-state)
same -- "cat:$state/file=probe*" "put:$state/file=ok"
check 'and back' '65534' "$(stat -c %u "$private/file")"
common=()
same -p DynamicUser=yes -p User=svtest-one -p CacheDirectory=svtest-state -p LogsDirectory=svtest-state -- \
        put:/var/cache/svtest-state/c=ok put:/var/log/svtest-state/l=ok "stat:/var/log/svtest-state/l=-0600 $one $one"
same -p DynamicUser=yes -p User=svtest-one -p RuntimeDirectory=svtest-run -- put:/run/svtest-run/r=ok \
        "stat:/run/svtest-run=d0755 $one $one"
check 'a runtime directory goes' gone "$([ -e /run/svtest-run ] || echo gone)"
remove_state

# --- where ids cannot be mapped, the files belong to the user for real
# shellcheck disable=SC2016 # the inner shell expands it
if ! "$PROBE" open-tree:/ >/dev/null; then
        skip 'a file system without id mapping' 'no mount API'
else
        mkdir -p /var/lib/private && chmod 700 /var/lib/private
        run unshare --mount bash -c 'mount -t ramfs none /var/lib/private && chmod 700 /var/lib/private &&
                "$0" -p DynamicUser=yes -p User=svtest-one -p StateDirectory=svtest-state -- "$1" \
                        put:/var/lib/svtest-state/file stat:/var/lib/svtest-state/file &&
                stat -c "disk=%u %g" /var/lib/private/svtest-state/file &&
                "$0" -p DynamicUser=yes -p User=svtest-two -p StateDirectory=svtest-state -- "$1" \
                        cat:/var/lib/svtest-state/file uid && stat -c "second=%u" /var/lib/private/svtest-state/file
                findmnt -n -o FSTYPE -T /var/lib/private' "$SVRUN" "$PROBE"
        expect 'without id mapping: written' put:/var/lib/svtest-state/file ok
        expect_match 'without id mapping: its own' stat:/var/lib/svtest-state/file "$one $one\$"
        expect 'without id mapping: on disk' disk "$one $one"
        expect_match 'without id mapping: the next id reads it' cat:/var/lib/svtest-state/file probe
        check 'without id mapping: and owns it' "$(answer uid)" "$(answer second)"
        rm -f "$state"
fi
# --- many directories
common=()
same -p DynamicUser=yes -p User=svtest-one -p "StateDirectory=$(printf 'svtest-state/%d ' {1..80})" -- \
        writable:/var/lib/svtest-state/1=ok writable:/var/lib/svtest-state/80=ok
remove_state
rmdir --ignore-fail-on-non-empty /var/lib/private /var/cache/private /var/log/private 2>/dev/null
check 'no id is locked' '' "$(grep -rsl svtest- /run/svalinn/dynamic-uid)"
# --- RemoveIPC= is implied: the id is another user's soon.
# shellcheck disable=SC2016 # the inner shell expands it
make_ipc='ipcmk -M 100 && ipcmk -Q && ipcmk -S 1 && echo x >/dev/shm/svtest-ipc && mkdir /dev/shm/svtest-dir && : >/dev/shm/svtest-dir/file && id -u'
left_ipc() {
        awk -v uid="$1" 'FNR > 1 && ($5 == uid || $8 == uid) { print FILENAME ": " $0 }' /proc/sysvipc/{shm,msg,sem}
        find /dev/shm -uid "$1"
}
if command -v ipcmk >/dev/null; then
        run "$SVRUN" -P -p DynamicUser=yes -p User=svtest-ipc sh -c "$make_ipc"
        check 'a dynamic user makes IPC objects' 0 "$status"
        check 'and leaves none' '' "$(left_ipc "$(tail -n 1 <<<"$output")")"
        run "$SVRUN" -P -p User=games -p RemoveIPC=yes sh -c "$make_ipc"
        check 'RemoveIPC=yes: none of a user of /etc/passwd' '' "$(left_ipc "$(id -u games)")"
        run "$SVRUN" -P -p User=games sh -c "$make_ipc"
        check_not 'RemoveIPC=no: they stay' '' "$(left_ipc "$(id -u games)")"
        run "$SVRUN" -P -p User=games -p RemoveIPC=yes true
        "$SVRUN" -P -p DynamicUser=yes -p User=svtest-ipc sleep 1003 </dev/null >/dev/null 2>&1 &
        own $!
        run "$SVRUN" -P -p DynamicUser=yes -p User=svtest-ipc sh -c "$make_ipc"
        uid=$(tail -n 1 <<<"$output")
        check_not 'as long as another run is the same user, they stay' '' "$(left_ipc "$uid")"
        kill $! && wait $!
        check 'the last run removes them' '' "$(left_ipc "$uid")"
else
        skip 'RemoveIPC=' 'ipcmk is not installed'
fi

# --- Group=
run "$SVRUN" -P -p DynamicUser=yes -p User=svtest-one -p Group=games id -g
check 'a dynamic user with a group of /etc/group' "$(getent group games | cut -d : -f 3)" "$output"
check_run 'or one that does not exist' 216 "$SVRUN" -P -p DynamicUser=yes -p User=svtest-one -p Group=svtest-none true
check_match 'the message names it' 'Group=: there is no group "svtest-none"' "$said"

check_run 'a dynamic user whose name a group has' 217 "$SVRUN" -P -p DynamicUser=yes -p User=audio true
check_match 'is told so' 'DynamicUser=: there is a group "audio"' "$said"

# --- Two commands that have nothing to do with each other are two users.
run "$SVRUN" -P -p DynamicUser=yes sh -c 'id -u'
first=$output
run "$SVRUN" -P -p DynamicUser=yes sh -c 'id -u'
check_not 'each command has a dynamic user of its own' "$first" "$output"

# --- a sandbox within: RestrictSUIDSGID=, which is implied, refuses openat2(), by which everything is looked up
inner=$(reach "$SVRUN")
run "$SVRUN" -p DynamicUser=yes -- "$inner" -p ReadOnlyPaths=/usr -p PrivateTmp=yes -p PrivateDevices=yes \
        -p PrivateNetwork=yes -p InaccessiblePaths=/etc/passwd -- "$PROBE" list:/tmp read:/etc/passwd device:/dev/null interfaces
check 'a sandbox within that of a dynamic user' 0 "$status"
expect 'a sandbox within: its /tmp' list:/tmp 0
expect 'a sandbox within: InaccessiblePaths=' read:/etc/passwd EACCES
expect 'a sandbox within: PrivateDevices=' device:/dev/null ok
expect 'a sandbox within: PrivateNetwork=' interfaces lo
# --- what has no descriptors left is refused, by name, and no file gets the user's id on disk instead
many=$(printf 'svtest-state/%s ' {1..100})
limited() { (ulimit -n "$1" && exec "$SVRUN" -P -p DynamicUser=yes -p StateDirectory="$many" true); }
check_run 'too few descriptors to map ids' 238 limited 80
check_match 'that is said' "StateDirectory=: the ids of $private/[0-9]+ cannot be mapped: Too many open files" "$said"
check 'no file is the user'\''s' '' "$(find "$private" -uid +60000 ! -uid 65534)"
remove_state
check_run 'too few to mount them' 226 limited 140
check_match 'that is said, too' "StateDirectory=: mounting $private/[0-9]+: Too many open files" "$said"
remove_state
rmdir --ignore-fail-on-non-empty /var/lib/private 2>/dev/null
finish
