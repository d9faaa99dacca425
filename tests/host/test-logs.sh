#!/bin/bash
# Protects the way of a message from stock programs through svlogd to svctl logs: in a mount namespace
# with its own /run and /dev, so that the machine's own log is left alone.
if [ -z "${LOGS_INSIDE:-}" ] && [ "$(id -u)" = 0 ]; then
        LOGS_INSIDE=yes exec unshare --mount --propagation private bash "$0"
fi
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"

need_root
mkdir "$scratch/dev" "$scratch/var"
mount -t tmpfs tmpfs "$scratch/dev"
for node in null full; do
        touch "$scratch/dev/$node" && mount --bind "/dev/$node" "$scratch/dev/$node"
done
mkdir "$scratch/dev/pts"
mount --bind /dev/pts "$scratch/dev/pts" # for script(1)
ln -s pts/ptmx "$scratch/dev/ptmx"
mount --rbind "$scratch/dev" /dev
mount -t tmpfs tmpfs /run
printf '[Log]\nRuntimeUnitMaxSize=128K\nRateLimitBurst=0\nStorag=x\n' >"$scratch/log.conf"
"$SVLOGD" --config="$scratch/log.conf" --persistent="$scratch/var" 2>"$scratch/said" &
own $!
within 5 test -S /run/systemd/journal/stdout || failed 'svlogd starts' "$(cat "$scratch/said")"
within 5 test -L /dev/log

check_match 'a wrong setting is said' 'did you mean Storage=' "$(cat "$scratch/said")"
check_run 'a second one does not start' 1 "$SVLOGD" --config="$scratch/log.conf"
check_match 'and says why' 'another svlogd runs' "$said"

# shows ARGUMENT...: what svctl logs prints, without the time, and the PIDs as N.
shows() { "$SVCTL" logs --no-pager "$@" | sed -E 's/^[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} //; s/\[[0-9]+\]:/[N]:/'; }
has() { shows "$@" | grep -qF "$last"; }

logger -t me 'through /dev/log'
last='through /dev/log' && within 5 has
check 'logger' 'me[N]: through /dev/log' "$(shows | sed -n 's/^[^ ]* //; /through/p')"

if command -v systemd-cat >/dev/null; then
        printf 'one\n<3>two\n\033[31mred\nno end' | systemd-cat -t cat -p notice
        last='no end' && within 5 has
        check 'systemd-cat' "$(printf 'cat[N]: %s\n' one two '\x1b[31mred' 'no end')" \
                "$(shows | sed -n 's/^[^ ]* //; /^cat/p')"
        check 'only errors' 'cat[N]: two' "$(shows -p err | sed 's/^[^ ]* //')"
else
        skip systemd-cat 'systemd-cat is not installed'
fi
printf 'MESSAGE=native\nSYSLOG_IDENTIFIER=n\n' >"$scratch/native"
logger --journald="$scratch/native"
last=native && within 5 has
check 'native messages' 'n[N]: native' "$(shows | sed -n 's/^[^ ]* //; /native/p')"

check 'the last lines' 1 "$(shows -n 1 | wc -l)"
check 'no lines' 0 "$(shows -n 0 | wc -l)"
check 'this boot' "$(shows)" "$(shows -b)"
check 'another boot' '' "$(shows --boot-id=00000000)"
check 'nothing of a unit that wrote nothing' '' "$(shows -u other)"
check_run 'nothing there is said' 1 "$SVCTL" logs -u other
check 'with the name' 'svctl: there are no lines of other.service' "$said"
check_run 'nothing that fits' 1 "$SVCTL" logs --until=2020-01-01
check 'is said, too' 'svctl: there are no lines that fit' "$said"
check_run 'quiet' 1 "$SVCTL" logs -q -u other
check 'prints nothing' '' "$output$said"
check 'a pattern' "$(shows)" "$(shows -u '*')"
check_run 'a pattern that nothing fits' 1 "$SVCTL" logs -u 'other*'
check 'messages alone' native "$("$SVCTL" logs -o cat -n 1)"
check 'JSON, by the other option' "$("$SVCTL" logs --json)" "$("$SVCTL" logs -o json)"
check 'all lines' "$(shows)" "$(shows -n all)"
check 'nothing before a time' '' "$(shows --until=2020-01-01)"
check 'all since a time' "$(shows)" "$(shows --since=2020-01-01)"
check 'JSON' 'native' "$("$SVCTL" logs --json | python3 -c '
import json, sys
print([json.loads(line) for line in sys.stdin][-1]["message"])')"
check_run 'a wrong priority' 2 "$SVCTL" logs -p loud
to_full_disk() { "$SVCTL" logs >/dev/full; }
check_run 'a full disk is told' 1 to_full_disk

if command -v script >/dev/null; then
        paged() { PAGER=$1 TERM=xterm NO_COLOR=1 timeout 10 script -qec "$SVCTL logs" /dev/null | tr -d '\r'; }
        check 'a pager' "$("$SVCTL" logs)" "$(paged cat)"
        check 'a pager that is not there' "$("$SVCTL" logs)" "$(paged /nonexistent)"
else
        skip 'a pager' 'script is not installed'
fi

"$SVCTL" logs -f >"$scratch/followed" &
own $!
within 5 grep -q native "$scratch/followed"
# 128K a unit: several times around
for ((i = 0; i < 100; i++)); do
        seq -f "number %g xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" $((i * 40)) $((i * 40 + 39)) | logger -t many
done
last='number 3999 ' && within 10 has
within 10 grep -q 'number 3999 ' "$scratch/followed"
check 'followed through rotation: all, once, in order' "$(seq 0 3999 | sha256sum)" \
        "$(sed -nE 's/.*many.*number ([0-9]+) .*/\1/p' "$scratch/followed" | sha256sum)"
size=$(du -bc /run/log/svalinn/* | tail -1 | cut -f1)
check 'the bound holds' yes "$( ((size <= 3 * 128 * 1024)) && echo yes || echo "$size")"
finish
