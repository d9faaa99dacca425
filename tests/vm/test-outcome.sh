#!/bin/bash
# Protects the answer to "how did the machine end": each way has its word and exit status, and nothing is left.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
mark=svtest-vm-$$
marked=(--qemu=-name "--qemu=$mark")
emulators() { pgrep -cf -- "-name $mark"; }
no_emulator() { [ "$(emulators)" = 0 ]; }
some_emulator() { ! no_emulator; }
# Whatever it makes besides the cache would be there.
export TMPDIR=$scratch/tmp
mkdir -m 1777 "$TMPDIR"

# shellcheck disable=SC2016 # the shell in the machine expands it
check_vm 'an exit status' exit:7 -- sh -c 'echo out; echo err >&2; [ -t 1 ] || echo pipe; cat; echo $$ >/tmp/x; exit 7'
check 'is that of run.py' 7 "$status"
echo "from power on to the verdict: ${said##* after }"
check 'standard output' 'out pipe' "$(paste -sd ' ' <<<"$output")"
check 'standard error, and nothing of the console' err "$(head -n -1 <<<"$said")"
# shellcheck disable=SC2016
check_vm 'a signal' exit:143 -- sh -c 'seq 20000; kill $$'
check 'and all of much output' "$(seq 20000 | cksum)" "$(cksum <<<"$output")"

check_vm 'a panic' panic -- sh -c 'echo c >/proc/sysrq-trigger'
check 'its status' 251 "$status"
check_match 'its reason' 'panic \(Kernel panic - not syncing: sysrq triggered crash\)' "$said"
check_vm 'a restart' reboot -- reboot -f
check 'its status' 252 "$status"
check_vm 'switched off' poweroff -- poweroff -f
check 'its status' 253 "$status"

check_vm 'a hang' timeout "${marked[@]}" --timeout 4 -- sleep 1000
check 'its status' 250 "$status"
check 'the emulator is gone' 0 "$(emulators)"
for signal in TERM KILL; do
        "$vm_run" --build "$VM_BUILD" "${marked[@]}" -- sleep 1000 >/dev/null 2>&1 &
        own $!
        within 20 some_emulator || failed "the emulator starts" "it did not within 20 s"
        kill -$signal $!
        wait $! 2>/dev/null
        within 5 no_emulator
        check "SIG$signal ends the emulator" 0 "$(emulators)"
done
check 'no files are left' '' "$(ls "$TMPDIR")"

if ! as_user test -x "$vm_run" -a -r "$VM_BUILD/tests/vm/vm-agent"; then
        skip 'as an ordinary user' 'the checkout lies where other users cannot look'
else
        # The caller's cache may lie in a private home.
        cp -al "${XDG_CACHE_HOME:-$HOME/.cache}/svalinn" "$scratch/" 2>/dev/null || cp -a "${XDG_CACHE_HOME:-$HOME/.cache}/svalinn" "$scratch/"
        check_as_user() { check_run 'as an ordinary user: a status' 3 as_user env XDG_CACHE_HOME="$scratch" HOME=/nonexistent "$vm_run" --build "$VM_BUILD" "$@"; }
        check_as_user -- sh -c 'stat -c %u:%g /usr/bin/svrun /usr/bin/busybox; exit 3'
        check 'and files that belong to root' '0:0 0:0' "$(paste -sd ' ' <<<"$output")"
fi

for wrong in '' '--as-init nosuch' '--add /nosuch -- true' '--module nosuch -- true' '--as-init sh --script x' \
        '--collect /x -- true' '--build /nosuch -- true' '--surprise -- true'; do
        # shellcheck disable=SC2086 # words are meant
        check_run "a wrong command line: $wrong" 2 "$vm_run" $wrong
done
finish
