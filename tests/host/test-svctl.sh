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
check_run 'kill' 0 "$SVCTL" kill -s USR1 --kill-whom=main a
check 'reached the unit' 'kill a.service 1 10' "$(grep kill "$scratch/server")"
check_run 'kill, no signal' 2 "$SVCTL" kill -s NOTHING a

# --- reading
check_run 'list-units' 0 "$SVCTL" list-units
check_match 'a row' 'a.service +loaded active +running +The "first"' "$output"
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
check 'what was asked for' 'Nice=5 MemoryMax=52428800' "$(paste -sd ' ' <<<"$output")"
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
check_run 'reset-failed' 0 "$SVCTL" reset-failed
check 'running' 'SystemState=running' "$("$SVCTL" show -P SystemState)"
check_run 'daemon-reload' 0 "$SVCTL" daemon-reload
check_run 'isolate' 0 "$SVCTL" isolate multi-user.target
check_run 'isolate of what does not allow it' 4 "$SVCTL" isolate basic.target
check_run 'stop' 0 "$SVCTL" stop a
check_run 'poweroff --force' 0 "$SVCTL" poweroff --force
check 'is told to the manager' 'end 1 0' "$(grep end "$scratch/server")"
check_run 'poweroff' 0 "$SVCTL" poweroff
check_run 'daemon-reexec' 0 "$SVCTL" daemon-reexec
wait $server
umount /run
finish
