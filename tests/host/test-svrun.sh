#!/bin/bash
# Protects the command line of svrun: what it takes, what it says, how it ends, what it passes on.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_tool python3
PROBE=$(reach "$PROBE")
root=$([ "$(id -u)" = 0 ] && echo yes)

# --- exit statuses
check_run 'success' 0 "$SVRUN" true
check_run 'the status of the command' 7 "$SVRUN" sh -c 'exit 7'
check_run 'to the highest' 255 "$SVRUN" sh -c 'exit 255'
# shellcheck disable=SC2016 # the inner shell expands it
for signal in 1:HUP 6:ABRT 9:KILL 11:SEGV 13:PIPE 15:TERM 31:SYS; do
        check_run "128 and SIG${signal#*:}" $((128 + ${signal%:*})) "$SVRUN" -p IgnoreSIGPIPE=no -p LimitCORE=0 sh -c 'kill -"$0" $$' "${signal%:*}"
done
check_run 'a missing program is status 203' 203 "$SVRUN" /nonexistent/program
check_match 'the message names it' '^svrun: .*/nonexistent/program.*No such file' "$said"
check_run 'a program that is not in the path' 203 "$SVRUN" svtest-no-such-program
check_match 'the message names it' 'svtest-no-such-program' "$said"
cd "$scratch" && printf '#!/bin/sh\nexit 6\n' >relative && chmod 755 relative
check_run 'a path that is relative to another directory' 203 "$SVRUN" ./relative
check_match 'the message says what to do' './relative: No such file.*working directory, which -d' "$said"
check_run 'which works' 6 "$SVRUN" -d ./relative
check_run 'a file that is no program' 203 "$SVRUN" /etc/passwd
check_match 'the message says why' '/etc/passwd.*(Permission denied|no program)' "$said"
printf 'no interpreter line\n' >"$scratch/text" && chmod 755 "$scratch/text"
check_run 'a text that is no program' 203 "$SVRUN" "$scratch/text"
check_run 'a directory' 203 "$SVRUN" /etc

# --- wrong command lines
wrong() {
        local name=$1 pattern=$2
        shift 2
        run "$SVRUN" "$@"
        check "$name: status 2" 2 "$status"
        check_match "$name: the message" "^svrun: $pattern" "$said"
        check "$name: in few lines" yes "$([ "$(wc -l <<<"$said")" -le 2 ] && echo yes)"
        check "$name: nothing on standard output" '' "$output"
}
wrong 'no command' 'there is no command'
wrong 'an unknown option' '.*--nosuchoption' --nosuchoption true
wrong 'an unknown letter' '.*-Z' -Z true
wrong 'an option without its argument' '.*(-p|--property)' -p
wrong 'a property without a value' '.*PrivateTmp.*=' -p PrivateTmp true
wrong 'a property without a name' '.*"=x" has no name' -p =x true
wrong 'an unknown directive' '.*PrivatTmp.*PrivateTmp' -p PrivatTmp=yes true
wrong 'a wrong value' 'PrivateTmp=: .*"maybe"' -p PrivateTmp=maybe true
wrong 'a wrong number' 'Nice=: .*"much"' -p Nice=much true
wrong 'a number that is too large' 'Nice=: .*99' -p Nice=99 true
wrong 'a wrong limit' 'LimitNOFILE=: .*"lots"' -p LimitNOFILE=lots true
wrong 'an unknown capability' 'CapabilityBoundingSet=: .*CAP_NOSUCH' -p CapabilityBoundingSet=CAP_NOSUCH true
wrong 'a variable without a name' '.*=value' -E =value true
wrong 'a name that no variable can have' '.*"BAD-N" is no name of a variable' -E BAD-N=1 true
wrong 'such a name to pass on' '.*"1A" is no name of a variable' --setenv=1A true
for setting in ExecStart=/bin/true ExecStartPre=/bin/false ExecStopPost=/nonexist Type=forking PIDFile=x.pid RemainAfterExit=yes \
        SuccessExitStatus=3; do
        wrong "$setting beside a command" "${setting%%=*}=: .*no effect on a COMMAND.*--unit" -p "$setting" true
done
check_run 'such settings taken back' 0 "$SVRUN" -p ExecStartPre= -p Type=simple -p RemainAfterExit=no true
check_run 'also after they were made' 0 "$SVRUN" -p ExecStartPre=/bin/false -p ExecStartPre= -p Type=forking -p Type=exec \
        -p SuccessExitStatus=3 -p SuccessExitStatus= -p PIDFile=x.pid -p PIDFile= true
printf '[Service]\nType=forking\nExecStartPre=/bin/false\nExecStart=/bin/true\nLimitNOFILE=77\n' >"$scratch/settings.service"
check_run 'such settings of a unit beside a command' 0 "$SVRUN" --unit "$scratch/settings.service" sh -c 'ulimit -n'
check 'and its sandbox' 77 "$output"
check_run 'one more, with a unit' 2 "$SVRUN" --unit "$scratch/settings.service" -p ExecStopPost=/bin/true true
check_run 'a variable that is not set is passed over' 0 "$SVRUN" -P -E SVTEST_NOT_SET true
wrong 'a unit that is not there' '.*/nonexistent.service' --unit /nonexistent.service
wrong 'json without explain' '.*--json' --json true
wrong 'two directories' '.*--working-directory' -d --working-directory=/ true
check_run 'help' 0 "$SVRUN" --help
check_match 'help is on standard output' '--property=NAME=VALUE' "$output"
check_run 'version' 0 "$SVRUN" --version
check_match 'version is on standard output' '^svrun .*[0-9]' "$output"

# --- arguments reach the command as they are
# shellcheck disable=SC2016 # nothing is to be expanded
dollar='$HOME'
run "$SVRUN" printf '%s|' 'a b' '' "$dollar" '%n' '--' '-p' $'new\nline' "\\"
check 'arguments are not touched' "a b||$dollar|%n|--|-p|"$'new\nline''|\|' "$output"
run "$SVRUN" echo -p PrivateTmp=maybe
check 'options after the command are its own' '-p PrivateTmp=maybe' "$output"
run "$SVRUN" -- echo x
check '"--" ends the options' x "$output"
same -pNice=3 -- nice=3
same --property=Nice=4 -- nice=4
same -p Nice=4 -p Nice=5 -- nice=5

# --- the options that stand for a directive
cd /usr/lib || exit 1
same -d -- cwd=/usr/lib
same --same-dir -- cwd=/usr/lib
same --working-directory=/usr -- cwd=/usr
same -- cwd=/
cd "$scratch" || exit 1
if [ -n "$root" ]; then
        same --uid=games -- uid="$(id -u games)" gid="$(id -g games)"
        same --gid=games -- gid="$(id -g games)" uid=0
        same --uid=games --gid=mail -- uid="$(id -u games)" gid="$(getent group mail | cut -d : -f 3)"
fi

# --- -q
run "$SVRUN" -p Enforce=warn -p PAMName=login true
check_match 'what is not enforced is said' 'PAMName=' "$said"
run "$SVRUN" -q -p Enforce=warn -p PAMName=login true
check '-q says nothing' '' "$said"
check_run 'what only the manager enforces is refused' 226 "$SVRUN" -p MemoryMax=64M true
check_match 'and says who does' 'enforced by svmanager alone: MemoryMax=; leave it out' "$said"
check_run 'unless it may be missing' 0 "$SVRUN" -p Enforce=warn -p MemoryMax=64M true
run "$SVRUN" -q -p "ReadOnlyPaths=$scratch/missing" true
check_match '-q still says why it failed' missing "$said"
check_run 'strict refuses what it cannot enforce' 226 "$SVRUN" -p PAMName=login touch "$scratch/ran"
check_match 'and names it' 'PAMName=' "$said"
check 'nothing was executed' gone "$([ -e "$scratch/ran" ] || echo gone)"

for setting in FinalKillSignal=INT TimeoutAbortSec=5 NonBlocking=yes; do
        check_run "$setting is left to a supervisor" 0 "$SVRUN" -p "$setting" true
        check_match 'which is said' "left to a supervisor: ${setting%=*}=" "$said"
done

# --- pipes
head -c 300000 /dev/urandom >"$scratch/binary"
"$SVRUN" -P cat <"$scratch/binary" >"$scratch/through"
check 'binary data passes untouched' "$(sha256sum <"$scratch/binary")" "$(sha256sum <"$scratch/through")"
"$SVRUN" -P sh -c 'cat >&2' <"$scratch/binary" 2>"$scratch/through"
check 'also by standard error' "$(sha256sum <"$scratch/binary")" "$(sha256sum <"$scratch/through")"
check 'the end of input passes' 300000 "$(head -c 300000 /dev/zero | "$SVRUN" -P -p PrivateTmp=yes wc -c)"
check 'a reader that leaves ends the writer' 'y y ' "$("$SVRUN" -P -p IgnoreSIGPIPE=no yes | head -2 | tr '\n' ' ')"
# shellcheck disable=SC2016 # the inner shell expands it
check 'three streams' 'in out err' "$(echo in | "$SVRUN" -P sh -c 'read x; echo $x out; echo err >&2' 2>"$scratch/err") $(cat "$scratch/err")"

# --- signals are passed on
cat >"$scratch/tell" <<'U'
for s in TERM INT USR1 USR2 HUP QUIT; do trap "echo got $s; exit 3" $s; done
echo ready
while :; do sleep 0.05; done
U
for signal in TERM INT USR1 USR2 HUP QUIT; do
        rm -f "$scratch/told"
        setsid "$SVRUN" -P bash "$scratch/tell" >"$scratch/told" 2>&1 </dev/null &
        pid=$!
        own $pid
        within 10 grep -qs ready "$scratch/told"
        kill -$signal $pid
        wait $pid
        check "SIG$signal is passed on: the status" 3 $?
        check "SIG$signal is passed on" "got $signal" "$(tail -1 "$scratch/told")"
done
"$SVRUN" -P sleep 60 </dev/null &
pid=$!
own $pid
within 10 pgrep -P "$(pgrep -P $pid)" >/dev/null
kill -TERM $pid
wait $pid
check 'a command that does not catch it ends by it' 143 $?

# --- a terminal of its own
cat >"$scratch/terminal.py" <<'U'
import fcntl, os, pty, select, signal, struct, sys, termios, time
def wait(fd, wanted, seconds=5):
    global seen
    seen, end = b"", time.time() + seconds
    while wanted not in seen and time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                data = os.read(fd, 4096)
            except OSError:
                break
            if not data:
                break
            seen += data
    return wanted in seen
def report(key, value):
    print("%s=%s" % (key, value), flush=True)
def size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
def begin(*arguments):
    pid, fd = pty.fork()
    if pid == 0:
        size(0, 31, 97)
        os.execv(sys.argv[1], [sys.argv[1], *arguments])
    return pid, fd
def end(pid, fd):
    wait(fd, b"\0", 3)
    for _ in range(100):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(pid, 9)
    return "never"
pid, fd = begin("-t", "bash", "--norc", "--noprofile")
os.write(fd, b"echo size=$(stty size).\n"); report("size", wait(fd, b"size=31 97."))
size(fd, 40, 120); os.kill(pid, signal.SIGWINCH); time.sleep(0.3)
os.write(fd, b"echo size=$(stty size).\n"); report("resize", wait(fd, b"size=40 120."))
os.write(fd, b"echo tty=$(tty).\n"); report("tty", wait(fd, b"tty=/dev/pts/") )
os.write(fd, b"sleep 100\n"); time.sleep(0.3); os.write(fd, b"\x03")
os.write(fd, b"echo after=$((1+1)).\n"); report("interrupt", wait(fd, b"after=2."))
os.write(fd, b"sleep 100\n"); time.sleep(0.3); os.write(fd, b"\x1a"); report("stop", wait(fd, b"Stopped"))
os.write(fd, b"kill -KILL %1\n\n"); wait(fd, b"Killed")
os.write(fd, b"exec sh -c 'exit 5'\n"); report("status", end(pid, fd))
pid, fd = begin("-t", "cat")
os.write(fd, b"echoed\n"); report("cat", wait(fd, b"echoed\r\nechoed\r\n"))
os.write(fd, b"\x04"); report("eof", end(pid, fd))
pid, fd = begin("-t", "sh", "-c", "trap '' INT TERM; echo up; sleep 50")
wait(fd, b"up"); started = time.time()
os.write(fd, b"\x1d"); time.sleep(0.1); os.write(fd, b"\x1d"); time.sleep(0.1)
report("two", os.waitpid(pid, os.WNOHANG)[0] == 0)
os.write(fd, b"\x1d"); report("leave", end(pid, fd) not in ("never", 0)); report("quickly", time.time() - started < 15)
pid, fd = begin("-P", "sh", "-c", "[ -t 0 ] && echo terminal=yes; tty")
report("pipe", wait(fd, b"terminal=yes")); report("pipe-status", end(pid, fd))
before = os.popen("ls /dev/pts").read()
U
sed -i '/^before = /d' "$scratch/terminal.py"
run timeout 60 python3 "$scratch/terminal.py" "$SVRUN"
for key in size resize tty interrupt stop cat leave two quickly pipe; do
        expect "a terminal: $key" $key True
done
for inner in '' "$SVRUN -t --"; do
        for input in 'hi\n' 'no line end' ''; do
                # shellcheck disable=SC2016,SC2059,SC2086 # for the shell inside, a format, and words
                got=$(printf "$input" | timeout 20 "$SVRUN" -t -- $inner sh -c 'got=$(cat); echo; echo "got $got"' | tr -d '\r' | tail -n 1)
                check "the end of piped input \"$input\" reaches a terminal ${inner:+in a terminal}" \
                        "got ${input%%\\n}" "$got"
        done
done
expect 'a terminal: the status' status 5
expect 'a terminal: the end of input' eof 0
finish
