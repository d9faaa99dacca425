#!/bin/bash
# Protects what the manager tells about causes: in its log, as properties, by "svctl why" and to what OnFailure= starts.
# shellcheck source=tests/host/manager-lib.sh
EXECUTOR=$SVEXEC
. "$(dirname "$0")/manager-lib.sh"
manager_needs
need_tool systemctl
export SYSTEMD_PAGER='' SYSTEMD_COLORS=0 LC_ALL=C

section() { printf '[Unit]\nDefaultDependencies=no\n%s\n[Service]\n%s\n' "$2" "$(printf '%s\n' "${@:3}")" >"$units/$1"; }

unit first.service 'ExecStart=/bin/sleep 1000.25'
begin_with first
becomes 'the first service runs' 10 first.service State running
container=$name # check() has a name of its own
within_it() { "$CONTAINER" enter "$container" "$@"; }
ctl() { within_it "$scratch/bin/svctl" "$@"; }
systemctl_() { within_it systemctl "$@"; }
show() { systemctl_ show -P "$2" "$1"; }
why() { ctl why "$1"; }
# told NAME UNIT REGEX: by "svctl why"
told() { check_match "$1" "$3" "$(why "$2" 2>&1)"; }
# logged NAME REGEX, of which one line is enough
logged() {
        if within 5 grep -Eq "$2" "$log"; then
                passed "$1"
        else
                failed "$1" "no line like $2 in:" "$(tail -n 20 "$log")"
        fi
}

# --- what is wrong in files
check_run 'why, of what does not exist' 4 ctl why nosuch
check 'one line' 'svctl: there is no unit nosuch.service' "$output$said"
section late.service '' 'Nice=abc' 'Nonsense=1' 'ExecStart=/bin/sleep 1000'
section bad.service '' 'Type=simple'
ctl daemon-reload
check_run 'a unit that is loaded late' 0 ctl start late
logged 'its wrong line is logged' "^svmanager: $units/late.service:[0-9]+: Nice=: "
check_match 'and a property' "late.service:5: Nice=: .*late.service:6: " "$(show late.service LoadRemarks)"
check_match 'and in its status' 'Warning: .*late.service:5: Nice=: ' "$(ctl status late)"
told 'and told' late "in its files: $units/late.service:5: Nice=: "
check_run 'one that makes no sense' 6 ctl start bad
check_match 'its start says why' 'bad.service has nothing to do' "$said"
check 'its load state' bad-setting "$(show bad.service LoadState)"
check_match 'systemctl says why' 'Loaded: bad-setting \(Reason: .*has nothing to do' "$(systemctl_ status bad.service)"
told 'so does svctl' bad 'bad.service: bad-setting: .*has nothing to do'
logged 'so does the log' '^svmanager: .*bad.service has nothing to do'
section first.service '' 'ExecStart=/bin/sleep 1000.25' 'Nice=xyz'
ctl daemon-reload
logged 'a reload logs what is wrong' "^svmanager: $units/first.service:6: Nice=: "
lines=$(grep -c 'first.service:6: Nice' "$log")
ctl daemon-reload
check 'but only what has changed' "$lines" "$(grep -c 'first.service:6: Nice' "$log")"

# --- circles
section circle-a.service $'Wants=circle-b.service\nAfter=circle-b.service' 'ExecStart=/bin/sleep 1000'
section circle-b.service 'After=circle-a.service' 'ExecStart=/bin/sleep 1000'
ctl daemon-reload
check_run 'a client starts a circle' 0 ctl start circle-a
logged 'it is named in the log' '^circle-a.service: the order is a circle: circle-.* circle-b.service/start is left out'
told 'and by why' circle-b 'circle-b.service: inactive: its start was left out, as the order is a circle: circle-.*/start before '
inside pkill -KILL -x svmanager
told 'also by the next manager' circle-b 'left out, as the order is a circle'

# --- conditions
section cond.service $'ConditionPathExists=/proc\nConditionPathExists=!/proc' 'ExecStart=/bin/true'
section assert.service 'AssertPathExists=/nowhere' 'ExecStart=/bin/true'
section holds.service 'ConditionPathExists=/proc' 'ExecStart=/bin/sleep 1000'
ctl daemon-reload
check_run 'a condition that does not hold' 0 ctl start cond
told 'which line it is' cond "inactive: $units/cond.service:4: ConditionPathExists=!/proc does not hold"
check 'ConditionResult' no "$(show cond.service ConditionResult)"
check_match 'ConditionTimestamp' '20' "$(show cond.service ConditionTimestamp)"
check_match 'systemctl status' 'Condition: start condition failed at .* ago.*ConditionPathExists=!/proc was not met' "$(systemctl_ status cond.service)"
check_run 'an assert' 1 ctl start assert
told 'which line' assert 'assert.service:3: AssertPathExists=/nowhere does not hold'
check 'AssertResult' no "$(show assert.service AssertResult)"
ctl start holds
check 'of one that has none' yes "$(show first.service ConditionResult)"
check 'of one that holds' yes "$(show holds.service ConditionResult)"

# --- who stopped it
section base.service 'PropagatesStopTo=follower.service' 'ExecStart=/bin/sleep 1000'
section follower.service '' 'ExecStart=/bin/sleep 1000'
section bound.service $'BindsTo=base.service\nAfter=base.service' 'ExecStart=/bin/sleep 1000'
section foe.service 'Conflicts=late.service' 'ExecStart=/bin/sleep 1000'
section need.service 'StopWhenUnneeded=yes' 'ExecStart=/bin/sleep 1000'
section needer.service 'Wants=need.service' 'ExecStart=/bin/sleep 1000'
target alone.target AllowIsolate=yes 'Wants=first.service'
ctl daemon-reload
ctl start base follower bound needer
told 'who started it' base 'the last job: start, asked for by svctl \(process [0-9]+\)'
told 'and by way of what' need 'the last job: start, asked for by the start of needer.service \(its Wants=\), asked for by svctl'
ctl stop base needer
told 'a client' base 'the last job: stop, asked for by svctl \(process [0-9]+\)'
told 'PropagatesStopTo=' follower 'stop, asked for by the stop of base.service \(its PropagatesStopTo=\), asked for by svctl'
told 'BindsTo=' bound 'stop, asked for by the stop of base.service \(BindsTo= of bound.service\), asked for by svctl'
becomes 'what is not needed any more stops' 5 need.service State dead
told 'StopWhenUnneeded=' need 'stop, asked for by StopWhenUnneeded=, as nothing'
ctl start foe
told 'Conflicts=' late 'stop, asked for by the start of foe.service \(its Conflicts=\), asked for by svctl'
ctl start base bound needer
ctl kill -s TERM needer
becomes 'one that is killed' 5 needer.service State dead
told 'by whom' needer 'SIGTERM was sent by svctl \(process [0-9]+\)'
ctl isolate alone.target
told 'isolate' bound 'stop, asked for by the isolation of alone.target, asked for by svctl'

# --- what failed
section victim.service $'Requires=fails.service\nAfter=fails.service' 'ExecStart=/bin/true'
section fails.service '' Type=oneshot 'ExecStart=/bin/sh -c "exit 7"'
section slow.service 'JobTimeoutSec=1s' Type=oneshot 'ExecStart=/bin/sleep 1000'
section often.service $'StartLimitBurst=2\nStartLimitIntervalSec=1h' Restart=always RestartSec=0 'ExecStart=/bin/sh -c "exit 9"'
section sandbox.service '' 'RootDirectory=/nowhere' 'ExecStart=/bin/true'
section dog.service '' Type=notify NotifyAccess=all WatchdogSec=1 'ExecStart=/bin/sh -c "systemd-notify --ready; sleep 1000"'
section sick.service '' 'ExecStart=/bin/sleep 1000' 'HealthCheck=/bin/false' HealthCheckRetries=1 HealthCheckIntervalSec=1
section pre.service '' 'ExecStartPre=/bin/true' 'ExecStartPre=/bin/sh -c "exit 4"' 'ExecStart=/bin/true'
ctl daemon-reload
check_run 'what needs something that fails' 1 ctl start victim
told 'which one' victim $'victim.service: inactive: it needs fails.service, which could not be started.*\n  fails.service: failed: its main process has ended with status 7'
check_run 'a job that times out' 1 ctl start slow
told 'is told' slow 'the start took longer than JobTimeoutSec=1s'
ctl start --no-block often
becomes 'one that is started too often' 10 often.service Result start-limit-hit
told 'is told, with the end before' often 'failed: it was started more than StartLimitBurst=2 times within StartLimitIntervalSec=1h; its main process has ended with status 9'
check_run 'a sandbox that cannot be made' 1 ctl start sandbox
told 'which directive' sandbox 'sandbox.service: failed: RootDirectory=: .*/nowhere'
ctl start dog
becomes 'a watchdog bites' 10 dog.service Result watchdog
told 'and is told' dog 'it has not answered within its WatchdogSec='
ctl start sick
becomes 'a health check fails' 10 sick.service Result health
told 'and is told' sick 'its HealthCheck= has failed 1 times'
check_run 'a command before' 1 ctl start pre
told 'which one' pre 'ExecStartPre= \(command 2\) has ended with status 4'
inside pkill -KILL -x svmanager
told 'the next manager knows, too' pre 'ExecStartPre= \(command 2\) has ended with status 4'

# --- what the last process was
section ended.service '' Type=oneshot RemainAfterExit=yes 'ExecStartPre=/bin/true' 'ExecStart=/bin/true' 'ExecStart=/bin/true'
section only.service '' 'ExecStop=/bin/true'
section own.service '' Delegate=yes 'ExecStart=/bin/true'
ctl daemon-reload
ctl start ended
check_match 'systemctl status knows the main process' 'Main PID: [1-9][0-9]* \(code=exited, status=0/SUCCESS\)' "$(systemctl_ status ended.service)"
check_match 'and the commands' 'Process: [1-9][0-9]* ExecStartPre=/bin/true \(code=exited, status=0/SUCCESS\)' "$(systemctl_ status ended.service)"
check_match 'ExecMainPID' '^[1-9]' "$(show ended.service ExecMainPID)"
check_match 'ExecMainExitTimestamp' '20' "$(show ended.service ExecMainExitTimestamp)"
check_match 'of one that failed' 'Main PID: [1-9][0-9]* \(code=exited, status=7\)' "$(systemctl_ status fails.service)"
pid=$(show ended.service ExecMainPID)
inside pkill -KILL -x svmanager
check 'the next manager knows them, too' "$pid" "$(show ended.service ExecMainPID)"
check_match 'with the status in ExecStart' "pid=$pid ; code=exited ; status=0" "$(show ended.service ExecStart)"
check 'Type=' simple "$(show first.service Type)"
check 'Type= without ExecStart=' oneshot "$(show only.service Type)"
check 'NotifyAccess=' none "$(show first.service NotifyAccess)"
check 'OOMPolicy=' stop "$(show first.service OOMPolicy)"
check 'OOMPolicy= with Delegate=' continue "$(show own.service OOMPolicy)"

# --- what OnFailure= and OnSuccess= are told
# shellcheck disable=SC2016
variables='echo $MONITOR_UNIT $MONITOR_SERVICE_RESULT $MONITOR_EXIT_CODE $MONITOR_EXIT_STATUS $MONITOR_INVOCATION_ID'
section handler.service '' Type=oneshot "ExecStart=/bin/sh -c '${variables//$/\$\$} >>/run/handler.log'"
section 'breaks-\x2d.service' 'OnFailure=handler.service' Type=oneshot 'ExecStart=/bin/sh -c "kill -USR1 $$$$"'
# shellcheck disable=SC2016
section works.service 'OnSuccess=handler.service' Type=oneshot 'ExecStart=/bin/sh -c "echo $$INVOCATION_ID >/run/id"'
ctl daemon-reload
check_run 'what breaks' 1 ctl start 'breaks-\x2d.service'
within 5 inside test -s /run/handler.log
check_match 'its handler knows' '^breaks-\\x2d.service signal killed USR1 [0-9a-f]{32}$' "$(inside head -n 1 /run/handler.log)"
told 'and why it runs' handler 'the last job: start, asked for by OnFailure= of breaks-.x2d.service'
becomes 'the handler has ended' 5 handler.service State dead
ctl start works
within 5 inside sed -n 2p /run/handler.log >/dev/null
becomes 'the handler has ended again' 5 handler.service State dead
check 'OnSuccess=, too' "works.service success exited 0 $(inside cat /run/id)" "$(inside sed -n 2p /run/handler.log)"
ctl start handler
check 'started by hand it knows nothing' '' "$(inside sed -n 3p /run/handler.log)"

# --- set-property and transient units
check_run 'set-property that makes no unit' 1 systemctl_ set-property ended.service Type=simple
check_match 'says why' 'several commands in ExecStart=' "$said"
check 'has left nothing' '' "$(inside sh -c "ls $units/ended.service.d 2>/dev/null")"
check 'the unit is as it was' loaded "$(show ended.service LoadState)"

target shutdown.target
ends_with poweroff.target 130
finish
