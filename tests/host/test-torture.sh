#!/bin/bash
# Protects what no kill may cost: 100 services of all types run while svmanager and svinit die at random instants and clients
# talk. No service, status, restart, notification, descriptor, connection or line of the log is lost.
#
#     test-torture.sh [--rounds N] [--share N] [--victims "svmanager svlogd svinit"]
#
# --share N divides the number of services and slows them down. svlogd is no victim unless it is named: killed at the same
# time as the manager it loses a connection now and then, see docs/PLAN.md; alone, test-svlogd-crash kills it.
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
rounds=60 share=1 victims="svmanager svinit"
while [ $# -ge 2 ]; do
        case $1 in
        --rounds) rounds=$2 ;;
        --share) share=$2 ;;
        --victims) victims=$2 ;;
        esac
        shift 2
done
EXECUTOR=$SVEXEC
manager_needs

# What it runs has its place in the file system, as on a machine.
mkdir -p "$scratch/etc" "$scratch/lib"
cp "$SVLOGD" "$scratch/bin/"
cp "$TORTURE" "$scratch/bin/torture"
printf '[Log]\nRuntimeUnitMaxSize=64M\nRuntimeMaxSize=1G\nRateLimitBurst=0\nReadKMsg=no\n' >"$scratch/etc/torture-log.conf"
check_run 'units are written' 0 "$TORTURE" prepare "$units" "$share"
printf '[Unit]\nDefaultDependencies=no\nRequires=torture.target\nAfter=torture.target\n' >"$units/default.target"
target poweroff.target

cat >"$scratch/begin.sh" <<END
mkdir -p /usr/lib/svalinn /etc/svalinn
ln -s $scratch/bin/svlogd /usr/lib/svalinn/svlogd
ln -s $scratch/etc/torture-log.conf /etc/svalinn/torture-log.conf
ln -s $scratch/bin/torture $scratch/bin/svctl /usr/bin/
export SYSTEMD_UNIT_PATH=$units
exec $scratch/bin/svinit --crashes=0
END
"$CONTAINER" --bind "$scratch" run "$name" sh "$scratch/begin.sh" >"$log" 2>&1 </dev/null &
running=$!
own "$running"
within 20 inside test -e "$records" 2>/dev/null || failed 'the manager starts' "$(cat "$log")"

# shellcheck disable=SC2086 # words
inside torture run "$rounds" "$share" $victims >"$scratch/judged" 2>&1
while read -r line; do
        case $line in
        'ok - '*) passed "${line#ok - }" ;;
        'FAIL - '*) failed "${line#FAIL - }" "$(grep -E 'svinit|cannot|record|unusable' "$log" | tail -n 5)" ;;
        *) echo "  $line" ;;
        esac
done <"$scratch/judged"
check_match 'all was judged' '^torture: [0-9]+ checks' "$(tail -n 1 "$scratch/judged")"
check 'nothing was said about records' '' "$(grep -E 'unusable|cannot begin|no message|cannot be written' "$log" | head -n 5)"
inside svctl poweroff >/dev/null 2>&1
wait "$running"
check 'the system ends' 130 $?
[ -z "${KEEP:-}" ] || cp "$log" "$scratch/judged" "$KEEP/"
finish
