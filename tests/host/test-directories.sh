#!/bin/bash
# Protects the five *Directory= settings: what is made, whose it is, what the command is told, and what goes
# afterwards. Names begin with "svtest", which nobody else uses.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
PROBE=$(reach "$PROBE")
uid=$(id -u games) gid=$(id -g games)
remove_all() {
        rm -rf /run/svtest* /etc/svtest* /var/{lib,cache,log}/{,private/}svtest*
        rmdir --ignore-fail-on-non-empty /var/{lib,cache,log}/private 2>/dev/null
}
trap 'remove_all; leave' EXIT
remove_all

for row in Runtime:/run:RUNTIME State:/var/lib:STATE Cache:/var/cache:CACHE Logs:/var/log:LOGS; do
        IFS=: read -r kind base variable <<<"$row"
        common=(-p User=games)
        same -- "env:${variable}_DIRECTORY=(unset)" "stat:$base/svtest-d=ENOENT"
        same -p "${kind}Directory=svtest-d" -- "env:${variable}_DIRECTORY=$base/svtest-d" \
                "stat:$base/svtest-d=d0755 $uid $gid" "writable:$base/svtest-d=ok"
        same -p "${kind}Directory=svtest-d svtest-e/below" -p "${kind}DirectoryMode=0750" -- \
                "env:${variable}_DIRECTORY=$base/svtest-d:$base/svtest-e/below" "stat:$base/svtest-d=d0750 $uid $gid" \
                "stat:$base/svtest-e/below=d0750 $uid $gid" "stat:$base/svtest-e=d0755 0 0" "put:$base/svtest-e/below/kept=ok"
        same -p "${kind}Directory=svtest-d" -p ProtectSystem=strict -- "writable:$base/svtest-d=ok" "writable:$base=E*"
        common=()
        same -p "${kind}Directory=svtest-d" -p ProtectSystem=strict -- "writable:$base/svtest-d=ok" "writable:$base=EROFS"
        same -p "${kind}Directory=svtest-d" -p ReadOnlyPaths=/ -- "writable:$base/svtest-d=ok" "writable:$base=EROFS"
        same -p "${kind}Directory=svtest-d" -p "${kind}Directory=" -- "env:${variable}_DIRECTORY=(unset)"
        same -p "${kind}Directory=svtest-f:svtest-link svtest-f:svtest-link2" -- "link:$base/svtest-link=svtest-f" \
                "link:$base/svtest-link2=svtest-f" "writable:$base/svtest-link=ok" "env:${variable}_DIRECTORY=$base/svtest-f"
        same -p "${kind}Directory=svtest-g/below:svtest-h/link" -- "stat:$base/svtest-h/link/.=d0755 0 0"
        same -p DynamicUser=yes -p "${kind}Directory=svtest-i/below:svtest-j/link" -- "writable:$base/svtest-i/below=ok" \
                "writable:$base/svtest-j/link=ok"
        if [ "$kind" = Runtime ]; then
                check 'RuntimeDirectory: gone afterwards' '' "$(find /run -maxdepth 1 -name 'svtest*')"
        else
                check "${kind}Directory: stays" probe "$(cat "$base/svtest-e/below/kept")"
                same -p User=games -p "${kind}Directory=svtest-e/below" -- "cat:$base/svtest-e/below/kept=probe*"
        fi
        remove_all
        check_run "${kind}Directory: an absolute path is refused" 2 "$SVRUN" -p "${kind}Directory=/svtest" true
        check_match "${kind}Directory: the message names it" "${kind}Directory=: .*/svtest" "$said"
        check_run "${kind}Directory: a way out is refused" 2 "$SVRUN" -p "${kind}Directory=../svtest" true
done

# They are there, too, where the unit covers their place.
common=(-p "BindReadOnlyPaths=$PROBE")
same -p TemporaryFileSystem=/var:ro -p StateDirectory=svtest-d -- put:/var/lib/svtest-d/file=ok writable:/var/lib=EROFS
check 'what was written there stays' probe "$(cat /var/lib/svtest-d/file)"
same -p TemporaryFileSystem=/var -p DynamicUser=yes -p StateDirectory=svtest-d -- cat:/var/lib/svtest-d/file=probe* \
        put:/var/lib/svtest-d/file=ok
common=()
remove_all

# The owner of what is there changes with the user, also below.
mkdir -p /var/lib/svtest-d/deep && echo content >/var/lib/svtest-d/deep/file && chown -R daemon:daemon /var/lib/svtest-d
same -p User=games -p StateDirectory=svtest-d -- "stat:/var/lib/svtest-d/deep/file=-0644 $uid $gid" put:/var/lib/svtest-d/deep/file=ok
remove_all

# --- ConfigurationDirectory= stays with root
common=(-p User=games)
same -- 'env:CONFIGURATION_DIRECTORY=(unset)' stat:/etc/svtest-c=ENOENT
same -p ConfigurationDirectory=svtest-c -- env:CONFIGURATION_DIRECTORY=/etc/svtest-c 'stat:/etc/svtest-c=d0755 0 0' \
        writable:/etc/svtest-c=EACCES
common=()
same -p ConfigurationDirectory=svtest-c -p ConfigurationDirectoryMode=0700 -p ProtectSystem=strict -- 'stat:/etc/svtest-c=d0700 0 0' \
        writable:/etc/svtest-c=EROFS
check_run 'ConfigurationDirectory: no links' 2 "$SVRUN" -p ConfigurationDirectory=svtest-c:svtest-l true
remove_all

# --- RuntimeDirectoryPreserve=
for preserve in yes restart; do
        same -p RuntimeDirectory=svtest-p -p RuntimeDirectoryPreserve=$preserve -- put:/run/svtest-p/file=ok
        [ $preserve = yes ] && wanted=probe || wanted=
        check "RuntimeDirectoryPreserve=$preserve" "$wanted" "$(cat /run/svtest-p/file 2>/dev/null)"
        remove_all
done
# What was there before the run is not the run's to remove... nor is it in the way.
mkdir -p /run/svtest-p && : >/run/svtest-p/before
same -p RuntimeDirectory=svtest-p -- read:/run/svtest-p/before=empty
remove_all
# A directory of two runs stays until the last one ends.
"$SVRUN" -P -p RuntimeDirectory=svtest-p -- "$PROBE" put:/run/svtest-p/first sleep:30000 >"$scratch/out" &
first=$!
own $first
within 10 grep -qs put "$scratch/out"
same -p RuntimeDirectory=svtest-p -- read:/run/svtest-p/first=ok
check 'what another run needs stays' probe "$(cat /run/svtest-p/first)"
kill $first
wait $first
check 'and goes with it' gone "$([ -e /run/svtest-p ] || echo gone)"

# --- all commands of a unit have the same ones
cat >"$scratch/d.service" <<'U'
[Service]
Type=oneshot
User=games
RuntimeDirectory=svtest-u
ExecStartPre=/bin/sh -c 'echo pre >$RUNTIME_DIRECTORY/file'
ExecStart=/bin/cat /run/svtest-u/file
ExecStopPost=/bin/cat /run/svtest-u/file
U
check_run 'one directory for all commands' 0 "$SVRUN" --unit "$scratch/d.service"
check 'to the last' $'pre\npre' "$output"
check 'then it goes' gone "$([ -e /run/svtest-u ] || echo gone)"

# --- what cannot be made
: >/var/lib/svtest-file
check_run 'a file in the way is status 238' 238 "$SVRUN" -p StateDirectory=svtest-file touch "$scratch/ran"
check_match 'the message names directive and path' '^svrun: StateDirectory=: .*/var/lib/svtest-file' "$said"
: >/var/cache/svtest-file && : >/var/log/svtest-file && : >/etc/svtest-file && : >/run/svtest-file
check_run 'CacheDirectory: 239' 239 "$SVRUN" -p CacheDirectory=svtest-file touch "$scratch/ran"
check_run 'LogsDirectory: 240' 240 "$SVRUN" -p LogsDirectory=svtest-file touch "$scratch/ran"
check_run 'ConfigurationDirectory: 241' 241 "$SVRUN" -p ConfigurationDirectory=svtest-file touch "$scratch/ran"
check_run 'RuntimeDirectory: 233' 233 "$SVRUN" -p RuntimeDirectory=svtest-file touch "$scratch/ran"
check 'the file in the way stays' here "$([ -e /run/svtest-file ] && echo here)"
check 'the command was not executed' gone "$([ -e "$scratch/ran" ] || echo gone)"
finish
