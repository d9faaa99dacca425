#!/bin/bash
# Protects --watchdog: it resets the machine when it is no longer fed, and not before.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# Five seconds are longer than the watchdog's timeout: it is fed for them, and then no more.
cat >"$scratch/inside" <<'END'
watchdog -F -T 3 -t 1 /dev/watchdog &
sleep 5
echo "alive after 5 s"
kill -STOP $!
sleep 60
END
check_vm 'the watchdog fires' watchdog --watchdog --script "$scratch/inside"
check 'its status' 254 "$status"
check 'not while it is fed' 'alive after 5 s' "$output"
finish
