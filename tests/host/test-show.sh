#!/bin/bash
# Protects "svctl show": every property reads byte for byte as Debian's systemctl prints it, but for those that
# are named here with the reason.
# shellcheck source=tests/host/lib.sh
[ "$(id -u)" != 0 ] || [ "${1:-}" = inside ] || exec unshare -m "$0" inside
. "$(dirname "$0")/lib.sh"
need_root
need_tool systemctl python3

# What differs: systemctl 252 does not know that these count bytes or operations, or that they are no structure of
# its own, and prints the number that means "none", or "[unprintable]"; and it forgets the colon of a port.
different='^(MemoryPeak|MemorySwapCurrent|IO(Read|Write)(Bytes|Operations)|MemoryZSwapMax|ManagedOOMMemoryPressureLimit|Conditions|Asserts|HealthCheck|SocketBind(Allow|Deny))='

mount -t tmpfs none /run && mkdir -p /run/systemd/system
export SYSTEMD_IGNORE_CHROOT=1 SYSTEMD_PAGER='' SYSTEMD_COLORS=0 LC_ALL=C
units=$scratch/units
mkdir "$units"
cat >"$units/all.service" <<'UNIT'
[Unit]
Description=The "first" one \ $HOME
Documentation=man:a(8) https://x.y/z
Wants=b.service
After=b.service
ConditionPathExists=|!/nowhere
AssertPathExists=/usr
RequiresMountsFor=/srv /opt
JobTimeoutSec=1h 2min 3s
[Service]
Type=notify
ExecStartPre=-/bin/true one "two three"
ExecStart=/bin/sleep 100
ExecStartPost=+/bin/true
ExecStartPost=/bin/false
ExecReload=:/bin/kill -HUP $MAINPID
EnvironmentFile=-/etc/default/x
EnvironmentFile=/etc/environment
PassEnvironment=X Y
MemoryMax=50M
MemoryHigh=10%
CPUQuota=20%
CPUWeight=50
IOWeight=20
IODeviceWeight=/dev/null 30
IODeviceLatencyTargetSec=/dev/null 25ms
IOReadBandwidthMax=/dev/null 1M
DeviceAllow=/dev/null rw
DeviceAllow=char-pts r
IPAddressAllow=10.0.0.0/8 fe80::/10
IPAddressDeny=any
RestartSec=3
TimeoutStartSec=90s
TimeoutStopSec=infinity
WatchdogSec=1min 30s
SystemCallFilter=~@mount
SystemCallErrorNumber=EACCES
SystemCallArchitectures=native
CapabilityBoundingSet=CAP_CHOWN CAP_NET_ADMIN
AmbientCapabilities=CAP_CHOWN
RestrictNamespaces=net user
RestrictAddressFamilies=AF_UNIX AF_INET
TemporaryFileSystem=/var:ro /x
BindPaths=/a:/b /c /d:/e:norbind
BindReadOnlyPaths=-/d
CPUAffinity=0-1 3
MountFlags=slave
LimitNOFILE=1000:2000
LimitNPROC=infinity
UMask=0077
SuccessExitStatus=3 SIGUSR1
RestartPreventExitStatus=7 SIGKILL
LogLevelMax=warning
LogRateLimitIntervalSec=5s
StateDirectory=x y
RuntimeDirectoryMode=0700
ReadOnlyPaths=/etc -/home
StandardOutput=file:/tmp/x
Nice=-5
OOMScoreAdjust=100
CPUSchedulingPolicy=rr
CPUSchedulingPriority=4
IOSchedulingClass=idle
TimerSlackNSec=50us
SocketBindAllow=tcp:80
SocketBindDeny=any
RestrictNetworkInterfaces=~eth0
KillSignal=SIGINT
SELinuxContext=-foo
NUMAPolicy=bind
NUMAMask=0-1
DisableControllers=io
RuntimeMaxSec=1d 500ms
HealthCheck=/bin/true
UNIT
# every character that can be printed, one a variable
python3 - >>"$units/all.service" <<'EOF'
for code in range(33, 127):
    c = chr(code)
    c = {'%': '%%', '\\': '\\\\', '"': '\\"'}.get(c, c)
    print(f'Environment="V{code}=x{c}y"')
print('Environment="EMPTY=" "SPACE=a b"')
EOF
for name in b fail stuck; do
        printf '[Service]\nExecStart=/bin/true\n' >"$units/$name.service"
done
printf '[Service]\nNonsense=1\nRestart=maybe\nExecStart=relative\n' >"$units/bad.service"
printf '[Unit]\nRequires=missing.service\n' >"$units/multi-user.target"
for name in basic sysinit shutdown; do
        printf '[Unit]\nDescription=%s\n' "$name" >"$units/$name.target"
done
printf '[Mount]\nWhat=/dev/null\nWhere=/mnt\nOptions=ro\n' >"$units/mnt.mount"
printf '[Swap]\nWhat=/dev/null\nPriority=3\n' >"$units/dev-null.swap"
printf '[Slice]\nMemoryMax=5M\nTasksMax=10%%\n' >"$units/x.slice"
ln -s /dev/null "$units/masked.service"

"$BUS_SERVER" "$units" /run/systemd/private "$units" >"$scratch/server" 2>&1 &
server=$!
own $server
within 10 grep -q ready "$scratch/server" || failed 'the server starts' "$(cat "$scratch/server")"
"$SVCTL" start all
"$SVCTL" start fail 2>/dev/null
"$SVCTL" --no-block start stuck

# same NAME ARGUMENT...: of "show"
same() {
        local name=$1 theirs ours
        shift
        theirs=$(systemctl show "$@" | grep -vE "$different")
        ours=$("$SVCTL" show "$@" | grep -vE "$different")
        if [ "$theirs" = "$ours" ] && [ -n "$ours" ]; then
                passed "$name"
        else
                failed "$name" "$(diff <(echo "$theirs") <(echo "$ours"))"
        fi
}

for unit in all.service b.service fail.service stuck.service bad.service masked.service nowhere.service \
        multi-user.target mnt.mount dev-null.swap x.slice dev-null.device of.scope; do
        same "$unit" $unit
        same "$unit, also what is not set" --all $unit
done
same 'the manager'
same 'the manager, also what is not set' --all
same 'some properties' -p Id,User -p Nice,MainPID,LoadError,Job,RootHash,BindPaths b
same 'their values' -p Id,User,Nice,Environment,ExecStart,Documentation --value all
same 'values by the letter' -P MainPID -p Id all b
same 'several units' -p Id,ActiveState all b nowhere.service
same 'a pattern' -p Id 'a*'
same 'units in a state' --state=failed -p Id '*'
same 'units of a type' --type=slice,mount -p Id '*'
same 'all units in a state' --state=failed -p Id
same 'seconds since the epoch' --timestamp=unix -p StateChangeTimestamp all
same 'times in UTC' --timestamp=utc -p StateChangeTimestamp all
same 'a job' "$("$SVCTL" show -P Job stuck)"
check 'both list as many properties' "$(systemctl show -a all | wc -l)" "$("$SVCTL" show -a all | wc -l)"

# what is meant to differ
check 'bytes that nobody counted' '[not set]' "$("$SVCTL" show -P MemoryPeak b)"
check 'traffic that nobody counted' '[no data]' "$("$SVCTL" show -P IOReadBytes b)"
check 'conditions' 'Conditions=ConditionPathExists=|!/nowhere' "$("$SVCTL" show -p Conditions all)"
check 'ports' 'SocketBindAllow=tcp:80' "$("$SVCTL" show -p SocketBindAllow all)"
check_run 'JSON of what has structures' 0 "$SVCTL" show --json all
check 'is that of all properties' "$("$SVCTL" show -a all | cut -d = -f 1 | grep -cxE 'Id|SocketBindAllow|ExecStart')" \
        "$(python3 -c 'import json, sys; o = json.loads(sys.stdin.read()); print(sum(k in o for k in ("Id", "SocketBindAllow", "ExecStart")))' <<<"$output")"
kill $server
umount /run
finish
