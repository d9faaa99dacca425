#!/bin/bash
# Protects the manager's control interface: Debian's unmodified systemctl drives a server made of the
# engine and units without processes; others send it garbage.
# shellcheck source=tests/host/lib.sh
[ "$(id -u)" != 0 ] || [ "${1:-}" = inside ] || exec unshare -m "$0" inside
. "$(dirname "$0")/lib.sh"
need_root
need_tool systemctl python3 busctl

# --- a /run of our own, so that no other manager is asked
mount -t tmpfs none /run && mkdir -p /run/systemd/system
export SYSTEMD_IGNORE_CHROOT=1 SYSTEMD_PAGER='' SYSTEMD_COLORS=0 LC_ALL=C
unset DBUS_SYSTEM_BUS_ADDRESS
units=$scratch/units
socket=/run/systemd/private
mkdir -p "$units/a.service.d" "$units/multi-user.target.wants"
cat >"$units/a.service" <<'UNIT'
[Unit]
Description=The first one
Documentation=man:a(8)
Wants=b.service
After=b.service
ConditionPathExists=/etc
[Service]
ExecStart=/bin/sleep 100
ExecReload=/bin/true
Environment="A=b c" D=e
MemoryMax=50M
CPUQuota=20%
RestartSec=3
SystemCallFilter=@system-service
CapabilityBoundingSet=CAP_CHOWN
TemporaryFileSystem=/var:ro
BindPaths=/a:/b
[Install]
WantedBy=multi-user.target
UNIT
printf '[Service]\nNice=5\n' >"$units/a.service.d/nice.conf"
for name in b slow stuck fail; do
        printf '[Service]\nExecStart=/bin/true\n' >"$units/$name.service"
done
printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' >"$units/linked.service"
ln -s ../linked.service "$units/multi-user.target.wants/"
for name in multi-user poweroff reboot; do
        printf '[Unit]\nAllowIsolate=yes\n' >"$units/$name.target"
done
for name in basic sysinit shutdown; do
        printf '[Unit]\nDescription=%s\n' "$name" >"$units/$name.target"
done
ln -s /dev/null "$units/masked.service"

start_server() {
        "$BUS_SERVER" "$units" "$socket" "$units" >"$scratch/server" 2>&1 &
        server=$!
        own $server
        within 10 grep -q ready "$scratch/server"
}
start_server || failed 'the server starts' "$(cat "$scratch/server")"

# show UNIT PROPERTY
show() { systemctl show -P "$2" "$1"; }

# --- reading
check_run 'list-units' 0 systemctl list-units --all
check_run 'is-active of what is not' 3 systemctl is-active a.service
check 'it says so' inactive "$output"
check_run 'is-active of what does not exist' 3 systemctl is-active nowhere.service
check_run 'status of what does not exist' 4 systemctl status nowhere.service
check 'its load state' not-found "$(show nowhere.service LoadState)"
check_run 'cat' 0 systemctl cat a.service
check_match 'cat shows the drop-in' 'Description=The first one.*Nice=5' "$output"
check 'a name' a.service "$(show a.service Id)"
check 'a description' 'The first one' "$(show a.service Description)"
check 'a dependency' b.service "$(show a.service Wants)"
check 'the other end of it' a.service "$(show b.service WantedBy)"
check 'a size' 52428800 "$(show a.service MemoryMax)"
check 'no size' infinity "$(show b.service MemoryMax)"
check 'a share' 200ms "$(show a.service CPUQuotaPerSecUSec)"
check 'a time' 3s "$(show a.service RestartUSec)"
check 'an integer' 5 "$(show a.service Nice)"
check 'words' '"A=b c" D=e' "$(show a.service Environment)"
check 'capabilities' cap_chown "$(show a.service CapabilityBoundingSet)"
check 'system calls' @system-service "$(show a.service SystemCallFilter)"
check 'a temporary file system' /var:ro "$(show a.service TemporaryFileSystem)"
check 'a bind' '/a:/b:rbind' "$(show a.service BindPaths)"
check_match 'a command' 'path=/bin/sleep ; argv\[\]=/bin/sleep 100' "$(show a.service ExecStart)"
check_run 'show, all' 0 systemctl show a.service
check 'shows many' yes "$([ "$(wc -l <<<"$output")" -gt 200 ] && echo yes)"
check_run 'show of the manager' 0 systemctl show
check_match 'its version' 'Version=svalinn' "$output"
check_run 'is-enabled: no' 1 systemctl is-enabled a.service
check 'disabled' disabled "$output"
check 'enabled' enabled "$(systemctl is-enabled linked.service)"
check 'static' static "$(systemctl is-enabled b.service)"
check 'masked' masked "$(systemctl is-enabled masked.service)"
check_run 'list-dependencies' 0 systemctl list-dependencies a.service
check_match 'they are there' 'b.service' "$output"

# --- jobs
check_run 'start' 0 systemctl start a.service
check 'is-active' active "$(systemctl is-active a.service)"
check 'what it wants, too' active "$(systemctl is-active b.service)"
check 'the main process' "$server" "$(show a.service MainPID)"
check_run 'status' 0 systemctl status a.service
check_match 'the state' 'Active: active \(running\) since .* ago' "$output"
check_match 'the memory' 'Memory: 1.0M \(max: 50.0M\)' "$output"
check_match 'the processes' 'bus-server' "$output"
check_run 'status of a process' 0 systemctl status "$server"
check_match 'is that of its unit' '^. a.service - The first one' "$output"
for verb in reload restart try-restart reload-or-restart try-reload-or-restart; do
        check_run "$verb" 0 systemctl $verb a.service
done
check_run 'reload of what cannot' 3 systemctl reload multi-user.target
check_run 'stop' 0 systemctl stop a.service
check 'it is' inactive "$(systemctl is-active a.service)"
check_run 'a start that takes time is waited for' 0 systemctl start slow.service
check 'it is active then' active "$(systemctl is-active slow.service)"
check_run 'a start that fails' 1 systemctl start fail.service
check_match 'the message' 'Job for fail.service failed' "$said"
check_run 'is-failed' 0 systemctl is-failed fail.service
check 'degraded' degraded "$(systemctl is-system-running)"
check_run 'reset-failed' 0 systemctl reset-failed fail.service
check 'it is inactive then' inactive "$(systemctl is-failed fail.service)"
check 'running' running "$(systemctl is-system-running)"
check_run 'start of what does not exist' 5 systemctl start nowhere.service
check_run 'start of a template' 1 systemctl start a@.service
check_run 'start of what is masked' 1 systemctl start masked.service
check_match 'the message says so' 'masked' "$said"
check_run 'start without waiting' 0 systemctl start --no-block stuck.service
check_run 'list-jobs' 0 systemctl list-jobs
check_match 'it is there' 'stuck.service *start *running' "$output"
check_run 'cancel' 0 systemctl cancel "$(awk '/stuck.service/ { print $1 }' <<<"$output")"
check_match 'no job is left' 'No jobs' "$(systemctl list-jobs)"
check_run 'isolate' 0 systemctl isolate multi-user.target
is_inactive() { [ "$(systemctl is-active "$1")" = inactive ]; }
check_run 'others are stopped' 0 within 10 is_inactive slow.service
check_run 'isolate of what does not allow it' 4 systemctl isolate basic.target
check_run 'kill' 0 systemctl start a.service
check_run 'kill' 0 systemctl kill -s USR1 --kill-whom=main a.service
check 'reached the unit' 'kill a.service 1 10' "$(grep kill "$scratch/server")"
check_run 'kill of what does not run' 1 systemctl kill --kill-whom=main fail.service

# --- the manager
check_run 'set-property' 0 systemctl set-property a.service MemoryMax=64M CPUQuota=30% Description=other
check 'a drop-in was written' 'MemoryMax=67108864' "$(grep -h MemoryMax "$units/a.service.d/50-MemoryMax.conf")"
check 'it counts' 67108864 "$(show a.service MemoryMax)"
check 'a share, too' 300ms "$(show a.service CPUQuotaPerSecUSec)"
check 'and what is not of its type' other "$(show a.service Description)"
check 'it is applied' 'apply a.service' "$(grep apply "$scratch/server")"
check_run 'set-property, wrong' 1 systemctl set-property a.service TasksMax=5 Slice=nonsense
check 'nothing was written' '' "$(find "$units/a.service.d" -name '*TasksMax*')"
sed -i 's/The first one/Changed/' "$units/a.service"
rm "$units/a.service.d/50-Description.conf"
check_run 'daemon-reload' 0 systemctl daemon-reload
check 'files were read again' Changed "$(show a.service Description)"
check_run 'poweroff --force' 0 systemctl poweroff --force --no-wall
check 'is told to the manager' 'end 1 0' "$(grep end "$scratch/server")"
check_run 'reboot' 0 systemctl reboot --no-wall
check 'starts the target' active "$(systemctl is-active reboot.target)"

# --- other clients
check_run 'busctl introspects' 0 busctl --address=unix:path=$socket introspect org.freedesktop.systemd1 /org/freedesktop/systemd1/unit/a_2eservice
check_match 'methods, signals and settings' 'Service.*MemoryMax' "$output"
check_run 'a property that does not exist' 1 busctl --address=unix:path=$socket get-property org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager Nothing
check_run 'wrong arguments' 1 busctl --address=unix:path=$socket call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager StartUnit s a.service
check_run 'an object that does not exist' 1 busctl --address=unix:path=$socket call org.freedesktop.systemd1 /org/freedesktop/systemd1/job/77 org.freedesktop.systemd1.Job Cancel
chmod 666 $socket
check_run 'an ordinary user is sent away' 1 as_user env SYSTEMCTL_FORCE_BUS=0 busctl --address=unix:path=$socket call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager ListUnits
check_run 'garbage, greed and crowds' 0 python3 "$(dirname "$0")/bus-nuisance.py" $socket "$server"
check_match 'all were survived' 'survived' "$output"
check 'others are still served' active "$(systemctl is-active a.service)"

# --- the end
check_run 'daemon-reexec' 0 systemctl daemon-reexec
check_match 'is told to the manager' 'reexecute' "$(cat "$scratch/server")"
wait $server
check 'the server has ended in peace' 0 $?
umount /run
finish
