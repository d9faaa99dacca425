#!/bin/bash
# Protects the reading of real units: all services of this machine, and of the directory that
# SVALINN_CORPUS names, can be planned, or are refused for a reason that is theirs.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"

[ -n "${SVRUN:-}" ] || skip_all "SVRUN names no program"
[ -d /lib/systemd/system ] || skip_all "there are no units"

# Templates are read as one of their instances.
explain() {
        local name=${1##*/}
        case $name in
        *@.service)
                SYSTEMD_UNIT_PATH=$(dirname "$1") run "$SVRUN" --explain --unit "${name/@./@svalinn.}"
                ;;
        *)
                run "$SVRUN" --explain --unit "$1"
                ;;
        esac
}

# What systemd would refuse, too, or needs what is not installed here.
refused='is masked|no ExecStart=; there is nothing to run|there is no (user|group)'

planned=0
while read -r unit; do
        explain "$unit"
        case $status in
        0)
                planned=$((planned + 1))
                check "a plan of $unit" "" "$(grep -vE '^[a-z-]+.* \[[A-Za-z]+\]$|^# Exec|^$' <<<"$output")"
                ;;
        2 | 217)
                check_match "$unit is refused for a reason" "$refused" "$said"
                ;;
        *)
                failed "$unit" "status $status" "$said"
                ;;
        esac
        [ "$(grep -c 'left to a supervisor' <<<"$said")" -le 1 ] ||
                failed "$unit: one line for what a supervisor would do" "$said"
done < <(find -L /lib/systemd/system ${SVALINN_CORPUS:+"$SVALINN_CORPUS"} \( -type f -o -type c \) -name '*.service' | sort -u)

check_not "some could be planned" 0 "$planned"
finish
