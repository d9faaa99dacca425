#!/bin/bash
# Protects what svinit keeps: statuses, descriptors and signals outlive every manager and a fatal signal in svinit itself.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
need_tool unshare python3
export FAKE_DIR=$scratch/fake
log=$FAKE_DIR/log

# begin PREFIX... -- ARGUMENT...: starts svinit, as `unshare ... svinit` or as it is; sets init_pid.
begin() {
        local prefix=()
        while [ "$1" != -- ]; do
                prefix+=("$1")
                shift
        done
        shift
        rm -rf "$FAKE_DIR"
        mkdir "$FAKE_DIR"
        mkfifo "$FAKE_DIR/commands"
        exec 9<>"$FAKE_DIR/commands"
        "${prefix[@]}" "$SVINIT" --manager="$FAKE_MANAGER" "$@" </dev/null 2>"$FAKE_DIR/said" 9<&- &
        init_pid=$!
        own $init_pid
}
adjacent() { begin -- --adjacent "$@"; }
# As process 1: the outer unshare is init_pid, its child svinit.
first() { begin "${namespace[@]}" -- "$@"; }
namespace=(unshare --pid --fork --kill-child --mount --mount-proc --net --uts)
do_() { echo "$*" >&9; }
# svinit itself, as seen from here.
svinit_pid() { if [ "$mode" = adjacent ]; then echo "$init_pid"; else pgrep -P "$init_pid"; fi; }
manager_pid() { pgrep -P "$(svinit_pid)" -f "$FAKE_MANAGER"; }
seen() { grep -sqE "^$1\$" "$log" 2>/dev/null; }
times() { grep -scE "^$1\$" "$log" || true; }
has_times() { [ "$(times "$2")" -ge "$1" ]; }
eventually() { if within "$2" seen "$3"; then passed "$1"; else failed "$1" "no line $3 in:" "$(tail -n 20 "$log")" "$(cat "$FAKE_DIR/said")"; fi; }
kill_manager() {
        local before
        before=$(times 'synced .*')
        kill -KILL "$(manager_pid)"
        within 10 has_times $((before + 1)) 'synced .*'
}
crash_init() {
        local signal
        for signal; do
                kill -"$signal" "$(svinit_pid)"
                sleep 0.2
        done
}
connect() { python3 -c "import socket; socket.socket(socket.AF_UNIX).connect('$scratch/$mode')"; }
# Waits for its end, and sets $? to its status.
comes_to_end() {
        within 25 ends || kill -KILL "$init_pid"
        wait "$init_pid"
}
ends() { ! kill -0 "$init_pid" 2>/dev/null; }

for mode in adjacent first; do
        $mode --hang=60 --crashes=0
        within 10 seen 'hello 1 before 0 flags . code 0 status 0' || { failed "$mode: the manager starts" "$(cat "$FAKE_DIR/said")"; continue; }
        eventually "$mode: what is kept ends with synced" 5 'synced .*'
        eventually "$mode: it is asked at once" 5 ping

        # --- statuses
        do_ spawn 'exit 7'
        eventually "$mode: a status arrives" 5 'status 1 pid .* code 1 status 7'
        do_ noack
        do_ spawn 'exit 8'
        eventually "$mode: so does the next" 5 'status 2 pid .* code 1 status 8'
        do_ spawn "echo \$PPID >$scratch/parent; kill -9 \$\$"
        eventually "$mode: a signal, too" 5 'status 3 pid .* code 2 status 9'
        do_ spawn 'sleep 0.5; exit 9'
        within 5 seen 'spawned .* sleep 0.5; exit 9'
        kill_manager
        eventually "$mode: a manager that was killed has a successor that knows it" 5 'hello 1 before 1 flags . code 2 status 9'
        check "$mode: what was acknowledged is not repeated" 1 "$(times 'status 1 .*')"
        check "$mode: what was not is" '2 2' "$(times 'status 2 .*') $(times 'status 3 .*')"
        eventually "$mode: a service that outlived its manager" 5 'status 4 pid .* code 1 status 9'
        do_ spawn '(sleep 0.3; exit 5) & exit 4'
        eventually "$mode: a service that leaves a child" 5 'status .* pid .* code 1 status 4'
        eventually "$mode: and that child" 5 'status .* pid .* code 1 status 5'

        # --- more than there is room for
        sleep 0.2
        before=$(times 'status .*')
        do_ noack
        do_ many 700
        within 20 has_times 700 'many .*'
        sleep 0.5
        check "$mode: a full table" 256 "$(($(times 'status .*') - before))"
        kill_manager
        within 20 has_times $((700 + 256 + before)) 'status .*'
        check "$mode: every status arrives" "$(sed -n 's/^many \([0-9]*\) \([0-9]*\)$/\1 \2/p' "$log" | sort -u)" \
                "$(sed -n 's/^status .* pid \([0-9]*\) code 1 status \([0-9]*\)$/\1 \2/p' "$log" |
                        grep -xFf <(sed -n 's/^many \([0-9]*\) \([0-9]*\)$/\1 \2/p' "$log") | sort -u)"
        check "$mode: no zombie is left" 0 "$(pgrep -c -r Z -P "$(svinit_pid)")"

        # --- descriptors
        do_ store "5 unit.service/one $scratch/one"
        do_ store "6 unit.service/two $scratch/two"
        do_ store "5 unit.service/three $scratch/three"
        do_ listen "$scratch/$mode"
        do_ remove 6
        do_ remove 600
        within 5 has_times 4 'stored 0'
        check_run "$mode: a client connects" 0 connect
        kill_manager
        eventually "$mode: a descriptor under its number and name, the last one" 5 'fd 5 unit.service/three open'
        check "$mode: what was replaced is gone" 0 "$(times 'fd 5 unit.service/one .*')"
        check "$mode: what was removed is gone" 0 "$(times 'fd 6 .*')"
        eventually "$mode: a listener" 5 'fd 77 listener open'
        check_run "$mode: connections find it while there is no manager's" 0 connect

        # --- signals
        do_ notaken
        within 5 seen 'command notaken'
        kill -HUP "$(svinit_pid)"
        kill -s RTMIN+5 "$(svinit_pid)"
        eventually "$mode: a signal is passed on" 5 'signal 1'
        eventually "$mode: so are those of systemd(1)" 5 'signal 39'
        kill_manager
        check "$mode: until it is taken" 2 "$(times 'signal 1')"
        kill_manager
        check "$mode: and no longer" 2 "$(times 'signal 1')"

        # --- a fatal signal in svinit
        before=$(manager_pid)
        do_ noack
        do_ spawn 'exit 250'
        within 5 seen 'status .* status 250'
        do_ spawn 'sleep 1; exit 251'
        within 5 seen 'spawned .* sleep 1; exit 251'
        synced=$(times 'synced .*')
        handed=$(times 'fd 5 unit.service/three open')
        crash_init SEGV BUS ABRT ILL
        eventually "$mode: svinit gets fatal signals; a status from meanwhile" 5 'status .* status 251'
        check "$mode: the manager is the same" "$before" "$(manager_pid)"
        check "$mode: and has noticed nothing" "$synced 1" "$(times 'synced .*') $(times 'status .* status 250')"
        kill_manager
        check "$mode: what was kept is still there" "$((handed + 1)) 2" "$(times 'fd 5 unit.service/three open') $(times 'status .* status 250')"
        check_run "$mode: also the listener" 0 connect
        # the standard streams, state, program, signals, manager, and two that are kept
        check "$mode: no descriptor is left over" 9 "$(find "/proc/$(svinit_pid)/fd" -type l | wc -l)"

        # --- wrong messages
        for kind in 0 1 2 3 4 5 6 7 8 9 10; do
                wanted=$(($(times 'hello .*') + 1))
                do_ garbage $kind
                within 20 has_times $wanted 'hello .*'
                check_match "$mode: a wrong message of kind $kind" 'flags (8|9|10|11) code 2 status 9$' "$(grep ^hello "$log" | tail -n 1)"
        done
        wanted=$(($(times 'hello .*') + 1))
        do_ close
        within 20 has_times $wanted 'hello .*'
        check_match "$mode: a closed socket" 'flags (0|1|2|3) code 2 status 9$' "$(grep ^hello "$log" | tail -n 1)"
        # --- the end
        do_ spawn "trap '' TERM; echo \$\$ >$scratch/deaf; while :; do sleep 60.25; done"
        do_ spawn 'sleep 61.25 & sleep 61.25 & wait'
        within 5 pgrep -xf 'sleep 60.25' >/dev/null
        do_ final 5
        check "$mode: the end comes" 0 "$(within 25 ends; echo $?)"
        wait "$init_pid"
        check "$mode: with its status" 0 $?
        check "$mode: and leaves no process" '' "$(pgrep -xf 'sleep 6[01].25')"
done

# --- a manager that is asked only when something waits for it, and one that answers no more
mode=adjacent
adjacent --hang=2
within 10 seen 'synced .*'
sleep 2.5
before=$(times ping)
sleep 2.5
check 'an idle manager is not asked for a sign of life' 0 "$(($(times ping) - before))"
do_ spawn 'exit 7'
check_run 'one that has something to do is' 0 within 3 has_times $((before + 1)) ping
do_ spawn 'sleep 0.5; exit 8'
within 5 seen 'spawned .* sleep 0.5; exit 8'
do_ hang
eventually 'a hang is aborted, and the next manager is told' 10 'hello 1 before 1 flags 6 code [23] status 6'
kill -TERM "$init_pid"
eventually 'svinit leaves its own SIGTERM to the manager' 5 'signal 15'
do_ final 5
within 15 ends

# --- managers that fail to start, and too many of them
export FAKE_DIES=yes
for mode in adjacent first; do
        began=$(date +%s%N)
        $mode --crashes=4
        comes_to_end
        status=$?
        took=$((($(date +%s%N) - began) / 1000000))
        check "$mode: after the fourth failure svinit gives up" 4 "$(grep -c 'has ended with status 3' "$FAKE_DIR/said")"
        check "$mode: and waits longer after each: 200, 400 and 800 ms" yes "$([ $took -ge 1400 ] && [ $took -lt 6000 ] && echo yes || echo "$took ms")"
        # unshare passes on what reboot(2) does to a PID namespace
        if [ $mode = adjacent ]; then check "$mode: it fails" 1 $status; else check "$mode: it reboots" 129 $status; fi
done
first --crashes=2 --after-crashes=poweroff
comes_to_end
check 'it powers off' 130 $?
unset FAKE_DIES

# --- after its start it allocates nothing: neither do its own files call what does, nor grows its memory
mode=adjacent
if command -v strace >/dev/null; then
        adjacent --hang=60 --crashes=0
        within 10 seen 'synced .*'
        strace -o "$scratch/trace" -p "$init_pid" 2>/dev/null &
        tracer=$!
        own $tracer
        within 5 test -s "$scratch/trace"
        do_ many 300
        do_ store "5 a $scratch/one"
        do_ spawn 'exit 3'
        within 10 seen 'status .* status 3'
        kill_manager
        eventually 'under strace it works' 5 'fd 5 a open'
        do_ final 5
        within 15 ends
        wait $tracer
        check 'it asks the kernel for no memory' '' "$(grep -E '^(brk|mmap|mremap)\(' "$scratch/trace")"
        check_match 'the trace is one of its work' 'waitid' "$(grep -m 1 waitid "$scratch/trace")"
else
        skip 'it asks the kernel for no memory' 'strace is not installed'
fi

# --- too many fatal signals in svinit itself, and ends without the manager
for mode in adjacent first; do
        $mode --hang=60
        within 10 seen 'synced .*'
        crash_init SEGV SEGV SEGV SEGV SEGV SEGV SEGV SEGV
        check "$mode: eight fatal signals are endured" 1 "$(times 'hello .*')"
        kill -SEGV "$(svinit_pid)"
        check "$mode: the ninth is the end, in order" 0 "$(within 25 ends; echo $?)"
        wait "$init_pid"
        status=$?
        if [ $mode = adjacent ]; then check "$mode: it fails" 1 $status; else check "$mode: it reboots" 129 $status; fi
done
first
within 10 seen 'synced .*'
kill -s RTMIN+14 "$(svinit_pid)"
comes_to_end
check 'SIGRTMIN+14 powers off without the manager' 130 $?
first
within 10 seen 'synced .*'
pid=$(svinit_pid)
for _ in 1 2 3 4 5 6 7 8; do
        kill -INT "$pid"
        sleep 0.02
done
comes_to_end
check 'eight SIGINTs reboot without the manager' 129 $?

# --- process 1 with a root of its own, whose /etc cannot be written
root=$scratch/root
mkdir -p "$root"/{etc,proc,sys,dev,run,usr/lib,test}
: >"$root/etc/machine-id"
echo svinit-test >"$root/etc/hostname"
install -m 755 "$SVINIT" "$root/usr/lib/svinit"
install -m 755 "$FAKE_MANAGER" "$root/usr/lib/svmanager"
mkfifo "$root/test/commands"
exec 9<>"$root/test/commands"
# shellcheck disable=SC2016 # the inner shell expands it
FAKE_DIR=/test unshare --pid --fork --kill-child --mount --net --uts sh -c '
        mount --bind "$1" "$1" && mount --bind "$1/test" "$1/test" && mount -o remount,bind,ro "$1" &&
        cd "$1" && exec chroot . /usr/lib/svinit' sh "$root" </dev/null 2>"$scratch/said" 9<&- &
init_pid=$!
own $init_pid
mode=first
log=$root/test/log
eventually 'the manager is found beside svinit' 10 'synced .*'
inside=/proc/$(svinit_pid)/root
# shellcheck disable=SC2012
check 'it mounts what is missing' 'cgroup2 devtmpfs proc sysfs tmpfs' \
        "$(awk '$5 ~ "^/(proc|sys|dev|run|sys/fs/cgroup)$" { for (i = 7; i <= NF; i++) if ($i == "-") print $(i + 1) }' "/proc/$(svinit_pid)/mountinfo" | sort -u | tr '\n' ' ' | sed 's/ $//')"
check_match 'it makes a machine id' '^[0-9a-f]{12}4[0-9a-f]{19}$' "$(cat "$inside/etc/machine-id")"
check 'the file below stays empty' '' "$(cat "$root/etc/machine-id")"
check 'it sets the host name' svinit-test "$(nsenter --uts --target "$(svinit_pid)" uname -n)"
check_match 'it brings loopback up' 'UP' "$(nsenter --net --target "$(svinit_pid)" ip -br link show lo)"
do_ final 2
comes_to_end
check 'the container powers off' 130 $?
finish
