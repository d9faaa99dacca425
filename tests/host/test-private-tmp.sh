#!/bin/bash
# Protects PrivateTmp=: temporary files that nobody else sees, for all commands of a unit, gone afterwards.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
PROBE=$(reach "$PROBE")
mark=svtest-$$
: >"/tmp/$mark"
: >"/var/tmp/$mark"

for kind in yes disconnected; do
        on_off -p PrivateTmp=$kind -- list:/tmp=0 list:/var/tmp=0 "read:/tmp/$mark=ENOENT" "read:/var/tmp/$mark=ENOENT" \
                mountpoint:/tmp=yes mountpoint:/var/tmp=yes
        same -p PrivateTmp=$kind -- 'stat:/tmp=d1777 0 0' 'stat:/var/tmp=d1777 0 0' "put:/tmp/new-$mark=ok" \
                "put:/var/tmp/new-$mark=ok" "read:/tmp/new-$mark=ok" 'mountopts:/tmp=rw,nosuid,nodev*'
        check "$kind: nothing appeared on the host" '' "$(ls -d /tmp/new-$mark /var/tmp/new-$mark 2>/dev/null)"
        same -p PrivateTmp=$kind -p User=games -- "put:/tmp/new-$mark=ok" writable:/var/tmp=ok
        same -p PrivateTmp=$kind -p ProtectSystem=strict -p ReadOnlyPaths=/ -- writable:/tmp=ok writable:/var/tmp=ok writable:/var=EROFS
        same -p PrivateTmp=$kind -p ReadOnlyPaths=/tmp -- writable:/tmp=EROFS writable:/var/tmp=ok
        for list in ReadOnlyPaths ReadWritePaths; do
                check_run "$kind: $list= of what is not there" 226 "$SVRUN" -p PrivateTmp=$kind -p "$list=/tmp/$mark" true
                check_match "$kind: $list= of what is not there is named" "$list=.*/tmp/$mark" "$said"
                same -p PrivateTmp=$kind -p "$list=-/tmp/$mark" -- "read:/tmp/$mark=ENOENT" writable:/tmp=ok
        done
done
same -p PrivateTmp=disconnected -- fstype:/tmp=tmpfs
same -p PrivateTmp=no -- "read:/tmp/$mark=empty"
same -p PrivateTmp=yes -p "BindPaths=/tmp/$mark" -- "names:/tmp=$mark"
check 'a bound file is still there' here "$([ -e "/tmp/$mark" ] && echo here)"

# --- while it runs
"$SVRUN" -P -p PrivateTmp=yes -- "$PROBE" put:/tmp/inside sleep:30000 >"$scratch/out" &
run_pid=$!
own $run_pid
within 10 grep -qs inside "$scratch/out"
place=$(find /tmp -maxdepth 2 -path '/tmp/svalinn-private-*/tmp' -newer "/tmp/$mark" 2>/dev/null | while read -r d; do
        [ -e "$d/inside" ] && echo "$d"
done)
check_match 'the files are on the file system of the host' '^/tmp/svalinn-private-[0-9a-f]{16}/tmp$' "$place"
check 'behind a door for root alone' '700 0' "$(stat -c '%a %u' "${place%/tmp}")"
check 'the inner directory is sticky' 1777 "$(stat -c %a "$place")"
run as_user ls "$place"
check_match 'others cannot enter' 'Permission denied' "$said"
sandbox -p PrivateTmp=yes -- list:/tmp
expect 'another run has another one' list:/tmp 0
# a caller who cannot see the record must not take it for a dead run's
run "$SVRUN" -p TemporaryFileSystem=/run -- "$SVRUN" true
check 'a run with another /run leaves it alone' there "$([ -e "${place:-/nowhere}" ] && echo there)"
mkdir /tmp/svalinn-private-0123456789abcdef
run "$SVRUN" -p TemporaryFileSystem=/run -- "$SVRUN" true
check 'but takes what another boot left' gone "$([ -e /tmp/svalinn-private-0123456789abcdef ] || echo gone)"
kill $run_pid
wait $run_pid
check 'gone when it ended' gone "$([ -e "${place:-/}" ] || echo gone)"

# --- one for all commands of a unit
unit() {
        printf '[Service]\nType=oneshot\n%s\n' "$1" >"$scratch/tmp.service"
        run "$SVRUN" --unit "$scratch/tmp.service"
}
for kind in yes disconnected; do
        unit "PrivateTmp=$kind
ExecStartPre=/bin/sh -c 'echo first >/tmp/one; echo second >/var/tmp/two'
ExecStart=/bin/cat /tmp/one
ExecStart=/bin/cat /var/tmp/two
ExecStartPost=/bin/ls /tmp"
        check "$kind: one for all commands" $'first\nsecond\none' "$output"
        check "$kind: the unit ended well" 0 "$status"
done
unit "PrivateTmp=yes
ExecStartPre=/bin/touch /tmp/inside
ExecStart=+/bin/ls /tmp/$mark
ExecStart=/bin/ls /tmp"
check 'a command with "+" sees the host' "/tmp/$mark"$'\ninside' "$output"
rm -f "/tmp/$mark" "/var/tmp/$mark"
finish
