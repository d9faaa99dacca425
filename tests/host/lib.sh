# shellcheck shell=bash
# What the host tests share. A test begins with
#
#     . "$(dirname "$0")/lib.sh"
#
# and ends with "finish"; one that ends before that has failed. A check prints "ok NAME" or
# "FAIL NAME", and the sums are the last line. Whatever a test makes through these functions
# (directories, mounts below them, processes) is gone afterwards, however the test ends.
#
# The environment names the programs of the build: SVRUN, PROBE.
set -uo pipefail

cases_passed=0 cases_failed=0 cases_skipped=0
finished=
owned_pids=()

# A directory of the test's own, with room for scratch files. Sandboxes hide /tmp and /home, so as
# root it is in /var/lib; everybody may look into it.
if [ "$(id -u)" = 0 ]; then
        scratch=$(mktemp -d /var/lib/svalinn-test.XXXXXX)
else
        scratch=$(mktemp -d)
fi
chmod 755 "$scratch"

clean_up() {
        local pid mount
        for pid in "${owned_pids[@]}"; do
                kill -KILL "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
        done
        # Innermost mounts first.
        awk -v below="$scratch/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | tac |
                while read -r mount; do
                        umount -l "$mount"
                done
        rm -rf --one-file-system "$scratch"
}

leave() {
        local status=$?
        trap - EXIT
        clean_up
        if [ -z "$finished" ]; then
                echo "FAIL the test ended early, with status $status"
                cases_failed=$((cases_failed + 1))
        fi
        echo "cases: $cases_passed passed, $cases_failed failed, $cases_skipped skipped"
        [ $cases_failed -eq 0 ] || exit 1
        [ $cases_passed -gt 0 ] || exit 77
        exit 0
}
trap leave EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The last line of every test.
finish() {
        finished=yes
        exit 0
}

passed() {
        echo "ok $1"
        cases_passed=$((cases_passed + 1))
}

# failed NAME TEXT...
failed() {
        echo "FAIL $1"
        shift
        printf '    %s\n' "$@"
        cases_failed=$((cases_failed + 1))
}

# skip NAME REASON: one case that cannot be tried here.
skip() {
        echo "skipped: $1: $2"
        cases_skipped=$((cases_skipped + 1))
}

# skip_all REASON: nothing more of this test can be tried here.
skip_all() {
        skip "$(basename "$0" .sh)" "$1"
        finish
}

need_root() { [ "$(id -u)" = 0 ] || skip_all "needs root"; }

# need_tool TOOL...
need_tool() {
        local tool
        for tool; do
                command -v "$tool" >/dev/null || skip_all "$tool is not installed"
        done
}

# check NAME EXPECTED ACTUAL
check() {
        if [ "$2" = "$3" ]; then
                passed "$1"
        else
                failed "$1" "expected: $2" "got:      $3"
        fi
}

# check_not NAME UNEXPECTED ACTUAL
check_not() {
        if [ "$2" != "$3" ]; then
                passed "$1"
        else
                failed "$1" "should not be: $3"
        fi
}

# check_match NAME REGULAR-EXPRESSION ACTUAL
check_match() {
        if [[ $3 =~ $2 ]]; then
                passed "$1"
        else
                failed "$1" "expected a match of: $2" "got: $3"
        fi
}

# check_run NAME STATUS COMMAND...: runs it and looks at its exit status. What it printed is in
# $output and $said (standard error).
check_run() {
        local name=$1 wanted=$2
        shift 2
        run "$@"
        if [ "$status" = "$wanted" ]; then
                passed "$name"
        else
                failed "$name" "expected status $wanted, got $status" "stdout: $output" "stderr: $said"
        fi
}

# run COMMAND...: sets $status, $output, $said. A command that reads standard input gets none.
run() {
        status=0
        "$@" >"$scratch/.stdout" 2>"$scratch/.stderr" </dev/null || status=$?
        output=$(tr -d '\0' <"$scratch/.stdout")
        said=$(tr -d '\0' <"$scratch/.stderr")
}

# own PID...: ended when the test is.
own() { owned_pids+=("$@"); }

# as_user COMMAND...: as an ordinary user who has no account, no groups and no capabilities.
as_user() {
        if [ "$(id -u)" = 0 ]; then
                setpriv --reuid=65533 --regid=65533 --clear-groups --inh-caps=-all -- "$@"
        else
                "$@"
        fi
}

# within SECONDS COMMAND...: tries the command until it succeeds; fails when the time is over.
within() {
        local end=$((SECONDS + $1))
        shift
        until "$@"; do
                [ $SECONDS -lt $end ] || return 1
                sleep 0.05
        done
}

# Programs that every user of every sandbox can reach: a build tree may lie in a private home.
# reach PROGRAM: prints the path of a copy.
reach() {
        mkdir -p "$scratch/bin" && install -m 755 "$1" "$scratch/bin/" && echo "$scratch/bin/${1##*/}"
}

# sandbox [SVRUN-ARGUMENT]... -- VERB...: runs the probe in a sandbox. The answers are in $output,
# what was said in $said, the exit status in $status.
sandbox() {
        local arguments=()
        while [ $# -gt 0 ] && [ "$1" != -- ]; do
                arguments+=("$1")
                shift
        done
        shift
        run "$SVRUN" "${arguments[@]}" -- "$PROBE" "$@"
}

# answer KEY: what the probe answered, "(no answer)" when it did not.
answer() {
        local line
        while IFS= read -r line; do
                if [ "${line:0:$((${#1} + 1))}" = "$1=" ]; then
                        printf '%s\n' "${line:$((${#1} + 1))}"
                        return
                fi
        done <<<"$output"
        echo "(no answer)"
}

# expect NAME KEY EXPECTED: checks an answer, and shows what was said when there is none.
expect() {
        local got
        got=$(answer "$2")
        if [ "$got" = "$3" ]; then
                passed "$1"
        else
                failed "$1" "expected: $2=$3" "got:      $2=$got" "status $status, stderr: $said"
        fi
}

# expect_match NAME KEY REGULAR-EXPRESSION
expect_match() {
        local got
        got=$(answer "$2")
        if [[ $got =~ $3 ]]; then
                passed "$1"
        else
                failed "$1" "expected a match of: $2=$3" "got: $2=$got" "status $status, stderr: $said"
        fi
}

# What the sandboxes of on_off and same have in common.
common=()

# For the two below: the arguments of svrun, the questions after "--", and their verbs.
split_questions() {
        local wanted
        arguments=() verbs=()
        while [ $# -gt 0 ] && [ "$1" != -- ]; do
                arguments+=("$1")
                shift
        done
        shift
        questions=("$@")
        for wanted; do
                wanted=${wanted%%=*}
                verbs+=("${wanted%%#*}")
        done
}

# answer_to VERB[#PART]=...: from the last sandbox.
answer_to() {
        local key=${1%%=*}
        answer "${key/\#/.}"
}

# same ARGUMENT... -- VERB[#PART]=ANSWER...: asks the probe in a sandbox with these arguments of
# svrun; each answer has to match the pattern ANSWER.
same() {
        local arguments verbs questions question got
        split_questions "$@"
        sandbox "${common[@]}" "${arguments[@]}" -- "${verbs[@]}"
        for question in "${questions[@]}"; do
                got=$(answer_to "$question")
                # shellcheck disable=SC2053 # a pattern is meant
                if [[ $got == ${question#*=} ]]; then
                        passed "${arguments[*]}: ${question%%=*}"
                else
                        failed "${arguments[*]}: ${question%%=*}" "expected: ${question#*=}" \
                                "got:      $got" "status $status, stderr: $said"
                fi
        done
}

# on_off: the same, and without the arguments no answer may match: a question that cannot tell the
# two apart shows nothing.
on_off() {
        local arguments verbs questions question got
        same "$@"
        split_questions "$@"
        sandbox "${common[@]}" -- "${verbs[@]}"
        for question in "${questions[@]}"; do
                got=$(answer_to "$question")
                # shellcheck disable=SC2053 # a pattern is meant
                if [[ $got == ${question#*=} ]] || [ "$got" = '(no answer)' ]; then
                        failed "${arguments[*]}: ${question%%=*} otherwise" "without it: $got" \
                                "status $status, stderr: $said"
                fi
        done
}

# Where the control groups of version 2 are mounted, nothing if they are not.
cgroup2() { awk '$4 == "/" && / - cgroup2 / { print $5; exit }' /proc/self/mountinfo; }

# What is in /run/svalinn, or a control group, and belongs to no living run; those hold a lock on their records.
left_by_runs() {
        local path lock id
        while read -r path; do
                lock=$path
                [[ $path =~ [0-9a-f]{16} ]] && id=${BASH_REMATCH[0]} && lock=/run/svalinn/runs/$id
                [ -e "$lock" ] && ! flock --nonblock "$lock" true && continue
                [ -e "$path" ] && echo "$path" # else it went meanwhile
        done < <(
                find /run/svalinn -mindepth 1 ! -path /run/svalinn/runs ! -path /run/svalinn/dynamic-uid 2>/dev/null | sort
                find "$(cgroup2)" -type d -name 'svrun-*' 2>/dev/null
        )
}

# What sandboxes could leave behind on the host: mounts, cgroups, directories of state and of
# temporary files. Compare two snapshots with check.
host_snapshot() {
        cut -d ' ' -f 4- /proc/self/mountinfo | grep -vF " $scratch" | sort
        find /sys/fs/cgroup -xdev -type d 2>/dev/null | sort
        find /tmp /var/tmp /run /var/lib /var/cache /var/log /etc -maxdepth 1 \
                ! -path "$scratch" -printf '%p\n' 2>/dev/null | grep -E 'svalinn|systemd-private|/private$|svrun' | sort
}
