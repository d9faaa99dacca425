#!/bin/bash
# How long services take under svinit and svmanager, beside other supervisors and "bare", a loop of
# fork, exec and wait. Each runs as process 1 of a container of its own, or is started by one that
# only reaps; all take turns in one run. The tables are medians; what counts are the ratios at the
# end, on a machine that is quiet.
set -uo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 1

usage() {
        cat <<'END'
usage: tests/bench/supervisor.sh [OPTION]... [BUILD-DIRECTORY]

  --rounds N   how often each measurement is made (default 5)
  --only NAME  this supervisor beside "bare"; may be given several times
  --peers DIR  look for the other supervisors in this tree, too; when it does not exist, it is made
               of Debian's packages, of which nothing is installed
  --idle N     count wake-ups for N seconds (default 30; 0: do not)
  --check      a few services once, to see that everything runs; the ratios mean nothing then
  --help       print this

The build directory is "build" unless it is named. Needs root, and control groups of version 2.
END
}

rounds=5 check='' build=$top/build peers='' only=() idle=30
while [ $# -gt 0 ]; do
        case $1 in
        --rounds | --idle)
                [[ ${2:-} =~ ^[0-9]+$ ]] || { echo "supervisor.sh: $1 needs a number" >&2; exit 2; }
                [ "$1" = --idle ] && idle=$2 || rounds=$((10#$2))
                [ "$rounds" -gt 0 ] || { echo "supervisor.sh: --rounds needs a number from 1 on" >&2; exit 2; }
                shift
                ;;
        --only | --peers)
                [ -n "${2:-}" ] || { echo "supervisor.sh: $1 needs an argument" >&2; exit 2; }
                [ "$1" = --peers ] && peers=$2 || only+=("$2")
                shift
                ;;
        --check) check=yes rounds=1 idle=1 ;;
        --help) usage; exit 0 ;;
        -*) echo "supervisor.sh: unknown option \"$1\"; --help lists what there is" >&2; exit 2 ;;
        *) build=$1 ;;
        esac
        shift
done
sizes=(10 100 1000) hard_sizes=(10 1000) kills=10 units=5000 calls=50
[ -z "$check" ] || sizes=(3) hard_sizes=(3) kills=2 units=20 calls=2
most=${sizes[-1]}

skip_all() { echo "skipped: supervisor.sh: $1"; exit 77; }
[ "$(id -u)" = 0 ] || skip_all 'needs root'
grep -q ' - cgroup2 ' /proc/self/mountinfo || skip_all 'the host has no unified control group hierarchy'
grep -qw overlay /proc/filesystems || skip_all 'the kernel has no overlay file system'
build=$(realpath "$build") || exit 1
container=${CONTAINER:-$build/tests/container/container}
programs=("$build/supervisor/"{svinit,manager/svmanager,exec/svexec,log/svlogd,tools/svctl}
        "$build/tests/bench/"{meter,service,measure})
for program in "$container" "${programs[@]}"; do
        [ -x "$program" ] && continue
        echo "supervisor.sh: $program is missing; build it with \"ninja -C $build\"" >&2
        exit 1
done

# --- the other supervisors ---------------------------------------------------------------------

peer_packages=(s6 libs6-2.11 libskarnet2.13 libexecline2.9 execline runit finit libite5 libuev3
        openrc libeinfo1 librc1 supervisor python3-pkg-resources)

get_peers() {
        local archive
        mkdir -p "$peers.new" && cd "$peers.new" || exit 1
        apt-get download -q "${peer_packages[@]}" || exit 1
        for archive in *.deb; do
                dpkg -x "$archive" . && rm "$archive" || exit 1
        done
        cd - >/dev/null && mv "$peers.new" "$peers" || exit 1
}
if [ -n "$peers" ]; then
        [ -d "$peers" ] || get_peers
        peers=$(realpath "$peers") || exit 1
fi

# Hardened services do not see /tmp.
scratch=$(mktemp -d /var/lib/svalinn-bench.XXXXXX) || exit 1
running=()
# shellcheck disable=SC2317 # the trap calls it
clean_up() {
        local pid
        for pid in "${running[@]}"; do
                kill "$pid" 2>/dev/null && wait "$pid"
        done
        rm -rf --one-file-system "$scratch"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$scratch"
bin=$scratch/bin conf=$scratch/conf slots=/run/slots
mkdir "$bin" "$conf"
cp "${programs[@]}" "$bin/" || exit 1
[ -z "$peers" ] || { mkdir "$scratch/peers" && cp -a "$peers/." "$scratch/peers/" || exit 1; }

# has PROGRAM: here or in the peers' tree?
has() {
        local dir
        command -v "$1" >/dev/null && return
        for dir in usr/bin usr/sbin bin sbin usr/lib/systemd lib/systemd; do
                [ -n "$peers" ] && [ -x "$peers/$dir/$1" ] && return
        done
        return 1
}

# --- what a supervisor is told --------------------------------------------------------------------
# NAME_needs  the program without which it cannot be measured
# NAME_write  N services of a KIND as its own files below $conf
# NAME_first  process 1: a command of the shell
# NAME_ready  succeeds when it can be told something
# NAME_start, NAME_stop  what tells it, a command of the shell; it may go on after the command

trivial='ExecStart='"$bin/service $slots"
hardened=(ProtectSystem=strict ReadWritePaths=/run ProtectHome=yes PrivateTmp=yes PrivateDevices=yes
        ProtectKernelTunables=yes ProtectKernelModules=yes ProtectKernelLogs=yes ProtectControlGroups=yes
        ProtectClock=yes ProtectHostname=yes NoNewPrivileges=yes CapabilityBoundingSet= LockPersonality=yes
        MemoryDenyWriteExecute=yes RestrictSUIDSGID=yes RestrictRealtime=yes RestrictNamespaces=yes
        RestrictAddressFamilies=AF_UNIX SystemCallFilter=@system-service SystemCallArchitectures=native)

# unit_files N KIND: the same for svmanager and systemd.
unit_files() {
        local i extra=()
        [ "$2" = trivial ] || extra=("${hardened[@]}")
        printf '[Unit]\nDefaultDependencies=no\n' >"$conf/default.target"
        printf '[Unit]\nDefaultDependencies=no\n' >"$conf/bench.target"
        for ((i = 0; i < $1; i++)); do
                echo "Wants=s$i.service" >>"$conf/bench.target"
                printf '%s\n' '[Unit]' DefaultDependencies=no PartOf=bench.target StartLimitIntervalSec=0 \
                        '[Service]' Restart=on-failure RestartSec=0 "$trivial $i" "${extra[@]}" >"$conf/s$i.service"
        done
        printf '%s\n' '[Unit]' DefaultDependencies=no StartLimitIntervalSec=0 '[Service]' Type=oneshot \
                ExecStart=/bin/true "${extra[@]}" >"$conf/once.service"
}

svalinn_needs() { echo "$bin/svinit"; }
svalinn_write() {
        unit_files "$@"
        printf '%s\n' Wants=svlogd.service After=svlogd.service >>"$conf/default.target"
        printf '%s\n' '[Unit]' DefaultDependencies=no '[Service]' Type=notify NotifyAccess=all \
                FileDescriptorStoreMax=4200 StandardOutput=null StandardError=null "ExecStart=$bin/svlogd" >"$conf/svlogd.service"
}
svalinn_first() { echo "SYSTEMD_UNIT_PATH=$conf exec $bin/svinit"; }
svalinn_ready() { echo "$bin/svctl is-active default.target"; }
svalinn_start() { echo "exec $bin/svctl start bench.target"; }
svalinn_stop() { echo "exec $bin/svctl stop bench.target"; }

systemd_needs() { echo /lib/systemd/systemd; }
systemd_write() {
        unit_files "$@"
        printf '%s\n' Wants=systemd-journald.service After=systemd-journald.service >>"$conf/default.target"
}
systemd_first() { echo "SYSTEMD_UNIT_PATH=$conf: exec /lib/systemd/systemd --system --log-target=null --show-status=0"; }
systemd_ready() { echo 'systemctl is-active default.target'; }
systemd_start() { echo 'exec systemctl start bench.target'; }
systemd_stop() { echo 'exec systemctl stop bench.target'; }

# run_directories N: service directories of runit and s6.
run_directories() {
        local i
        mkdir "$conf/services"
        for ((i = 0; i < $1; i++)); do
                mkdir "$conf/services/s$i"
                printf '#!/bin/sh\nexec %s %s %d\n' "$bin/service" "$slots" "$i" >"$conf/services/s$i/run"
                chmod 755 "$conf/services/s$i/run"
        done
}

s6_needs() { echo s6-svscan; }
s6_write() { run_directories "$1"; }
s6_first() { echo "mkdir /run/scan; s6-svscan -c 2000 /run/scan & exec $bin/meter hold"; }
s6_ready() { echo 'test -p /run/scan/.s6-svscan/control'; }
s6_start() { echo "cp -r $conf/services/. /run/scan/ && exec s6-svscanctl -a /run/scan"; }
s6_stop() { echo 'exec s6-svscanctl -t /run/scan'; }

runit_needs() { echo runsvdir; }
runit_write() { run_directories "$1"; }
runit_first() { echo "exec $bin/meter hold"; }
runit_ready() { echo 'grep -qx meter /proc/1/comm'; }
runit_start() { echo "cp -r $conf/services /run/runit && { setsid runsvdir /run/runit >/dev/null 2>&1 & echo \$! >/run/runsvdir.pid; }"; }
runit_stop() { echo "exec kill -HUP \$(cat /run/runsvdir.pid)"; }

dinit_needs() { echo dinit; }
dinit_write() {
        local i
        printf 'type = internal\n' >"$conf/boot"
        printf 'type = internal\n' >"$conf/bench"
        for ((i = 0; i < $1; i++)); do
                echo "waits-for = s$i" >>"$conf/bench"
                printf '%s\n' 'type = process' "command = $bin/service $slots $i" 'restart = true' \
                        'restart-delay = 0' 'smooth-recovery = true' 'restart-limit-count = 0' >"$conf/s$i"
        done
}
dinit_first() { echo "exec dinit -q -d $conf -m"; }
dinit_ready() { echo 'dinitctl is-started boot'; }
dinit_start() { echo 'exec dinitctl start bench'; }
dinit_stop() { echo 'exec dinitctl stop bench'; }

finit_needs() { echo finit; }
finit_write() {
        local i
        for ((i = 0; i < $1; i++)); do
                echo "service [S2345] name:s$i respawn $bin/service $slots $i -- s$i"
        done >"$conf/bench.conf"
}
finit_first() { echo "mkdir -p /etc/finit.d; rm -f /etc/finit.d/*.conf; echo 'runlevel 2' >/etc/finit.conf; exec finit"; }
finit_ready() { echo "/lib/finit/initctl status"; }
finit_start() { echo "cp $conf/bench.conf /etc/finit.d/bench.conf; exec /lib/finit/initctl reload"; }
finit_stop() { echo 'rm /etc/finit.d/bench.conf; exec /lib/finit/initctl reload'; }

busybox_needs() { echo busybox; }
busybox_write() {
        local i
        echo '::sysinit:/bin/true' >"$conf/inittab"
        cp "$conf/inittab" "$conf/inittab.all"
        for ((i = 0; i < $1; i++)); do
                echo "::respawn:$bin/service $slots $i"
        done >>"$conf/inittab.all"
}
busybox_first() { echo "cp $conf/inittab /etc/inittab; exec -a init busybox init"; }
busybox_ready() { echo 'grep -qx busybox /proc/1/comm'; }
busybox_start() { echo "cp $conf/inittab.all /etc/inittab; exec kill -HUP 1"; }
busybox_stop() { echo "cp $conf/inittab /etc/inittab; exec kill -HUP 1"; }

# One command a service is how OpenRC uses it.
openrc_needs() { echo supervise-daemon; }
openrc_write() {
        local i
        for ((i = 0; i < $1; i++)); do
                echo "RC_SVCNAME=s$i supervise-daemon s$i --start --pidfile /run/s$i.pid $bin/service -- $slots $i" >>"$conf/start"
                echo "RC_SVCNAME=s$i supervise-daemon s$i --stop --pidfile /run/s$i.pid" >>"$conf/stop"
        done
}
openrc_first() { echo "mkdir -p /run/openrc/daemons /run/openrc/options; exec $bin/meter hold"; }
openrc_ready() { echo 'grep -qx meter /proc/1/comm'; }
openrc_start() { echo "exec sh $conf/start"; }
openrc_stop() { echo "exec sh $conf/stop"; }

supervisord_needs() { echo supervisord; }
supervisord_write() {
        local i
        {
                printf '%s\n' '[supervisord]' 'minfds=4096' 'logfile=/dev/null' 'logfile_maxbytes=0' 'pidfile=/run/supervisord.pid' \
                        '[unix_http_server]' 'file=/run/supervisor.sock' '[supervisorctl]' 'serverurl=unix:///run/supervisor.sock' \
                        '[rpcinterface:supervisor]' 'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface'
                for ((i = 0; i < $1; i++)); do
                        printf '%s\n' "[program:s$i]" "command=$bin/service $slots $i" 'autostart=false' 'startsecs=0' \
                                'stdout_logfile=NONE' 'stderr_logfile=NONE'
                done
        } >"$conf/supervisord.conf"
}
supervisord_first() { echo "exec /usr/bin/python3 /usr/bin/supervisord -n -c $conf/supervisord.conf"; }
supervisord_ready() { echo "/usr/bin/python3 /usr/bin/supervisorctl -c $conf/supervisord.conf pid"; }
supervisord_start() { echo "exec /usr/bin/python3 /usr/bin/supervisorctl -c $conf/supervisord.conf start all"; }
supervisord_stop() { echo "exec /usr/bin/python3 /usr/bin/supervisorctl -c $conf/supervisord.conf stop all"; }

# --- containers ----------------------------------------------------------------------------------

group_root=$(awk '$4 == "/" && / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
named() { echo "bench-$$-$1"; }
inside() { "$container" enter "$(named "$1")" "${@:2}"; }

# begin NAME N KIND: the container of a supervisor that knows of N services and has started none.
begin() {
        local end=$((SECONDS + 60)) copy=''
        rm -rf "${conf:?}" && mkdir "$conf"
        "$1_write" "$2" "$3"
        [ -z "$peers" ] || copy="for d in $scratch/peers/*/; do cp -a \$d. /\$(basename \$d)/; done; ldconfig;"
        "$container" --bind "$scratch" run "$(named "$1")" bash -c "ulimit -n $(ulimit -Hn); $copy $("$1_first")" \
                </dev/null >"$scratch/said.$1" 2>&1 &
        running+=($!)
        until inside "$1" sh -c "$("$1_ready")" >/dev/null 2>&1; do
                if [ $SECONDS -gt $end ] || ! kill -0 "${running[-1]}" 2>/dev/null; then
                        fail "$1" 'it does not begin' "$scratch/said.$1"
                        return 1
                fi
                sleep 0.05
        done
}

# The container that was begun last ends.
end() {
        kill "${running[-1]}" 2>/dev/null
        wait "${running[-1]}" 2>/dev/null
        unset 'running[-1]'
}

# fail NAME WHAT FILE: ours must work; others are left out from then on.
declare -A failed
fail() {
        echo "  $1: $2: $(tail -n 3 "$3" | paste -sd ' ')" >&2
        failed[$1]=yes
        [ "$1" != svalinn ] || broken=yes
}
broken=''

# The supervisor's own processes, of the group and those below it.
own_processes() {
        local pid exe
        while read -r pid; do
                exe=$(readlink "/proc/$pid/exe") || continue
                [[ $exe == "$bin/service" || $exe == "$bin/meter" ]] || echo "$pid"
        done < <(find "$group_root/svalinn-container.$(named "$1")" -name cgroup.procs -exec cat {} +)
}
memory_of() {
        local pid
        for pid in $(own_processes "$1"); do
                cat "/proc/$pid/smaps_rollup"
        done 2>/dev/null | awk '/^Pss:/ { kb += $2 } END { print kb + 0 }'
}
wakeups_of() {
        local pid
        for pid in $(own_processes "$1"); do
                cat "/proc/$pid/status"
        done 2>/dev/null | awk '/^voluntary_ctxt_switches:/ { n += $2 } END { print n + 0 }'
}

# --- measuring -----------------------------------------------------------------------------------

# note KEY VALUE...: of which the median will count.
note() { printf '%s\n' "${@:2}" >>"$scratch/values.$1"; }
median() {
        [ -s "$scratch/values.$1" ] || return 1
        sort -n "$scratch/values.$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# measured KEY NAME VERB COMMAND: by the meter, in the container.
measured() {
        local values
        if ! values=$(inside "$2" "$bin/meter" "$3" "$slots" "$4" "${@:5}" 2>"$scratch/said"); then
                fail "$2" "$1" "$scratch/said"
                return 1
        fi
        # shellcheck disable=SC2086 # one value a line
        note "$1.$2" $values
}

# life NAME N KIND: N services are started, looked at and stopped.
life() {
        local key=$3.$2
        begin "$1" "$2" "$3" || { end; return; }
        if [ "$2" = "${sizes[0]}" ] && [ "$3" = trivial ]; then
                sleep 0.5
                note "memory.0.$1" "$(memory_of "$1")"
        fi
        if measured "start.$key" "$1" start "$2" sh -c "$("$1_start")"; then
                sleep 0.5
                note "memory.$key.$1" "$(memory_of "$1")"
                [ "$2" != "${sizes[0]}" ] || measured "restart.$3" "$1" restart "$kills"
                measured "stop.$key" "$1" stop "$2" sh -c "$("$1_stop")"
        fi
        end
}

# bare_life N: what there is to be done without a supervisor.
bare_life() {
        local values
        values=$("$bin/meter" bare "$scratch/slots" "$1" "$bin/service") || { broken=yes; return; }
        note "start.trivial.$1.bare" "${values%$'\n'*}"
        note "stop.trivial.$1.bare" "${values#*$'\n'}"
}

# calls_of NAME PROGRAM: how long its client takes.
calls_of() {
        local name middle rest
        begin "$1" 1 trivial || { end; return; }
        while IFS=$'\t' read -r name middle rest; do
                note "call.$name.$1" "$middle"
        done < <(inside "$1" "$bin/measure" "$calls" :: start "$2" start once.service \
                :: is-active "$2" is-active default.target :: list-units "$2" list-units | awk -F '\t' 'NF == 5')
        end
}

# reload_of NAME PROGRAM: what daemon-reload takes with many units, of which nothing has changed.
reload_of() {
        local i took
        begin "$1" 0 trivial || { end; return; }
        for ((i = 0; i < units; i++)); do
                printf '%s\n' '[Unit]' DefaultDependencies=no ConditionPathExists=/nosuch '[Service]' \
                        ExecStart=/bin/true >"$conf/u$i.service"
                echo "Wants=u$i.service" >>"$conf/bench.target"
        done
        inside "$1" "$2" daemon-reload && inside "$1" sh -c "$("$1_start")"
        for ((i = 0; i < 3; i++)); do
                took=$(inside "$1" "$bin/measure" 1 :: reload "$2" daemon-reload) || { fail "$1" 'daemon-reload' "$scratch/said.$1"; break; }
                note "reload.$1" "$(cut -f 2 <<<"$took")"
        done
        end
}

# idle_of NAME: wake-ups in $idle seconds, after some in which what was begun may end.
idle_of() {
        local before
        begin "$1" "${sizes[0]}" trivial || { end; return; }
        if inside "$1" "$bin/meter" start "$slots" "${sizes[0]}" sh -c "$("$1_start")" >/dev/null 2>"$scratch/said"; then
                sleep $((idle > 5 ? 5 : idle))
                before=$(wakeups_of "$1")
                sleep "$idle"
                note "idle.$1" $(($(wakeups_of "$1") - before))
        fi
        end
}

# --- what is printed -----------------------------------------------------------------------------

# ratio A B: with two digits, or a dash
ratio() { awk -v a="${1:--}" -v b="${2:--}" 'BEGIN { if (a ~ /^[0-9]+$/ && b > 0) printf "%.2f", a / b; else print "-" }'; }
thousandth() { [[ ${1:-} =~ ^[0-9]+$ ]] && awk -v n="$1" -v by="${2:-1000}" 'BEGIN { printf "%.2f", n / by }' || echo -; }

# table N KIND
table() {
        local name start stop
        printf '\n%d %s services\n' "$1" "$2"
        printf '  %-12s %10s %9s %10s %9s %11s %9s\n' '' 'start ms' 'of bare' 'stop ms' 'of bare' 'restart ms' 'PSS MB'
        for name in bare "${supervisors[@]}"; do
                [ -s "$scratch/values.start.$2.$1.$name" ] || continue
                start=$(median "start.$2.$1.$name") stop=$(median "stop.$2.$1.$name")
                printf '  %-12s %10s %9s %10s %9s %11s %9s\n' "$name" "$(thousandth "$start")" \
                        "$(ratio "$start" "$(median "start.trivial.$1.bare")")" "$(thousandth "$stop")" \
                        "$(ratio "$stop" "$(median "stop.trivial.$1.bare")")" \
                        "$([ "$1" != "${sizes[0]}" ] || thousandth "$(median "restart.$2.$name")")" \
                        "$(thousandth "$(median "memory.$2.$1.$name")" 1024)"
        done
}

# row TITLE KEY DIVISOR: a value of each supervisor that has it
row() {
        local name value
        printf '  %-26s' "$1"
        for name in "${supervisors[@]}"; do
                value=$(median "$2.$name") && printf ' %s %s' "$name" "$(thousandth "$value" "$3")"
        done
        echo
}

# aim TITLE VALUE MOST [UNIT]: a value that is not there says nothing
aim() {
        [[ $2 =~ ^[0-9.]+$ ]] || return
        awk -v title="$1" -v value="$2" -v most="$3" -v unit="${4:-}" 'BEGIN {
                printf "  %-42s <= %6.2f %-2s ? %-3s (%.2f)\n", title, most, unit, value <= most ? "yes" : "no", value }'
}

aims() {
        printf '\naims\n'
        aim "start $most trivial, of bare" "$(ratio "$(median "start.trivial.$most.svalinn")" "$(median "start.trivial.$most.bare")")" 2
        aim "start $most hardened, of systemd" "$(ratio "$(median "start.hardened.$most.svalinn")" "$(median "start.hardened.$most.systemd")")" 0.25
        aim "stop $most trivial" "$(thousandth "$(median "stop.trivial.$most.svalinn")")" 100 ms
        aim 'restart, trivial' "$(thousandth "$(median restart.trivial.svalinn)")" 2 ms
        aim 'restart, hardened' "$(thousandth "$(median restart.hardened.svalinn)")" 5 ms
        aim 'PSS without services' "$(thousandth "$(median memory.0.svalinn)" 1024)" 1.5 MB
        aim "PSS with $most" "$(thousandth "$(median "memory.trivial.$most.svalinn")" 1024)" 4 MB
        aim "wake-ups in $idle idle seconds" "$(median idle.svalinn)" 0
        aim "daemon-reload of $units units" "$(thousandth "$(median reload.svalinn)")" 100 ms
        aim 'svctl start, of systemctl' "$(ratio "$(median call.start.svalinn)" "$(median call.start.systemd)")" 0.25
}

# --- all in turn ---------------------------------------------------------------------------------

echo "$(nproc) processors, load $(cut -d ' ' -f 1 /proc/loadavg), kernel $(uname -r), $rounds rounds"
supervisors=() pair=()
for name in svalinn systemd dinit finit busybox runit s6 openrc supervisord; do
        if [ ${#only[@]} -gt 0 ] && [[ " ${only[*]} " != *" $name "* ]]; then
                continue
        elif has "$("${name}_needs")"; then
                supervisors+=("$name")
        else
                echo "  skipped: $name: $("${name}_needs") is not installed"
        fi
done
for name in svalinn systemd; do
        [[ " ${supervisors[*]} " != *" $name "* ]] || pair+=("$name")
done
declare -A client=([svalinn]=$bin/svctl [systemd]=/usr/bin/systemctl)

for ((round = 0; round < rounds; round++)); do
        for n in "${sizes[@]}"; do
                bare_life "$n"
                for name in "${supervisors[@]}"; do
                        [ -n "${failed[$name]:-}" ] || life "$name" "$n" trivial
                done
        done
        for n in "${hard_sizes[@]}"; do
                for name in "${pair[@]}"; do
                        [ -n "${failed[$name]:-}" ] || life "$name" "$n" hardened
                done
        done
        for name in "${pair[@]}"; do
                [ -n "${failed[$name]:-}" ] || calls_of "$name" "${client[$name]}"
        done
done
for name in "${pair[@]}"; do
        [ -n "${failed[$name]:-}" ] || reload_of "$name" "${client[$name]}"
done
for name in "${supervisors[@]}"; do
        [ "$idle" = 0 ] || [ -n "${failed[$name]:-}" ] || idle_of "$name"
done

for n in "${sizes[@]}"; do
        table "$n" trivial
done
for n in "${hard_sizes[@]}"; do
        table "$n" hardened
done
printf '\nother\n'
row 'PSS without services, MB' memory.0 1024
row 'a oneshot started, ms' call.start 1000
row 'is-active, ms' call.is-active 1000
row 'list-units, ms' call.list-units 1000
row "daemon-reload of $units, ms" reload 1000
row "wake-ups in $idle idle s" idle 1
aims
[ -z "$broken" ] || { echo 'supervisor.sh: svalinn or bare failed; see above' >&2; exit 1; }
