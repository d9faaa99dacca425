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
        2 | 216 | 217)
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

# --- an ordinary user asks: their own plan, or, where they would be refused, root's
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
        program=$(reach "$SVRUN")
        for arguments in --uid=games --gid=games '-p DynamicUser=yes' '-p SupplementaryGroups=games -p StateDirectory=%N' \
                '-p PrivateUsers=full -p WorkingDirectory=~' '-p ReadOnlyPaths=%t -p ReadOnlyPaths=%h' '--json --uid=games'; do
                # shellcheck disable=SC2086 # the arguments are words
                expected=$("$SVRUN" --explain $arguments true 2>/dev/null)
                # shellcheck disable=SC2086
                run as_user env -u XDG_RUNTIME_DIR "$program" --explain $arguments true
                check "$arguments: status" 0 "$status"
                check "$arguments: root's plan" "$expected" "$output"
                check_match "$arguments: the reason" '^svrun: [A-Za-z]*=.*(an ordinary user|only root|%t needs)' "$said"
                check_match "$arguments: whose plan it is" 'an ordinary user is refused that; shown is what root would get' "$said"
        done
        run as_user "$program" --explain --quiet --uid=games true
        check_match 'said with --quiet, too' 'what root would get' "$said"
        run as_user "$program" --explain -p PrivateTmp=yes true
        check_match "the user's own plan: the user namespace is first" 'unshare user .*unshare mnt ' "$output"
        check 'without a word' '0:' "$status:$said"
        check_run 'what root cannot have either' 226 as_user "$program" --explain --uid=games -p TemporaryFileSystem=/ true
        check 'is shown to nobody' '' "$output"
        check_run 'a user that is not there' 217 as_user "$program" --explain -p User=svtest-none true
else
        skip 'the plans of an ordinary user' 'needs root and setpriv'
fi
finish
