#!/bin/bash
# Protects "svrun --unit": the commands of a unit in the order of systemd.service(5), its types, prefixes, timeouts, and
# what the commands are told.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
need_tool python3 pgrep
PROBE=$(reach "$PROBE")
log=$scratch/log
t=$scratch/t
mkdir -p "$t"

# note WORD: what commands do to be seen.
cat >"$scratch/bin/note" <<U
#!/bin/sh
echo "\$*" >>$log
U
chmod 755 "$scratch/bin/note"
note=$scratch/bin/note
python=$(PATH=/usr/bin:/bin command -v python3)

# unit TEXT [SVRUN-ARGUMENT]...: runs a unit of this text; what was noted is in $noted, in one line.
unit() {
        printf '%s\n' '[Service]' "$1" >"$t/test.service"
        shift
        rm -f "$log"
        run timeout 60 "$SVRUN" --unit "$t/test.service" "$@"
        noted=$(paste -sd ' ' "$log" 2>/dev/null)
}
# begin TEXT: the same in the background; $unit_pid. To be waited for with end.
begin() {
        printf '%s\n' '[Service]' "$1" >"$t/test.service"
        rm -f "$log"
        "$SVRUN" --unit "$t/test.service" >"$scratch/out" 2>&1 </dev/null &
        unit_pid=$!
        own $unit_pid
}
end() {
        status=0
        wait "$unit_pid" || status=$?
        said=$(cat "$scratch/out")
        noted=$(paste -sd ' ' "$log" 2>/dev/null)
}
seen() { grep -qxs "$1" "$log"; }

all="ExecCondition=$note condition
ExecStartPre=$note pre1
ExecStartPre=$note pre2
ExecStart=$note start
ExecStartPost=$note post
ExecStop=$note stop
ExecStopPost=$note stoppost"

# --- the order
unit "Type=oneshot
$all"
check 'the order' 'condition pre1 pre2 start post stop stoppost' "$noted"
check 'the status' 0 "$status"
unit "Type=oneshot
ExecStart=$note one
ExecStart=$note two
ExecStart=$note three"
check 'several commands of a oneshot' 'one two three' "$noted"
unit "Type=oneshot
ExecStart=$note one
ExecStart=/bin/false
ExecStart=$note three
ExecStop=$note stop
ExecStopPost=$note stoppost"
check 'after a failure only ExecStopPost=' 'one stoppost' "$noted"
check 'the status is that of the failure' 1 "$status"
unit "Type=oneshot
ExecStartPre=/bin/sh -c 'exit 9'
$all"
check 'a failing ExecStartPre=' 'condition stoppost' "$noted"
check 'its status' 9 "$status"
unit "Type=oneshot
ExecStartPost=/bin/sh -c 'exit 8'
$all"
check 'a failing ExecStartPost=' 'condition pre1 pre2 start stoppost' "$noted"
check 'its status' 8 "$status"
unit "Type=oneshot
ExecCondition=/bin/sh -c 'exit 1'
$all"
check 'a condition that says no: nothing runs' '' "$(grep -v -e stoppost <<<"$noted")"
check 'and that is no failure' 0 "$status"
unit "Type=oneshot
ExecCondition=/bin/sh -c 'exit 255'
ExecStart=$note start"
check 'a condition that fails' '' "$noted"
check 'is a failure' 255 "$status"
unit "Type=oneshot
ExecStart=-/bin/false
ExecStart=$note two"
check 'the prefix "-"' two "$noted"
check 'its status' 0 "$status"
unit "Type=oneshot
ExecStart=/bin/sh -c 'exit 3'
SuccessExitStatus=3"
check 'SuccessExitStatus=' 0 "$status"
unit "ExecStart=/bin/sh -c 'kill -TERM \$\$\$\$'
ExecStopPost=$note \$SERVICE_RESULT \$EXIT_STATUS"
check 'a service that ends by SIGTERM ended well' 'success TERM' "$noted"
check 'a service that ends by a signal that nobody sent through svrun' 143 "$status"
unit "Type=oneshot
ExecStart=$note start
ExecStop=/bin/sh -c 'exit 3'"
check_not 'a failing ExecStop= is a failure' 0 "$status"
unit "ExecStart=/bin/sh -c 'kill -KILL \$\$\$\$'
ExecStopPost=$note \$SERVICE_RESULT \$EXIT_CODE \$EXIT_STATUS"
check 'one that is killed did not' 137 "$status"
check 'its ExecStopPost= knows' 'signal killed KILL' "$noted"

# --- what commands are told
unit "Type=simple
ExecStart=/bin/sh -c 'sleep 0.3; exit 4'
ExecStartPost=$note main=\${MAINPID}
ExecStop=$note stop=\${MAINPID}
ExecStopPost=$note \$SERVICE_RESULT \$EXIT_CODE \$EXIT_STATUS"
check_match 'MAINPID, SERVICE_RESULT, EXIT_CODE, EXIT_STATUS' '^main=[0-9]+ (stop= )?exit-code exited 4$' "$noted"
check 'the status' 4 "$status"
unit "Type=oneshot
Environment=ONE=1 'TWO=a b'
ExecStart=$note \$ONE \${TWO} \$TWO \$\$ONE \${NONE}x
ExecStart=:$note \$ONE"
# shellcheck disable=SC2016 # not to be expanded
check 'variables, and the prefix ":"' '1 a b a b $ONE x $ONE' "$noted"
unit "Type=oneshot
ExecStart=@/bin/sh other -c '$note \$0'"
check 'the prefix "@"' other "$noted"
unit "Type=oneshot
ExecStart=$note %n %p %N %%"
check 'specifiers' 'test.service test test %' "$noted"
unit "Type=oneshot
ExecStart=/bin/sh -c 'read x; echo read=\$x; test -t 0 && echo tty; exit 0'"
check 'no input' 'read=' "$output"

# --- prefixes that lift the sandbox
unit "Type=oneshot
User=games
PrivateTmp=yes
ExecStart=/bin/sh -c 'id -u; ls /tmp | wc -l'
ExecStart=+/bin/sh -c 'id -u'
ExecStart=!/bin/sh -c 'id -u; ls /tmp | wc -l'
ExecStart=!!/bin/sh -c 'id -u'"
check 'the prefixes "+", "!" and "!!"' "$(id -u games) 0 0 0 0 $(id -u games)" "$(paste -sd ' ' <<<"$output")"

# --- one network, one /tmp for all commands
unit "Type=oneshot
PrivateNetwork=yes
PrivateTmp=disconnected
ExecStartPre=/bin/sh -c 'readlink /proc/self/ns/net; touch /tmp/x'
ExecStart=/bin/sh -c 'readlink /proc/self/ns/net; ls /tmp'"
check 'all commands share the namespaces' 'same x' "$(awk 'NR == 1 { a = $0 } NR == 2 { print ($0 == a ? "same" : "different") } NR == 3' <<<"$output" | paste -sd ' ')"

# --- a service that stays, and is stopped
begin "ExecStart=/bin/sh -c 'trap \"$note term; exit 0\" TERM; $note up; while :; do sleep 0.05; done'
ExecStop=$note stop=\${MAINPID}
ExecStopPost=$note stoppost"
within 10 seen up
kill -TERM $unit_pid
end
check_match 'stopped by SIGTERM to svrun' '^up stop=[0-9]+ term stoppost$' "$noted"
check 'and that is success' 0 "$status"
begin "KillSignal=SIGINT
ExecStart=/bin/sh -c 'trap \"$note int; exit 0\" INT; $note up; while :; do sleep 0.05; done'"
within 10 seen up
kill -INT $unit_pid
end
check 'KillSignal=' 'up int' "$noted"
begin "ExecStart=/bin/sh -c 'trap \"$note hup\" HUP; trap \"exit 0\" TERM; $note up; while :; do sleep 0.05; done'
ExecReload=/bin/sh -c 'kill -HUP \$MAINPID; $note reload'"
within 10 seen up
kill -HUP $unit_pid
within 10 seen hup
kill -TERM $unit_pid
end
check_match 'SIGHUP reloads' '^up (reload hup|hup reload)$' "$noted"
begin "TimeoutStopSec=0.3
ExecStart=/bin/sh -c 'trap \"\" TERM; $note up; while :; do sleep 0.05; done'
ExecStopPost=$note \$SERVICE_RESULT"
within 10 seen up
started=$EPOCHREALTIME
kill -TERM $unit_pid
end
check 'TimeoutStopSec=: killed' 'up timeout' "$noted"
check 'soon' yes "$(python3 -c "print('yes' if $EPOCHREALTIME - $started < 5 else 'no')")"
check_match 'the message names it' 'TimeoutStopSec=' "$said"
for hup in yes no; do
        begin "SendSIGHUP=$hup
ExecStart=/bin/bash -c 'trap \"$note hup\" HUP; trap \"sleep 0.3; exit 0\" TERM; $note up; while :; do sleep 0.05; done'"
        within 10 seen up
        kill -TERM $unit_pid
        end
        check "SendSIGHUP=$hup" "up$([ $hup = no ] || echo ' hup')" "$noted"
done
for only in yes no; do
        unit "User=games
PermissionsStartOnly=$only
ExecStartPre=/bin/sh -c 'id -u'
ExecStart=/bin/sh -c 'id -u'"
        games=$(id -u games)
        check "PermissionsStartOnly=$only" "$([ $only = yes ] && echo 0 || echo "$games") $games" "$(paste -sd ' ' <<<"$output")"
done
begin "ExecStart=/bin/sh -c '(trap \"\" TERM; setsid sleep 61007) & $note up; sleep 61008'
TimeoutStopSec=0.3"
within 10 seen up
kill -TERM $unit_pid
end
check 'its children end, too' '' "$(pgrep -f 'sleep 6100[78]')"

# --- timeouts
unit "Type=oneshot
TimeoutStartSec=0.3
ExecStart=/bin/sleep 61009
ExecStopPost=$note \$SERVICE_RESULT"
check_not 'TimeoutStartSec=: a failure' 0 "$status"
check 'ExecStopPost= knows' timeout "$noted"
unit "TimeoutStartSec=0.3
ExecStartPre=/bin/sleep 61009
ExecStart=$note start"
check_not 'of ExecStartPre=, too' 0 "$status"
check 'nothing started' '' "$noted"
check 'nothing is left of it' '' "$(pgrep -f 'sleep 61009')"
check_match 'the message names directive, command and timeout' 'ExecStartPre=: /bin/sleep .*TimeoutStartSec=' "$said"
started=$EPOCHREALTIME
unit "TimeoutStartSec=0.3
TimeoutStopSec=2
ExecStartPre=/bin/sh -c 'trap \"\" TERM; sleep 61010; sleep 61010'
ExecStart=$note start
ExecStopPost=$note \$SERVICE_RESULT"
check 'one that ignores the request has TimeoutStopSec= once' '124 timeout yes' \
        "$status $noted $(python3 -c "print('yes' if 2 < $EPOCHREALTIME - $started < 3.8 else 'no')")"
check 'and what it started, too' '' "$(pgrep -f 'sleep 61010')"

# --- Type=forking
cat >"$t/daemon.py" <<'U'
import os, sys, time
if os.fork():
    while not os.path.exists(sys.argv[1]):
        time.sleep(0.01)
    os._exit(0)
os.setsid()
open(sys.argv[1] + ".new", "w").write("%d\n" % os.getpid())
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(float(sys.argv[2]))
os._exit(int(sys.argv[3]))
U
unit "Type=forking
PIDFile=$t/pid
ExecStart=$python $t/daemon.py $t/pid 0.3 6
ExecStartPost=$note \$MAINPID
ExecStopPost=$note \$EXIT_STATUS"
check_match 'PIDFile=: the main process is found, and its status' '^[0-9]+ 6$' "$noted"
check 'the pid file goes' gone "$([ -e "$t/pid" ] || echo gone)"
check 'the status' 6 "$status"
rm -f "$t/pid"
begin "Type=forking
PIDFile=$t/pid
ExecStart=$python $t/daemon.py $t/pid 60 0
ExecStartPost=$note up"
within 10 seen up
daemon=$(cat "$t/pid")
kill -TERM $unit_pid
end
check 'a daemon is stopped' gone "$([ -e "/proc/$daemon" ] || echo gone)"
check 'that is success' 0 "$status"
unit "Type=forking
TimeoutStartSec=0.5
PIDFile=$t/never
ExecStart=/bin/sh -c 'sleep 60 & exit 0'"
check_not 'a pid file that never comes is a failure' 0 "$status"
check_match 'the message names it' "PIDFile=.*$t/never" "$said"
echo 1 >"$t/foreign"
unit "Type=forking
TimeoutStartSec=0.5
PIDFile=$t/foreign
ExecStart=/bin/sh -c 'sleep 60 & exit 0'"
check_not 'the pid of a foreign process is not believed' 0 "$status"
unit "Type=forking
ExecStart=/bin/sh -c 'sleep 0.2 & exit 0'
ExecStartPost=$note \$MAINPID"
check_match 'without PIDFile= the only child is it' '^[0-9]+$' "$noted"
check 'it ended well' 0 "$status"

# --- Type=notify
cat >"$t/notify.py" <<'U'
import os, socket, subprocess, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(os.environ["NOTIFY_SOCKET"].replace("@", "\0", 1))
subprocess.run([sys.argv[1], "starting"])
time.sleep(0.3)
for message in sys.argv[3:]:
    s.send(message.encode())
time.sleep(float(sys.argv[2]))
U
for sandboxing in '' $'PrivateTmp=yes\nProtectSystem=strict\nTemporaryFileSystem=/run' User=games; do
        chmod 666 "$log" 2>/dev/null
        unit "Type=notify
$sandboxing
ReadWritePaths=$scratch
ExecStartPre=+/bin/sh -c ': >>$log; chmod 666 $log'
ExecStart=$python $t/notify.py $note 0.3 READY=1
ExecStartPost=$note post"
        check "Type=notify waits for READY=1 (${sandboxing%%$'\n'*})" 'starting post' "$noted"
done
unit "Type=notify
ExecStart=$python $t/notify.py $note 0 STATUS=hello
ExecStartPost=$note post
ExecStopPost=$note \$SERVICE_RESULT"
check 'one that ends without it failed' 'starting protocol' "$noted"
check_not 'its status' 0 "$status"
unit "Type=notify
TimeoutStartSec=0.8
ExecStart=$python $t/notify.py $note 60
ExecStopPost=$note \$SERVICE_RESULT"
check 'one that never says it runs into TimeoutStartSec=' 'starting timeout' "$noted"
check 'no notification directory is left' '' "$(left_by_runs | grep notify-)"

# --- Enforce=
unit "Type=oneshot
PAMName=login
ExecStart=$note start"
check 'a unit from elsewhere runs' start "$noted"
check_match 'what is not enforced is said' 'PAMName=' "$said"
check 'once' 1 "$(grep -c PAMName= <<<"$said")"
unit "Enforce=strict
Type=oneshot
PAMName=login
ExecStart=$note start"
check 'Enforce=strict refuses it' '' "$noted"
check 'Enforce=strict: the status' 226 "$status"
unit "Type=oneshot
ExecStart=$note start" -p Enforce=strict -p PAMName=login
check '-p adds to the unit' '' "$noted"
unit "Type=oneshot
PrivatTmp=yes
ExecStart=$note start"
check 'an unknown line does not lose the rest' start "$noted"
check_match 'it is said where it is' 'test.service:3: .*PrivatTmp' "$said"
unit "Type=oneshot
Enforce=strict
PrivatTmp=yes
ExecStart=$note start"
check 'strict refuses a unit with a wrong line' '' "$noted"

# --- units by name, instances, drop-ins
mkdir -p "$t/path/test@.service.d" "$t/path/other.service.d"
printf '[Service]\nType=oneshot\nExecStart=%s %%i\n' "$note" >"$t/path/test@.service"
printf '[Service]\nExecStart=%s dropin %%i\n' "$note" >"$t/path/test@.service.d/more.conf"
rm -f "$log"
SYSTEMD_UNIT_PATH=$t/path run "$SVRUN" --unit test@inst.service
check 'an instance with its drop-in' 'inst dropin inst' "$(paste -sd ' ' "$log")"
SYSTEMD_UNIT_PATH=$t/path run "$SVRUN" --unit nosuch.service
check 'a name that is not there' 2 "$status"
check_match 'the message names it' 'nosuch.service' "$said"
ln -s /dev/null "$t/path/masked.service"
SYSTEMD_UNIT_PATH=$t/path run "$SVRUN" --unit masked.service
check_not 'a masked unit is not run' 0 "$status"
check_match 'the message says so' 'masked' "$said"

# A command in the sandbox of a unit.
printf '[Service]\nPrivateTmp=yes\nUser=games\nExecStart=/bin/false\n' >"$t/test.service"
run "$SVRUN" --unit "$t/test.service" -- "$PROBE" uid list:/tmp
expect 'a command in the sandbox of a unit' uid "$(id -u games)"
expect 'and in its /tmp' list:/tmp 0
# A step whose time is over has failed, whatever its status is then, and though "-" stands before it.
unit "TimeoutStartSec=1
ExecStartPre=-/bin/sleep 20
ExecStart=$note main
ExecStopPost=$note post \$SERVICE_RESULT"
check 'a start step that takes too long' '124 post timeout' "$status $noted"
unit "TimeoutStartSec=1
ExecCondition=/bin/sh -c 'trap \"exit 0\" TERM; sleep 20 & wait'
ExecStart=$note main"
check 'a condition that takes too long' '124 ' "$status $noted"
unit "Type=oneshot
TimeoutStartSec=1
ExecStart=-/bin/sleep 20
ExecStart=$note second"
check 'a command of Type=oneshot that takes too long' '124 ' "$status $noted"
unit "ExecStart=-/nonexistent
ExecStopPost=$note \$EXIT_CODE \$EXIT_STATUS"
check 'a program that may be missing' '0 exited 203' "$status $noted"
unit "PIDFile=/run/svtest-none.pid
ExecStart=/bin/sh -c '[ \$\$SYSTEMD_EXEC_PID = \$\$\$\$ ] && $note \$\$PIDFILE'"
check 'what a command is told about itself' '0 /run/svtest-none.pid' "$status $noted"
if command -v script >/dev/null; then
        printf '[Service]\nStandardInput=tty\nExecStart=/usr/bin/tty\n' >"$t/test.service"
        run script -qec "$SVRUN --unit $t/test.service" /dev/null
        check_match 'StandardInput=tty has the terminal of the caller' '/dev/pts/' "$output"
        cat >"$t/terminal.py" <<'U'
import os, pty, select, subprocess, sys, termios
master, slave = pty.openpty()
path = os.ttyname(slave)
def run(command, *settings):
    arguments = [sys.argv[1], "-P", "-p", "StandardInput=tty", "-p", "TTYPath=" + path]
    for setting in settings:
        arguments += ["-p", setting]
    # its standard output is the terminal, too
    subprocess.run(arguments + ["--", "sh", "-c", "(%s) >%s" % (command, sys.argv[2])])
    return open(sys.argv[2]).read().strip()
def echo(on):
    modes = termios.tcgetattr(slave)
    modes[3] = modes[3] | termios.ECHO if on else modes[3] & ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, modes)
print("path=%s" % (run("tty") == path))
print("size=" + run("stty size", "TTYRows=33", "TTYColumns=77"))
for reset in "yes", "no":
    echo(False)
    print("reset-%s=%s" % (reset, run("stty -a | tr ' ' '\\n' | grep -x -e echo -e -echo", "TTYReset=" + reset)))
for hangup in "no", "yes":
    run("true", "TTYVHangup=" + hangup)
    print("hangup-%s=%s" % (hangup, bool(select.select([slave], [], [], 0.2)[0])))
U
        run timeout 30 python3 "$t/terminal.py" "$SVRUN" "$t/answer"
        expect 'TTYPath=' path True
        expect 'TTYRows= and TTYColumns=' size '33 77'
        expect 'TTYReset=yes' reset-yes 'echo'
        expect 'TTYReset=no' reset-no '-echo'
        expect 'TTYVHangup=no' hangup-no False
        expect 'TTYVHangup=yes' hangup-yes True
else
        skip 'StandardInput=tty' 'script is not installed'
fi
finish
