#!/bin/bash
# Protects the five *Directory= settings: what is made, whose it is, what the command is told, and what goes
# afterwards. Names begin with "svdirs", which nobody else uses.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
PROBE=$(reach "$PROBE")
uid=$(id -u games) gid=$(id -g games)
remove_all() {
        rm -rf /run/svdirs* /etc/svdirs* /var/{lib,cache,log}/{,private/}svdirs*
        rmdir --ignore-fail-on-non-empty /var/{lib,cache,log}/private 2>/dev/null
}
trap 'remove_all; leave' EXIT
remove_all

for row in Runtime:/run:RUNTIME State:/var/lib:STATE Cache:/var/cache:CACHE Logs:/var/log:LOGS; do
        IFS=: read -r kind base variable <<<"$row"
        common=(-p User=games)
        same -- "env:${variable}_DIRECTORY=(unset)" "stat:$base/svdirs-d=ENOENT"
        same -p "${kind}Directory=svdirs-d" -- "env:${variable}_DIRECTORY=$base/svdirs-d" \
                "stat:$base/svdirs-d=d0755 $uid $gid" "writable:$base/svdirs-d=ok"
        same -p "${kind}Directory=svdirs-d svdirs-e/below" -p "${kind}DirectoryMode=0750" -- \
                "env:${variable}_DIRECTORY=$base/svdirs-d:$base/svdirs-e/below" "stat:$base/svdirs-d=d0750 $uid $gid" \
                "stat:$base/svdirs-e/below=d0750 $uid $gid" "stat:$base/svdirs-e=d0755 0 0" "put:$base/svdirs-e/below/kept=ok"
        same -p "${kind}Directory=svdirs-d" -p ProtectSystem=strict -- "writable:$base/svdirs-d=ok" "writable:$base=E*"
        common=()
        same -p "${kind}Directory=svdirs-d" -p ProtectSystem=strict -- "writable:$base/svdirs-d=ok" "writable:$base=EROFS"
        same -p "${kind}Directory=svdirs-d" -p ReadOnlyPaths=/ -- "writable:$base/svdirs-d=ok" "writable:$base=EROFS"
        same -p "${kind}Directory=svdirs-d" -p "${kind}Directory=" -- "env:${variable}_DIRECTORY=(unset)"
        same -p "${kind}Directory=svdirs-f:svdirs-link svdirs-f:svdirs-link2" -- "link:$base/svdirs-link=svdirs-f" \
                "link:$base/svdirs-link2=svdirs-f" "writable:$base/svdirs-link=ok" "env:${variable}_DIRECTORY=$base/svdirs-f"
        same -p "${kind}Directory=svdirs-g/below:svdirs-h/link" -- "stat:$base/svdirs-h/link/.=d0755 0 0"
        same -p DynamicUser=yes -p "${kind}Directory=svdirs-i/below:svdirs-j/link" -- "writable:$base/svdirs-i/below=ok" \
                "writable:$base/svdirs-j/link=ok"
        if [ "$kind" = Runtime ]; then
                check 'RuntimeDirectory: gone afterwards' '' "$(find /run -maxdepth 1 -name 'svdirs*')"
        else
                check "${kind}Directory: stays" probe "$(cat "$base/svdirs-e/below/kept")"
                same -p User=games -p "${kind}Directory=svdirs-e/below" -- "cat:$base/svdirs-e/below/kept=probe*"
        fi
        remove_all
        check_run "${kind}Directory: an absolute path is refused" 2 "$SVRUN" -p "${kind}Directory=/svdirs" true
        check_match "${kind}Directory: the message names it" "${kind}Directory=: .*/svdirs" "$said"
        check_run "${kind}Directory: a way out is refused" 2 "$SVRUN" -p "${kind}Directory=../svdirs" true
done

# They are there, too, where the unit covers their place.
common=(-p "BindReadOnlyPaths=$PROBE")
same -p TemporaryFileSystem=/var:ro -p StateDirectory=svdirs-d -- put:/var/lib/svdirs-d/file=ok writable:/var/lib=EROFS
check 'what was written there stays' probe "$(cat /var/lib/svdirs-d/file)"
same -p TemporaryFileSystem=/var -p DynamicUser=yes -p StateDirectory=svdirs-d -- cat:/var/lib/svdirs-d/file=probe* \
        put:/var/lib/svdirs-d/file=ok
common=()
remove_all

# The owner of what is there changes with the user, also below.
mkdir -p /var/lib/svdirs-d/deep && echo content >/var/lib/svdirs-d/deep/file && chown -R daemon:daemon /var/lib/svdirs-d
same -p User=games -p StateDirectory=svdirs-d -- "stat:/var/lib/svdirs-d/deep/file=-0644 $uid $gid" put:/var/lib/svdirs-d/deep/file=ok
remove_all

# --- ConfigurationDirectory= stays with root
common=(-p User=games)
same -- 'env:CONFIGURATION_DIRECTORY=(unset)' stat:/etc/svdirs-c=ENOENT
same -p ConfigurationDirectory=svdirs-c -- env:CONFIGURATION_DIRECTORY=/etc/svdirs-c 'stat:/etc/svdirs-c=d0755 0 0' \
        writable:/etc/svdirs-c=EACCES
common=()
same -p ConfigurationDirectory=svdirs-c -p ConfigurationDirectoryMode=0700 -p ProtectSystem=strict -- 'stat:/etc/svdirs-c=d0700 0 0' \
        writable:/etc/svdirs-c=EROFS
check_run 'ConfigurationDirectory: no links' 2 "$SVRUN" -p ConfigurationDirectory=svdirs-c:svdirs-l true
remove_all

# --- RuntimeDirectoryPreserve=
for preserve in yes restart; do
        same -p RuntimeDirectory=svdirs-p -p RuntimeDirectoryPreserve=$preserve -- put:/run/svdirs-p/file=ok
        [ $preserve = yes ] && wanted=probe || wanted=
        check "RuntimeDirectoryPreserve=$preserve" "$wanted" "$(cat /run/svdirs-p/file 2>/dev/null)"
        remove_all
done
# What was there before the run is not the run's to remove... nor is it in the way.
mkdir -p /run/svdirs-p && : >/run/svdirs-p/before
same -p RuntimeDirectory=svdirs-p -- read:/run/svdirs-p/before=empty
remove_all
# A directory of two runs stays until the last one ends.
"$SVRUN" -P -p RuntimeDirectory=svdirs-p -- "$PROBE" put:/run/svdirs-p/first sleep:30000 >"$scratch/out" &
first=$!
own $first
within 10 grep -qs put "$scratch/out"
same -p RuntimeDirectory=svdirs-p -- read:/run/svdirs-p/first=ok
check 'what another run needs stays' probe "$(cat /run/svdirs-p/first)"
kill $first
wait $first
check 'and goes with it' gone "$([ -e /run/svdirs-p ] || echo gone)"

# --- all commands of a unit have the same ones
cat >"$scratch/d.service" <<'U'
[Service]
Type=oneshot
User=games
RuntimeDirectory=svdirs-u
ExecStartPre=/bin/sh -c 'echo pre >$RUNTIME_DIRECTORY/file'
ExecStart=/bin/cat /run/svdirs-u/file
ExecStopPost=/bin/cat /run/svdirs-u/file
U
check_run 'one directory for all commands' 0 "$SVRUN" --unit "$scratch/d.service"
check 'to the last' $'pre\npre' "$output"
check 'then it goes' gone "$([ -e /run/svdirs-u ] || echo gone)"

# --- what cannot be made
: >/var/lib/svdirs-file
check_run 'a file in the way is status 238' 238 "$SVRUN" -p StateDirectory=svdirs-file touch "$scratch/ran"
check_match 'the message names directive and path' '^svrun: StateDirectory=: .*/var/lib/svdirs-file' "$said"
: >/var/cache/svdirs-file && : >/var/log/svdirs-file && : >/etc/svdirs-file && : >/run/svdirs-file
check_run 'CacheDirectory: 239' 239 "$SVRUN" -p CacheDirectory=svdirs-file touch "$scratch/ran"
check_run 'LogsDirectory: 240' 240 "$SVRUN" -p LogsDirectory=svdirs-file touch "$scratch/ran"
check_run 'ConfigurationDirectory: 241' 241 "$SVRUN" -p ConfigurationDirectory=svdirs-file touch "$scratch/ran"
check_run 'RuntimeDirectory: 233' 233 "$SVRUN" -p RuntimeDirectory=svdirs-file touch "$scratch/ran"
check 'the file in the way stays' here "$([ -e /run/svdirs-file ] && echo here)"
check 'the command was not executed' gone "$([ -e "$scratch/ran" ] || echo gone)"
finish
