# shellcheck shell=bash
# What tests of the manager share: a container with svinit as PID 1, svmanager, and as svexec a
# stand-in that makes no sandbox. Units are files in $units; svctl asks for jobs, and states are
# read from the records.
# shellcheck source=tests/host/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
records=/run/svalinn/manager/units
units=$scratch/units
log=$scratch/log
name=svmanager-$$

manager_needs() {
        need_root
        need_tool busybox systemd-notify python3
        grep -q ' - cgroup2 ' /proc/self/mountinfo || skip_all 'the host has no unified control group hierarchy'
        grep -qw overlay /proc/filesystems || skip_all 'the kernel has no overlay file system'
        mkdir "$scratch/bin" "$units"
        cp "$SVINIT" "$SVMANAGER" "$SVCTL" "$scratch/bin/"
        cp "${EXECUTOR:-$PLAIN_SVEXEC}" "$scratch/bin/svexec"
}

# unit NAME LINE...: a unit file; the lines are those of [Service].
unit() {
        {
                printf '[Unit]\nDefaultDependencies=no\n[Service]\n'
                printf '%s\n' "${@:2}"
        } >"$units/$1"
}
target() { printf '[Unit]\nDefaultDependencies=no\n%s\n' "${@:2}" >"$units/$1"; }

inside() { "$CONTAINER" enter "$name" "$@"; }

# begin_with SERVICE...: these are started at first.
begin_with() {
        target default.target "Wants=$(printf '%s.service ' "$@")" "After=$(printf '%s.service ' "$@")"
        "$CONTAINER" --bind "$scratch" run "$name" sh -c "export SYSTEMD_UNIT_PATH=$units${more_units:+:$more_units} ${more_environment:-}; exec $scratch/bin/svinit --crashes=0" \
                >"$log" 2>&1 </dev/null &
        running=$!
        own "$running"
        within 10 inside test -e "$records" 2>/dev/null || failed 'the manager starts' "$(cat "$log")"
}

# value UNIT KEY: of its record.
value() { inside sed -n "s/^$2=//p" "$records/$1" 2>/dev/null; }
has_value() { [ "$(value "$1" "$2")" = "$3" ]; }
becomes() {
        if within "$2" has_value "$3" "$4" "$5"; then
                passed "$1"
        else
                failed "$1" "$3 does not become $4=$5:" "$(inside cat "$records/$3")" "$(grep "^svmanager: $3" "$log" | tail -n 10)"
        fi
}
# is NAME UNIT "STATE RESULT", at some time soon
is() {
        within 8 has_value "$2" State "${3% *}"
        check "$1" "$3" "$(value "$2" State) $(value "$2" Result)"
}

# ask VERB UNIT...: a job each, which nobody waits for, after the files were read anew.
ask() { inside "$scratch/bin/svctl" daemon-reload && inside "$scratch/bin/svctl" --no-block "$@"; }
start() { ask start "$@"; }
stop() { ask stop "$@"; }
reload() { ask reload "$@"; }
restart() { ask restart "$@"; }

# ends_with TARGET STATUS: the system ends by that target, and the container with it.
ends_with() {
        target "$1"
        inside kill -HUP 1
        inside kill -s RTMIN+4 1
        wait "$running"
        check "the end by $1" "$2" $?
}
