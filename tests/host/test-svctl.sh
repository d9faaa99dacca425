#!/bin/bash
# Protects the verbs of svctl that talk to the manager: their words, their JSON and their exit statuses.
# shellcheck source=tests/host/lib.sh
[ "$(id -u)" != 0 ] || [ "${1:-}" = inside ] || exec unshare -m "$0" inside
. "$(dirname "$0")/lib.sh"
need_root
need_tool python3

# --- a /run of our own, and the engine with units that are no processes
mount -t tmpfs none /run && mkdir -p /run/systemd
units=$scratch/units
mkdir -p "$units/a.service.d"
printf '[Unit]\nDescription=The "first"\nRequires=b.service\nAfter=b.service\n[Service]\nExecStart=/bin/true\nExecReload=/bin/true\nMemoryMax=50M\n' >"$units/a.service"
printf '[Service]\nNice=5\n' >"$units/a.service.d/nice.conf"
printf '[Unit]\nRequires=fail.service\nAfter=fail.service\n[Service]\nExecStart=/bin/true\n' >"$units/needs.service"
for name in b slow stuck fail; do
        printf '[Service]\nExecStart=/bin/true\n' >"$units/$name.service"
done
for name in basic sysinit shutdown multi-user poweroff; do
        printf '[Unit]\nDescription=%s\n' "$name" >"$units/$name.target"
done
printf '[Unit]\nAllowIsolate=yes\n' >"$units/multi-user.target"

check_run 'without a manager' 1 "$SVCTL" status
check_match 'says so' '^svctl: the manager cannot be reached' "$said"
"$BUS_SERVER" "$units" /run/systemd/private "$units" >"$scratch/server" 2>&1 &
server=$!
own $server
within 10 grep -q ready "$scratch/server" || failed 'the server starts' "$(cat "$scratch/server")"

# --- options: each verb has its own, and a letter is that of the verb
check_run 'an option of another verb' 2 "$SVCTL" start --follow a
check 'one line, with what is right' 'svctl: option --follow does not go with "start"; "svctl start --help" lists those that do' "$said"
check_run 'before the verb, too' 2 "$SVCTL" --signal=TERM stop a
check_run 'a letter of "logs"' 2 "$SVCTL" start -f a
check_match 'is another one here' '^svctl: option --force does not go with "start"' "$said"
check_run 'a letter of "show"' 0 "$SVCTL" show -p Id b
check 'is --property there' Id=b.service "$output"
check_run 'the same letter of "logs"' 2 "$SVCTL" logs -p Id
check_match 'is --priority there' '^svctl: --priority=: "Id" is no priority' "$said"
check_run 'the help of a verb' 0 "$SVCTL" kill --help
check_match 'has its options' '--signal=SIGNAL .*--kill-whom=' "$output"
check 'and no others' '' "$(grep -e --follow -e --no-block <<<"$output")"
check_run 'no such verb' 2 "$SVCTL" --signal=TERM begin a
for option in --user --global --host=x -Mx --recursive --image=x; do
        check_run "$option" 2 "$SVCTL" $option list-units
        check_match 'is refused with a reason' '^svctl: --.*: not supported: ' "$said"
done
check_run 'what is so anyway' 0 "$SVCTL" --system --no-ask-password --no-pager -q start b
check 'quiet' '' "$output$said"
check_run 'stop' 0 "$SVCTL" stop b
# Each verb refuses what is another's, and "daemon-reload" refuses all. No manager is there, so nothing happens.
mv /run/systemd/private /run/systemd/away
foreign() {
        run "$SVCTL" "$@"
        [[ $status = 2 && $said =~ 'does not go with'|'is missing' ]] || echo "$*"
}
refused=$(
        for verb in $("$SVCTL" --help | sed -nE '/^Verbs:/,/^$/ s/^  ([a-z-]+) .*/\1/p; /^More verbs:/,/^$/ { s/^  //p }'); do
                foreign "$verb" "$([ "$verb" = logs ] && echo --now || echo --follow)"
        done
        for option in $("$SVCTL" --help | grep -oE -- '--[a-z-]+=?' | grep -v =) --lines=1 --root=/x --type=target --since=now; do
                grep -qE -- "${option%%=*}( |\$)" <<<"$("$SVCTL" daemon-reload --help)" || foreign daemon-reload "$option"
        done
)
mv /run/systemd/away /run/systemd/private
check 'no verb takes what is for another one' '' "$refused"

# --- jobs
check_run 'start' 0 "$SVCTL" start a slow
check 'nothing to say' '' "$output$said"
check_run 'is-active, all names' 0 "$SVCTL" is-active a.service slow
check 'one word each' 'active active' "$(paste -sd ' ' <<<"$output")"
check_run 'a start that fails' 1 "$SVCTL" start fail
check_match 'the message' '^svctl: the job for fail.service ended as "failed"' "$said"
check_run 'start of what does not exist' 5 "$SVCTL" start nowhere
check_match 'names it' 'nowhere.service' "$said"
check_run 'no name of a unit' 2 "$SVCTL" start ''
check_run 'is-active of what is not' 3 "$SVCTL" is-active nowhere
check_run 'is-failed' 0 "$SVCTL" is-failed fail
check_run 'is-enabled of what has no [Install]' 0 "$SVCTL" is-enabled a
check 'static' static "$output"
for verb in reload restart try-restart reload-or-restart; do
        check_run "$verb" 0 "$SVCTL" $verb a
done
check_run 'reload of what cannot' 3 "$SVCTL" reload multi-user.target
check_run 'start without waiting' 0 "$SVCTL" start --no-block stuck
check_run 'list-jobs' 0 "$SVCTL" list-jobs --json
check_match 'it is there' '"unit":"stuck.service","type":"start","state":"running"' "$output"
check_run 'cancel' 0 "$SVCTL" cancel
check 'none is left' 'No jobs' "$("$SVCTL" list-jobs)"
check_run 'a pattern' 0 "$SVCTL" stop 'slo*'
check_run 'stopped it' 3 "$SVCTL" is-active slow
check_run 'a pattern finds what is up' 3 "$SVCTL" is-active 'slo*'
check_match 'says so' 'no loaded unit fits "slo\*"' "$said"
check_run 'all that is loaded' 3 "$SVCTL" is-active --all 'slo*'
check 'is found, then' inactive "$output"
check_run 'a pattern for restart starts nothing' 0 "$SVCTL" -q restart 'slo*'
check 'it is as before' inactive "$("$SVCTL" is-active slow)"
check_run 'start of two, one by a pattern' 0 "$SVCTL" start --all slow 'a.serv*'
check_run 'a job mode' 0 "$SVCTL" start --job-mode=ignore-dependencies b
check_run 'no job mode' 2 "$SVCTL" start --job-mode=nonsense b
check_run 'stop' 0 "$SVCTL" stop slow
check_run '--wait' 0 timeout 30 "$SVCTL" start --wait slow &
waits=$!
is_up() { [ "$("$SVCTL" is-active slow)" = active ]; }
check_run 'has started it' 0 within 10 is_up
check 'and waits' yes "$(kill -0 $waits && echo yes)"
"$SVCTL" stop slow
wait $waits
check 'until it is down' 0 $?
check_run '--wait with --no-block' 2 "$SVCTL" start --wait --no-block slow
check_run 'try-reload-or-restart' 0 "$SVCTL" try-reload-or-restart a
check_run 'a system with failed units' 1 "$SVCTL" is-system-running
check 'is degraded' degraded "$output"
check_run 'quiet' 1 "$SVCTL" is-system-running -q
check 'prints nothing' '' "$output$said"
check_run 'kill --fail of what has no process' 1 "$SVCTL" kill --fail fail
check_run 'kill' 0 "$SVCTL" kill -s USR1 --kill-whom=main a
check 'reached the unit' 'kill a.service 1 10' "$(grep kill "$scratch/server")"
check_run 'kill, no signal' 2 "$SVCTL" kill -s NOTHING a

# --- reading
check_run 'list-units' 0 "$SVCTL" list-units
check_match 'a row' 'a.service +loaded active +running +The "first"' "$output"
check_run 'no verb' 0 "$SVCTL"
check_match 'lists units' 'a.service +loaded active' "$output"
check_run '--failed' 0 "$SVCTL" --failed --no-legend
check_match 'lists one, with a mark' '^\* fail.service +loaded failed' "$output"
check_run '--failed --plain' 0 "$SVCTL" --failed --no-legend --plain
check_match 'lists one' '^fail.service +loaded failed' "$output"
check 'no more' 1 "$(wc -l <<<"$output")"
check 'types' '-.slice system.slice' "$("$SVCTL" list-units -t slice,mount --no-legend --plain | sed 's/ .*//' | paste -sd ' ')"
check 'states' 'fail.service' "$("$SVCTL" list-units --state=failed --legend=no --plain | sed 's/ .*//')"
check_run 'no such type' 2 "$SVCTL" list-units -t nonsense
check 'a pattern' '' "$("$SVCTL" list-units --no-legend 'slo*')"
check 'and what is down' 'slow.service' "$("$SVCTL" list-units --no-legend --plain -a 'slo*' | sed 's/ .*//')"
check 'types of files' 'multi-user.target' "$("$SVCTL" list-unit-files -t target --no-legend 'mul*' | sed 's/ .*//')"
check_run 'status of failed units' 3 "$SVCTL" status --failed
check_match 'shows them' '^fail.service' "$output"
check_run 'status of a process' 0 "$SVCTL" status $server
check_match 'shows its unit' '^a.service' "$output"
check_run 'list-dependencies --plain' 0 "$SVCTL" list-dependencies --plain a
check_match 'names alone' $'^a.service\n  b.service\n' "$output"
check_run 'cat, a pattern' 0 "$SVCTL" cat 'a.*'
check_match 'found' 'Nice=5' "$output"
check_run 'list-units --json' 0 "$SVCTL" list-units --json 'a.*'
check 'is JSON' 'a.service active' "$(python3 -c 'import json, sys; u = json.loads(sys.stdin.read()); print(u["unit"], u["active"])' <<<"$output")"
check_run 'status' 0 "$SVCTL" status a
check_match 'the state' 'Active: active \(running\), since .* ago' "$output"
check_match 'the memory' 'Memory: 1M, of 50M' "$output"
check_match 'the processes' "$server .*bus-server" "$output"
check_run 'status of what is down' 3 "$SVCTL" status fail
check_run 'status of what does not exist' 4 "$SVCTL" status nowhere
check_run 'status of all' 0 "$SVCTL" status
check_match 'is a tree' $'\n-.slice .*\n  system.slice .*\n    a.service ' "$output"
check_run 'show' 0 "$SVCTL" show -P MemoryMax -P Nice a
check 'what was asked for' '5 52428800' "$(paste -sd ' ' <<<"$output")"
check_run 'show --json' 0 "$SVCTL" show --json a
check 'is JSON, with what was written' 'The "first"' "$(python3 -c 'import json, sys; print(json.loads(sys.stdin.read())["Description"])' <<<"$output")"
check_match 'the manager' 'SystemState=degraded' "$("$SVCTL" show)"
check_run 'cat' 0 "$SVCTL" cat a
check_match 'with drop-ins' 'ExecStart=/bin/true.*Nice=5' "$output"
check_run 'list-dependencies' 0 "$SVCTL" list-dependencies a
check_match 'what is needed' $'^a.service.*\n  b.service ' "$output"
check_run 'why, of what needs something' 1 "$SVCTL" start needs
check_run 'why' 0 "$SVCTL" why needs
check_match 'names the cause' $'needs.service: inactive.*\n  fail.service: failed' "$output"
check_match 'why, of what runs' $'b.service: active .*\n  b.service: RequiredBy a.service' "$("$SVCTL" why b)"

# --- the manager
check_run 'reset-failed, a pattern' 0 "$SVCTL" reset-failed 'fai*'
check 'reset' inactive "$("$SVCTL" is-failed fail)"
check_run 'reset-failed' 0 "$SVCTL" reset-failed
check_run 'is-system-running' 0 timeout 10 "$SVCTL" is-system-running --wait
check 'running' 'running' "$("$SVCTL" show -P SystemState)"
check_run 'daemon-reload' 0 "$SVCTL" daemon-reload
check_run 'isolate' 0 "$SVCTL" isolate multi-user.target
check_run 'isolate of what does not allow it' 4 "$SVCTL" isolate basic.target
check_run 'stop' 0 "$SVCTL" stop a
check_run 'poweroff --force' 0 "$SVCTL" poweroff --force
check 'is told to the manager' 'end 1 0' "$(grep end "$scratch/server")"
check_run 'poweroff' 0 "$SVCTL" poweroff
check_run 'rescue, without its target' 4 "$SVCTL" rescue
check_run 'exit --force' 0 "$SVCTL" exit -f
check 'is told to the manager' 'end 4 0' "$(grep 'end 4' "$scratch/server")"
check_run 'daemon-reexec' 0 "$SVCTL" daemon-reexec
wait $server
check_run 'no manager any more' 1 "$SVCTL" is-system-running
check 'offline' offline "$output"
umount /run
finish
