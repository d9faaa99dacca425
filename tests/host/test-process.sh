#!/bin/bash
# Protects what a process is told about itself: limits, scheduling, personality, keys, signals.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
PROBE=$(reach "$PROBE")

# --- Limit*=: what is not lower than the caller's limit needs a privilege that a container may not have
for row in CPU:cpu:100:100 FSIZE:fsize:1M:1048576 DATA:data:512M:536870912 STACK:stack:4M:4194304 CORE:core:8192:8192 RSS:rss:1G:1073741824 \
        NOFILE:nofile:100:100 AS:as:1G:1073741824 NPROC:nproc:500:500 MEMLOCK:memlock:32K:32768 LOCKS:locks:7:7 \
        SIGPENDING:sigpending:100:100 MSGQUEUE:msgqueue:4096:4096 RTTIME:rttime:100000:100000; do
        IFS=: read -r name limit value answer <<<"$row"
        on_off -p "Limit$name=$value" -- "rlimit:$limit=$answer"
        same -p "Limit$name=$value" -- "rlimit:$limit#hard=$answer"
done
same -p LimitNOFILE=100:200 -- rlimit:nofile=100 'rlimit:nofile#hard=200'
same -p LimitNICE=0 -- rlimit:nice=0
same -p LimitRTPRIO=0 -- rlimit:rtprio=0
same -p LimitRTTIME=5s -- rlimit:rttime=5000000
same -p LimitCPU=2min -- rlimit:cpu=120
on_off -p LimitAS=64M -- memory:128=ENOMEM
common=(-p User=games)
on_off -p LimitNPROC=4 -- 'fork:20=[0-9]'
common=()
# Setting up writes, opens and uses the stack as if there were none. What is measured is a pipe, to which the limit of files
# does not apply.
# shellcheck disable=SC2016 # the inner shell expands it
run bash -c '"$@" | cat; exit ${PIPESTATUS[0]}' bash "$SVRUN" -P -p LimitFSIZE=0 -p DynamicUser=yes -p User=svtest-limit -p PrivateDevices=yes \
        -- "$PROBE" rlimit:fsize pwuid
check 'LimitFSIZE=0: the command runs' 0 "$status"
expect 'LimitFSIZE=0: the limit is there' rlimit:fsize 0
expect_match 'LimitFSIZE=0: the user is there' pwuid '^svtest-limit:'
same -p LimitNOFILE=3 -p PrivateDevices=yes -p PrivateTmp=yes -p WorkingDirectory=/usr -- rlimit:nofile=3 cwd=/usr
name='a limit is raised before the privilege for it is gone'
if prlimit --nofile=50:100 prlimit --nofile=80:200 true 2>/dev/null; then
        run prlimit --nofile=50:100 "$SVRUN" -p User=games -p LimitNOFILE=80:200 -- "$PROBE" rlimit:nofile
        expect "$name" rlimit:nofile 80
else
        skip "$name" 'limits cannot be raised here'
fi
check_run 'a limit above the hard limit of the caller' 205 prlimit --nofile=50:50 setpriv --bounding-set=-sys_resource \
        "$SVRUN" -p LimitNOFILE=100 touch "$scratch/ran"
check_match 'the message names it' '^svrun: LimitNOFILE=: .*hard limit' "$said"
check_run 'a soft limit above the hard one' 2 "$SVRUN" -p LimitNOFILE=200:100 true
check 'no command was executed' gone "$([ -e "$scratch/ran" ] || echo gone)"

# --- scheduling
on_off -p Nice=7 -- nice=7
on_off -p Nice=-5 -- nice=-5
on_off -p OOMScoreAdjust=123 -- oom-score=123
on_off -p CPUSchedulingPolicy=batch -- sched=3
on_off -p CPUSchedulingPolicy=idle -- sched=5
on_off -p TimerSlackNSec=123456 -- sched#timerslack=123456
on_off -p CPUAffinity=0 -- sched#cpus=1
fifo=$("$PROBE" realtime)
if [ "$fifo" = realtime=ok ]; then
        on_off -p CPUSchedulingPolicy=fifo -p CPUSchedulingPriority=3 -- sched=1
        on_off -p CPUSchedulingPolicy=rr -- sched=2
        run "$SVRUN" -p CPUSchedulingPolicy=rr -p CPUSchedulingPriority=7 chrt -p 0
        check_match 'the priority' 'priority: 7' "$output"
        run "$SVRUN" -p CPUSchedulingPolicy=fifo -p CPUSchedulingResetOnFork=yes sh -c 'chrt -p $$; sh -c "chrt -p \$\$"'
        check 'CPUSchedulingResetOnFork=yes: not for children' 'SCHED_FIFO|SCHED_RESET_ON_FORK SCHED_OTHER' \
                "$(sed -n 's/.*policy: //p' <<<"$output" | paste -sd ' ')"
else
        skip 'CPUSchedulingPolicy=fifo' 'no real-time scheduling here'
fi
for row in best-effort:7:'best-effort: prio 7' idle::idle realtime:3:'realtime: prio 3'; do
        IFS=: read -r class priority answer <<<"$row"
        run "$SVRUN" -p "IOSchedulingClass=$class" ${priority:+-p IOSchedulingPriority=$priority} ionice
        check "IOSchedulingClass=$class" "$answer" "$output"
done
run "$SVRUN" -p IOSchedulingPriority=2 ionice
check 'IOSchedulingPriority= alone' 'best-effort: prio 2' "$output"
run "$SVRUN" ionice
check_not 'otherwise' 'best-effort: prio 2' "$output"
on_off -p 'CoredumpFilter=private-anonymous elf-headers' -- 'cat:/proc/self/coredump_filter=00000011*'
same -p CoredumpFilter=0x7 -- 'cat:/proc/self/coredump_filter=00000007*'

# --- Personality=, LockPersonality=
on_off -p Personality=x86 -- 'uname#machine=i?86'
same -p Personality=x86-64 -- uname#machine=x86_64
on_off -p LockPersonality=yes -- personality=EPERM
same -p LockPersonality=yes -p Personality=x86 -- 'uname#machine=i?86' uid=0

# --- KeyringMode=
if [ "$("$PROBE" keyring)" = keyring=ENOSYS ]; then
        skip 'KeyringMode=' 'the kernel has no keyrings'
else
        sandbox -p KeyringMode=inherit -- keyring
        inherited=$(answer keyring)
        for kind in private shared; do
                sandbox -p KeyringMode=$kind -- keyring
                check_match "KeyringMode=$kind: there is one" '^[0-9]+$' "$(answer keyring)"
                check_not "KeyringMode=$kind: it is not the caller's" "$inherited" "$(answer keyring)"
        done
        sandbox -- keyring
        check_not 'private is the default' "$inherited" "$(answer keyring)"
fi
finish
