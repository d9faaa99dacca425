#!/bin/bash
# Protects what systemd.service(5) and systemd.kill(5) say services do: each type, each list of commands, each way to end, under svinit as PID 1.
# The shells of the units expand what stands between single quotes.
# shellcheck disable=SC2016
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs

# --- types
unit simple.service 'ExecStartPre=/bin/sh -c "echo pre >>/run/simple.log"' \
        'ExecStart=/bin/sleep 1000.25' \
        'ExecStartPost=/bin/sh -c "echo post $MAINPID >>/run/simple.log"' \
        'ExecStop=/bin/sh -c "echo stop $MAINPID >>/run/simple.log"' \
        'ExecStopPost=/bin/sh -c "echo stop-post $SERVICE_RESULT $EXIT_CODE $EXIT_STATUS >>/run/simple.log"'
unit exec.service Type=exec 'ExecStart=/bin/sleep 1000.25'
unit exec-bad.service Type=exec ExecStart=/nosuch
unit simple-bad.service ExecStart=/nosuch
unit oneshot.service Type=oneshot 'ExecStart=/bin/sh -c "echo 1 >>/run/oneshot.log"' 'ExecStart=-/bin/false' 'ExecStart=/bin/sh -c "echo 2 >>/run/oneshot.log"'
unit oneshot-stays.service Type=oneshot RemainAfterExit=yes ExecStart=/bin/true
unit oneshot-none.service Type=oneshot RemainAfterExit=yes 'ExecStop=/bin/sh -c "echo stopped >/run/none.log"'
unit oneshot-bad.service Type=oneshot ExecStart=/bin/false 'ExecStart=/bin/sh -c "echo never >/run/never"' 'ExecStopPost=/bin/sh -c "echo $SERVICE_RESULT $EXIT_CODE $EXIT_STATUS >/run/oneshot-bad.log"'
unit skipped.service 'ExecCondition=/bin/sh -c "exit 3"' 'ExecStart=/bin/sh -c "echo never >/run/never"'
unit skip-bad.service 'ExecCondition=/bin/sh -c "exit 255"' 'ExecStart=/bin/sh -c "echo never >/run/never"'
unit forking.service Type=forking PIDFile=/run/forking.pid 'ExecStart=/bin/sh -c "sleep 1000.5 & main=$$!; (sleep 0.5; echo $$main >/run/forking.pid) & exit 0"'
unit forking-guess.service Type=forking 'ExecStart=/bin/sh -c "sleep 1000.75 & exit 0"'
unit forking-bad.service Type=forking PIDFile=/run/nosuch.pid 'ExecStart=/bin/true'
unit notify.service Type=notify NotifyAccess=all 'ExecStart=/bin/sh -c "systemd-notify --ready --status=well; exec sleep 1000.25"'
unit notify-protocol.service Type=notify ExecStart=/bin/true
unit notify-late.service Type=notify TimeoutStartSec=500ms 'ExecStart=/bin/sleep 1000.25'
unit notify-stranger.service Type=notify NotifyAccess=main TimeoutStartSec=1s 'ExecStart=/bin/sh -c "(systemd-notify --ready; true); exec sleep 1000.25"'
unit dbus.service Type=dbus BusName=a.b ExecStart=/bin/true
unit idle.service Type=idle 'ExecStart=/bin/sleep 1000.25'
unit pre-bad.service 'ExecStartPre=/bin/false' 'ExecStart=/bin/sh -c "echo never >/run/never"' 'ExecStop=/bin/sh -c "echo never >/run/never"'
unit crashed.service Environment=PLAIN_FAIL=yes 'ExecStart=/bin/sh -c "echo never >/run/never"'
unit signalled.service 'ExecStart=/bin/sh -c "kill -TERM $$$$"'
unit killed.service 'ExecStart=/bin/sh -c "kill -USR1 $$$$"'
unit success-status.service SuccessExitStatus=7 'ExecStart=/bin/sh -c "exit 7"'
unit keeps.service Environment=PLAIN_KEEP=yes 'ExecStartPre=/bin/true' 'ExecStart=/bin/sleep 1000.25'
begin_with simple exec exec-bad simple-bad oneshot oneshot-stays oneshot-none oneshot-bad skipped skip-bad forking forking-guess forking-bad \
        notify notify-protocol notify-late notify-stranger dbus idle pre-bad crashed signalled killed success-status keeps
becomes 'the first target is reached' 15 default.target Active active
becomes 'Type=simple' 5 simple.service State running
check_match 'Type=simple: its commands, in order' '^pre;post [0-9]+$' "$(inside cat /run/simple.log | paste -sd ';')"
becomes 'Type=exec' 5 exec.service State running
is 'Type=exec: a program that is not there' exec-bad.service 'failed exit-code'
is 'Type=simple: a program that is not there' simple-bad.service 'failed exit-code'
is 'Type=oneshot' oneshot.service 'dead success'
check 'Type=oneshot: several commands, "-" may fail' '1 2' "$(inside cat /run/oneshot.log | paste -sd ' ')"
is 'RemainAfterExit=' oneshot-stays.service 'exited success'
is 'Type=oneshot without ExecStart=' oneshot-none.service 'exited success'
is 'Type=oneshot: a command fails' oneshot-bad.service 'failed exit-code'
check 'ExecStopPost= is told why' 'exit-code exited 1' "$(inside cat /run/oneshot-bad.log)"
is 'ExecCondition= says no' skipped.service 'dead exec-condition'
is 'ExecCondition= fails' skip-bad.service 'failed exit-code'
is 'Type=forking' forking.service 'running success'
check 'PIDFile=: the main process' "$(inside cat /run/forking.pid)" "$(value forking.service MainPid)"
is 'GuessMainPID=' forking-guess.service 'running success'
check 'GuessMainPID=: the main process' "$(inside pgrep -xf 'sleep 1000.75')" "$(value forking-guess.service MainPid)"
is 'Type=forking that leaves nothing' forking-bad.service 'failed protocol'
is 'Type=notify' notify.service 'running success'
check 'STATUS=' well "$(value notify.service StatusText)"
is 'Type=notify that ends without READY=1' notify-protocol.service 'failed protocol'
is 'Type=notify that says nothing' notify-late.service 'failed timeout'
is 'NotifyAccess=main' notify-stranger.service 'failed timeout'
check_match 'Type=dbus says what is missing' 'dbus.service cannot be had: there is no unit dbus.socket' "$(cat "$log")"
is 'Type=idle' idle.service 'running success'
is 'ExecStartPre= fails' pre-bad.service 'failed exit-code'
[ -n "${EXECUTOR:-}" ] || is 'svexec fails' crashed.service 'failed exit-code'
[ -n "${EXECUTOR:-}" ] || check_match 'svexec fails: what it said' 'crashed.service: it was told to fail' "$(cat "$log")"
is 'SIGTERM is a clean end' signalled.service 'dead success'
is 'another signal is not' killed.service 'failed signal'
is 'SuccessExitStatus=' success-status.service 'dead success'
is 'what a run keeps' keeps.service 'running success'
[ -n "${EXECUTOR:-}" ] || check 'what a run keeps is held' 1 "$(inside grep -c ^Kept= "$records/keeps.service")"
[ -n "${EXECUTOR:-}" ] || check 'what must not run has not' '' "$(inside cat /run/never 2>/dev/null)"
check 'each service has a control group' 1 "$(inside sh -c 'wc -l </sys/fs/cgroup/system.slice/simple.service/cgroup.procs')"
check 'what failed has none' '' "$(inside ls -d /sys/fs/cgroup/system.slice/oneshot-bad.service 2>/dev/null)"

# --- stopping
stop simple.service
becomes 'a stop' 5 simple.service State dead
check_match 'ExecStop= and ExecStopPost=' ';stop [0-9]+;stop-post success killed TERM$' "$(inside cat /run/simple.log | paste -sd ';')"
stop forking-guess.service
becomes 'a stop of a forking service' 5 forking-guess.service State dead
stop oneshot-none.service
becomes 'a stop without processes' 5 oneshot-none.service State dead
check 'ExecStop= of it' stopped "$(inside cat /run/none.log)"
# The restart may come due at the very moment of the stop.
for letter in a b c d; do
        printf '%s\n' '[Unit]' DefaultDependencies=no StartLimitIntervalSec=0 '[Service]' \
                ExecStart=/bin/true Restart=always RestartSec=0 >"$units/again-$letter.service"
done
inside "$scratch/bin/svctl" daemon-reload
lost=
for round in $(seq 15); do
        inside "$scratch/bin/svctl" start again-{a,b,c,d}.service
        inside "$scratch/bin/svctl" stop again-{a,b,c,d}.service || lost+="$round "
done 2>&1
check 'no stop is lost to a restart' '' "$lost"
stop keeps.service
becomes 'a stop of what keeps something' 5 keeps.service State dead
check 'it is not held any longer' 0 "$(inside grep -c ^Kept= "$records/keeps.service")"

{
        unit deaf.service TimeoutStopSec=500ms 'ExecStopPost=/bin/sh -c "echo post >/run/deaf.log"' 'ExecStart=/bin/sh -c "trap \"\" TERM; while :; do sleep 0.1; done"'
        unit deaf-stays.service TimeoutStopSec=500ms SendSIGKILL=no 'ExecStart=/bin/sh -c "trap \"\" TERM; while :; do sleep 0.1; done"'
        unit group.service 'ExecStart=/bin/sh -c "sleep 1001.25 & exec sleep 1002.25"'
        unit mixed.service KillMode=mixed 'ExecStart=/bin/sh -c "sh -c \"trap \\\"echo asked >/run/mixed.log\\\" TERM; while :; do sleep 0.1; done\" & exec sleep 1003.25"'
        unit process.service KillMode=process 'ExecStart=/bin/sh -c "sleep 1004.25 & exec sleep 1005.25"'
        unit signal.service KillSignal=SIGUSR1 'ExecStart=/bin/sh -c "trap \"echo usr1 >/run/signal.log; exit 0\" USR1; while :; do sleep 0.1; done"'
        unit reload.service 'ExecStart=/bin/sleep 1000.25' 'ExecReload=/bin/sh -c "echo $MAINPID >/run/reload.log"'
        unit notify-reload.service Type=notify-reload NotifyAccess=all \
                'ExecStart=/bin/bash -c "trap \"systemd-notify RELOADING=1 MONOTONIC_USEC=99999999999999; echo got >>/run/nr.log; systemd-notify --ready\" HUP; systemd-notify --ready; while :; do sleep 0.1; done"'
        unit runtime.service RuntimeMaxSec=500ms 'ExecStart=/bin/sleep 1000.25'
        unit watchdog.service Type=notify NotifyAccess=all WatchdogSec=1s TimeoutStopSec=3s 'ExecStart=/bin/sh -c "systemd-notify --ready; for i in 1 2 3 4; do sleep 0.5; systemd-notify WATCHDOG=1; done; exec sleep 1000.25"'
        unit extend.service Type=notify NotifyAccess=all TimeoutStartSec=1s 'ExecStart=/bin/sh -c "systemd-notify EXTEND_TIMEOUT_USEC=4000000; sleep 2; systemd-notify --ready; exec sleep 1000.25"'
        unit cgroup.service ExitType=cgroup 'ExecStart=/bin/sh -c "sleep 1.5 & exit 0"'
        unit stopping.service Type=notify NotifyAccess=all 'ExecStart=/bin/sh -c "systemd-notify --ready; sleep 0.3; systemd-notify STOPPING=1; exec sleep 0.7"'
        unit weak.service TasksMax=5 'ExecStart=/bin/sleep 1000.25'
}
start deaf.service deaf-stays.service group.service mixed.service process.service signal.service reload.service notify-reload.service \
        runtime.service watchdog.service extend.service cgroup.service stopping.service weak.service
becomes 'STOPPING=1' 3 stopping.service State stop-sigterm
becomes 'ExitType=cgroup outlives its main process' 5 cgroup.service State running
becomes 'KillMode= services run' 5 process.service State running
becomes 'RuntimeMaxSec=' 5 runtime.service Result timeout
becomes 'what says STOPPING=1 ends' 5 stopping.service State dead
becomes 'EXTEND_TIMEOUT_USEC=' 6 extend.service State running
becomes 'ExitType=cgroup ends with the last process' 5 cgroup.service State dead
is 'ExitType=cgroup: well' cgroup.service 'dead success'
becomes 'WatchdogSec=' 10 watchdog.service Result watchdog
within 5 inside test ! -e /sys/fs/cgroup/system.slice/watchdog.service
is 'WatchdogSec=: in the end' watchdog.service 'failed watchdog'
becomes 'Type=notify-reload runs' 5 notify-reload.service State running
if inside grep -qw pids /sys/fs/cgroup/cgroup.controllers; then
        check 'TasksMax=' 5 "$(inside cat /sys/fs/cgroup/system.slice/weak.service/pids.max)"
else
        check_match 'TasksMax= without such a controller is said' 'weak.service: TasksMax= not enforced: the controller pids is not available' "$(cat "$log")"
fi
reload reload.service notify-reload.service
becomes 'a reload' 5 reload.service State running
within 5 inside test -e /run/nr.log
check 'ExecReload=' "$(value reload.service MainPid)" "$(inside cat /run/reload.log)"
check 'ReloadSignal=' got "$(inside cat /run/nr.log)"
becomes 'RELOADING=1, then READY=1' 5 notify-reload.service State running
mixed=$(value mixed.service MainPid)
stop deaf.service deaf-stays.service group.service mixed.service process.service signal.service
becomes 'TimeoutStopSec=, then SIGKILL' 5 deaf.service State failed
is 'TimeoutStopSec=: the result' deaf.service 'failed timeout'
check 'ExecStopPost= after SIGKILL' post "$(inside cat /run/deaf.log)"
becomes 'SendSIGKILL=no' 5 deaf-stays.service State failed
check_not 'SendSIGKILL=no: the process is left' '' "$(inside cat /sys/fs/cgroup/system.slice/deaf-stays.service/cgroup.procs)"
becomes 'KillMode=control-group' 5 group.service State dead
check 'KillMode=control-group: nothing is left' '' "$(inside pgrep -xf 'sleep 100[12].25')"
becomes 'KillMode=mixed' 5 mixed.service State dead
check_not 'KillMode=mixed had a main process' '' "$mixed"
check 'KillMode=mixed: the others are not asked' '' "$(inside cat /run/mixed.log 2>/dev/null)"
check 'KillMode=mixed: nothing is left' '' "$(inside ls -d /sys/fs/cgroup/system.slice/mixed.service 2>/dev/null)"
becomes 'KillMode=process' 5 process.service State dead
check_not 'KillMode=process: the others are left' '' "$(inside pgrep -xf 'sleep 1004.25')"
becomes 'KillSignal=' 5 signal.service State dead
check 'KillSignal=: as asked' usr1 "$(inside cat /run/signal.log)"

# --- restarting
unit restart.service Restart=always RestartSec=100ms 'ExecStart=/bin/sh -c "echo x >>/run/restart.log; exec sleep 0.2"'
unit restart-failure.service Restart=on-failure RestartSec=50ms 'ExecStart=/bin/sh -c "echo x >>/run/failure.log; test $$(wc -l </run/failure.log) -ge 3"'
unit restart-prevent.service Restart=always RestartPreventExitStatus=9 'ExecStart=/bin/sh -c "echo x >>/run/prevent.log; exit 9"'
unit limit.service Restart=always RestartSec=0 'ExecStart=/bin/sh -c "echo x >>/run/limit.log; exit 1"'
printf '[Unit]\nStartLimitBurst=3\n' >>"$units/limit.service"
printf '[Unit]\nStartLimitIntervalSec=0\n' >>"$units/restart.service"
start restart.service restart-failure.service restart-prevent.service limit.service
becomes 'Restart=on-failure ends with a success' 5 restart-failure.service State dead
check 'Restart=on-failure' 3 "$(inside wc -l /run/failure.log | cut -d ' ' -f 1)"
becomes 'RestartPreventExitStatus=' 5 restart-prevent.service State failed
check 'RestartPreventExitStatus=: once' 1 "$(inside wc -l /run/prevent.log | cut -d ' ' -f 1)"
becomes 'StartLimitBurst=' 5 limit.service State failed
is 'StartLimitBurst=: the result' limit.service 'failed start-limit-hit'
check 'StartLimitBurst=: as often' 3 "$(inside wc -l /run/limit.log | cut -d ' ' -f 1)"
within 5 inside sh -c 'test $(wc -l </run/restart.log) -ge 4'
check 'Restart=always' 0 $?
stop restart.service
becomes 'a stop is no reason to restart' 5 restart.service State dead

# --- conditions, and what follows from an end
unit condition.service 'ExecStart=/bin/sh -c "echo never >/run/never"'
printf '[Unit]\nConditionPathExists=/nosuch\n' >>"$units/condition.service"
unit condition-holds.service Type=oneshot RemainAfterExit=yes ExecStart=/bin/true
printf '[Unit]\nConditionPathExists=/proc\nAssertPathExists=/proc\n' >>"$units/condition-holds.service"
unit assert.service 'ExecStart=/bin/sh -c "echo never >/run/never"'
printf '[Unit]\nAssertPathExists=/nosuch\n' >>"$units/assert.service"
unit fails.service Type=oneshot ExecStart=/bin/false
printf '[Unit]\nOnFailure=after-failure.service\n' >>"$units/fails.service"
unit after-failure.service Type=oneshot RemainAfterExit=yes ExecStart=/bin/true
start condition.service condition-holds.service assert.service fails.service
becomes 'a condition that holds' 5 condition-holds.service State exited
check_match 'a condition that does not is said' 'condition.service: not started: .*condition.service:[0-9]+: ConditionPathExists=/nosuch does not hold' "$(cat "$log")"
check_match 'an assert that does not is said' 'assert.service: not started: .*assert.service:[0-9]+: AssertPathExists=/nosuch does not hold' "$(cat "$log")"
becomes 'OnFailure=' 5 after-failure.service State exited

# --- the end
check 'no manager has ended' '' "$(grep 'the manager has' "$log")"
unit ends.service Type=oneshot ExecStart=/bin/true
printf '[Unit]\nSuccessAction=poweroff-force\n' >>"$units/ends.service"
[ -n "${EXECUTOR:-}" ] || check 'what must not run has not, to the end' '' "$(inside cat /run/never 2>/dev/null)"
start ends.service
wait "$running"
check 'SuccessAction=' 130 $?
finish
