#!/bin/bash
# Protects the example that the README promises, by its effect, in a pipe and on a terminal.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
need_tool python3
arguments=(-p InaccessiblePaths=/etc/passwd -p ReadOnlyPaths=/etc -p PrivateTmp=true)
mark=svtest-example-$$
: >"/tmp/$mark"
trap 'rm -f "/tmp/$mark" /etc/svtest-x; leave' EXIT

# --- in a pipe
cat >"$scratch/script" <<'U'
id -u
ls -l /etc/passwd
wc -c </etc/passwd
cat /etc/passwd
# What follows would ruin a host whose file it is.
[ "$(stat -c %a /etc/passwd)" = 0 ] || exit 9
echo >/etc/svtest-x
echo >/etc/passwd
chmod 644 /etc/passwd
rm -f /etc/passwd
ls -A /tmp | wc -l
echo mine >/tmp/own && cat /tmp/own
U
run "$SVRUN" "${arguments[@]}" bash "$scratch/script"
mapfile -t lines <<<"$output"
check 'even as root' 0 "${lines[0]}"
check_match '/etc/passwd shows as ----------' '^---------- ' "${lines[1]}"
check '/etc/passwd reads as nothing' 0 "${lines[2]}"
check '/tmp is empty' 0 "${lines[3]}"
check '/tmp is its own' mine "${lines[4]}"
check_match 'nothing can be written to /etc' '/etc/svtest-x: Read-only file system' "$said"
check_match 'neither to /etc/passwd' '/etc/passwd: Read-only file system' "$said"
check_match 'it cannot be removed' "cannot remove '/etc/passwd'" "$said"
check 'the file of the host is untouched' root "$(head -c 4 /etc/passwd)"
check 'nothing was written on the host' gone "$([ -e /etc/svtest-x ] || echo gone)"
check 'the /tmp of the host is untouched' here "$([ -e "/tmp/$mark" ] && [ ! -e /tmp/own ] && echo here)"
check 'its own is gone' '' "$(grep -rsl mine /tmp/svalinn-private-*/tmp/own)"

# --- on a terminal, typed
cat >"$scratch/terminal.py" <<'U'
import os, pty, select, sys, time

def wait(fd, wanted, seconds=5):
    """Reads until WANTED was seen (True), or the time or the terminal is over."""
    seen, end = b"", time.time() + seconds
    while wanted not in seen and time.time() < end:
        if not select.select([fd], [], [], 0.1)[0]:
            continue
        try:
            data = os.read(fd, 4096)
        except OSError:
            break
        if not data:
            break
        seen += data
    sys.stdout.write(seen.decode(errors="replace"))
    return wanted in seen

pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
ok = True
for line, wanted in (("ls -l /etc/passwd", b"----------"), ("cat /etc/passwd; echo read=$?.", b"read=0."),
                     ("echo >/etc/svtest-x", b"Read-only file system"), ("echo count=$(ls -A /tmp | wc -l).", b"count=0."),
                     ("[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && tty && echo term=$((1+1)).", b"term=2.")):
    os.write(fd, line.encode() + b"\n")
    if not wait(fd, wanted):
        print("\nMISSING", wanted)
        ok = False
os.write(fd, b"exit 7\n")
wait(fd, b"\0", 5)
for _ in range(100):
    ended = os.waitpid(pid, os.WNOHANG)
    if ended[0]:
        break
    time.sleep(0.05)
else:
    os.kill(pid, 9)
    print("\nit did not end")
    sys.exit(1)
print("\nstatus=%d" % os.waitstatus_to_exitcode(ended[1]))
sys.exit(0 if ok else 1)
U
run python3 "$scratch/terminal.py" "$SVRUN" "${arguments[@]}" -t bash --norc
check 'the same on a terminal' 0 "$status"
[ "$status" = 0 ] || printf '%s\n' "$output"
check 'its exit status arrives' 'status=7' "${output##*$'\n'}"
check 'nothing was written on the host either' gone "$([ -e /etc/svtest-x ] || echo gone)"
check 'and /tmp is gone' '' "$(find /tmp -maxdepth 1 -name 'svalinn-private-*' -newer "/tmp/$mark" -empty)"
finish
