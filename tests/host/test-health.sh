#!/bin/bash
# Protects HealthCheck=: who is asked and when, what failures lead to, and that neither a kill of the manager nor a slow check makes two of them run at once.
# The shells of the units expand what stands between single quotes.
# shellcheck disable=SC2016
# shellcheck source=tests/host/manager-lib.sh
. "$(dirname "$0")/manager-lib.sh"
manager_needs

# /run/NAME.log: a line a check. Which checks overlap is seen by a lock that the kernel takes back.
check_is() { printf 'HealthCheck=/bin/sh -c "exec 9>/run/%s.lock; flock -n 9 || echo overlap >>/run/wrong; echo x >>/run/%s.log; %s"' "$1" "$1" "$2"; }
quick='HealthCheckIntervalSec=100ms'

unit well.service "$quick" "$(check_is well 'kill -0 $MAINPID')" 'ExecStart=/bin/sleep 1000.25'
unit none.service 'ExecStart=/bin/sleep 1000.25'
unit sick.service "$quick" HealthCheckRetries=3 RestartSec=50ms "$(check_is sick 'test -e /run/cured')" 'ExecStart=/bin/sh -c "echo x >>/run/sick.starts; exec sleep 1000.25"' \
        'ExecStopPost=/bin/sh -c "echo $SERVICE_RESULT >>/run/sick.results"'
unit slow.service "$quick" HealthCheckTimeoutSec=200ms HealthCheckRetries=2 Restart=no RestartSec=1h 'HealthCheck=/bin/sh -c "sleep 1003.5; true"' 'ExecStart=/bin/sleep 1000.25'
unit two.service "$quick" HealthCheckRetries=1 RestartSec=1h 'HealthCheck=-/bin/false' 'HealthCheck=/bin/sh -c "echo second >>/run/two.log"' 'ExecStart=/bin/sleep 1000.25'
unit late.service "$quick" HealthCheckRetries=1 HealthCheckStartSec=8s RestartSec=1h "$(check_is late 'test -e /run/late.up')" 'ExecStart=/bin/sh -c "sleep 1; : >/run/late.up; exec sleep 1000.25"'
unit limited.service "$quick" HealthCheckRetries=1 RestartSec=10ms 'HealthCheck=/bin/false' 'ExecStart=/bin/sh -c "echo x >>/run/limited.starts; exec sleep 1000.25"'
printf '[Unit]\nStartLimitBurst=3\n' >>"$units/limited.service"
printf '[Unit]\nStartLimitIntervalSec=0\n' >>"$units/sick.service"
unit stops.service "$quick" KillMode=process "$(check_is stops 'sleep 1004.5')" 'ExecStart=/bin/sleep 1000.25'
unit broken.service "$quick" HealthCheckRetries=1 RestartSec=1h HealthCheck=/nosuch 'ExecStart=/bin/sleep 1000.25'
begin_with well none sick slow two late limited stops broken
becomes 'the first target is reached' 15 default.target Active active

at_least() { inside sh -c 'test "$(wc -l <"/run/$2")" -ge "$1"' - "$1" "$2" 2>/dev/null; }
if within 10 at_least 4 well.log; then passed 'a check is made again and again'; else failed 'a check is made again and again' "$(inside cat "$records/well.service")"; fi
is 'a service that is well' well.service 'running success'
check 'one without a check is never woken up for' '' "$(value none.service HealthAt)"
becomes 'checks that take too long' 8 slow.service State auto-restart
is 'have the result, whatever Restart= says' slow.service 'auto-restart health'
check 'the slow check is gone' '' "$(inside pgrep -xf 'sleep 1003.5')"
if within 5 at_least 2 two.log; then passed 'each command of a check'; else failed 'each command of a check' "$(inside cat "$records/two.service")"; fi
is 'one with "-" may fail' two.service 'running success'
is 'failures at the start do not count' late.service 'running success'
inside rm -f /run/late.up
becomes 'after a success they do' 5 late.service Result health
becomes 'a check that cannot be run is a failure' 5 broken.service Result health
becomes 'restarts end at the start limit' 8 limited.service State failed
is 'with the result' limited.service 'failed start-limit-hit'
check 'after as many starts' 3 "$(inside wc -l /run/limited.starts | cut -d ' ' -f 1)"
if within 8 at_least 2 sick.starts; then passed 'a sick service is restarted'; else failed 'a sick service is restarted' "$(inside cat "$records/sick.service")"; fi
inside touch /run/cured
check 'commands are told why' health "$(inside head -n 1 /run/sick.results)"
becomes 'and well again' 5 sick.service State running
within 5 inside pgrep -xf 'sleep 1004.5' >/dev/null
stop stops.service
becomes 'a stop in the middle of a check' 5 stops.service State dead
check 'ends that, too' '' "$(inside pgrep -xf 'sleep 1004.5')"
within 3 inside test ! -e /sys/fs/cgroup/system.slice/stops.service
check 'with its control group' 0 $?

# --- kills of the manager in the middle
before=$(value sick.service MainPid) lines=$(inside wc -l /run/well.log | cut -d ' ' -f 1)
kills=0
for i in $(seq "${ROUNDS:-40}"); do
        inside pkill -KILL -x svmanager && kills=$((kills + 1))
        sleep "0.$(printf '%02d' $((i * 7 % 23)))"
done
check_match 'the manager was killed' '^[1-9][0-9]+$' "$kills"
if within 10 at_least $((lines + 5)) well.log; then passed 'checks go on'; else failed 'checks go on' "$(inside cat "$records/well.service")" "$(tail -n 5 "$log")"; fi
is 'and nobody is restarted for it' sick.service 'running success'
check 'it is the same process' "$before" "$(value sick.service MainPid)"
check 'never two checks at once' '' "$(inside cat /run/wrong 2>/dev/null)"
inside rm /run/cured
for i in $(seq 10); do
        inside pkill -KILL -x svmanager
        sleep 0.1
done
if within 10 at_least 3 sick.starts; then passed 'failures count over kills'; else failed 'failures count over kills' "$(inside cat "$records/sick.service")"; fi
kept=$(inside sh -c 'ls /proc/1/fd | wc -l')
check 'svinit keeps no old sockets' yes "$([ "$kept" -le 20 ] && echo yes || echo "$kept")"

# --- the escalation ends the system
unit doomed.service "$quick" HealthCheckRetries=1 RestartSec=10ms HealthCheck=/bin/false 'ExecStart=/bin/sh -c "echo x >>/run/doomed.starts; cp /run/doomed.starts '"$scratch"'; exec sleep 1000.25"'
printf '[Unit]\nStartLimitBurst=2\nFailureAction=poweroff-force\n' >>"$units/doomed.service"
start doomed.service
wait "$running"
check 'FailureAction= comes after the restarts' 130 $?
check 'and not with the first' 2 "$(wc -l <"$scratch/doomed.starts")"
finish
