#!/bin/bash
# Protects the host tests from themselves: a check that fails, a test that ends early, and one that
# shellcheck disable=SC2016 # the inner tests expand their own variables
# skips everything must be seen as such, and nothing that a test made may stay.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
lib=$(realpath "$(dirname "$0")/lib.sh")

# inner TEXT: runs TEXT as a test of its own; its last line and exit status.
inner() {
        printf '. "%s"\n%s\n' "$lib" "$1" >"$scratch/inner.sh"
        run bash "$scratch/inner.sh"
        summary="${output##*$'\n'}, $status"
}

inner 'check a 1 1; finish'
check 'a passed check' 'cases: 1 passed, 0 failed, 0 skipped, 0' "$summary"
inner 'check a 1 1; check b 1 2; finish'
check 'a failed check' 'cases: 1 passed, 1 failed, 0 skipped, 1' "$summary"
inner 'check a 1 1; exit 0'
check 'an early end' 'cases: 1 passed, 1 failed, 0 skipped, 1' "$summary"
inner 'check a 1 1; kill -TERM $$; finish'
check 'an end by a signal' 'cases: 1 passed, 1 failed, 0 skipped, 1' "$summary"
inner 'skip_all "no reason"; check a 1 2'
check 'all skipped' 'cases: 0 passed, 0 failed, 1 skipped, 77' "$summary"
check_match 'the reason is named' 'skipped: inner: no reason' "$output"
inner 'check_not a 1 1; check_match b "^x" yx; check_run c 0 false; finish'
check 'each kind of check can fail' 'cases: 0 passed, 3 failed, 0 skipped, 1' "$summary"
inner 'output=$(printf "a=1\nab=2\n"); status=0 said=; expect a ab 2; expect b a 2; expect c b 2; finish'
check 'answers are told apart' 'cases: 1 passed, 2 failed, 0 skipped, 1' "$summary"

inner 'sleep 100 & own $!; echo "pid=$!"; echo "dir=$scratch"; passed a; finish'
check 'the directory of a test goes' 'gone' "$([ -e "$(answer dir)" ] || echo gone)"
check 'the processes of a test go' 'gone' "$([ -e "/proc/$(answer pid)" ] || echo gone)"
if [ "$(id -u)" = 0 ]; then
        inner 'mkdir "$scratch/m"; mount -t tmpfs none "$scratch/m"; mount -t tmpfs none "$scratch/m"
echo "dir=$scratch"; exit 1'
        check 'the mounts of a test go' '' "$(grep -F "$(answer dir)" /proc/self/mountinfo)"
        run as_user id -u
        check 'as_user is an ordinary user' 65533 "$output"
        run as_user "$PROBE" caps
        expect 'as_user has no capabilities' caps.eff 0
else
        skip 'mounts, users' 'needs root'
fi
finish
