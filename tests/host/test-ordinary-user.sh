#!/bin/bash
# Protects svrun for an ordinary user: what works works by its effect, what cannot be had is refused with the
# directive and the reason, and nothing is left.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_tool setpriv
as_user unshare --user true 2>/dev/null || skip_all 'ordinary users get no user namespace here'
PROBE=$(reach "$PROBE")
SVRUN=$(reach "$SVRUN")
me=$(as_user id -u) group=$(as_user id -g)
mkdir -p "$scratch"/mine/{a/b,home}
echo content | tee "$scratch/mine/a/file" >"$scratch/mine/a/b/file"
[ "$(id -u)" != 0 ] || chown -R "$me:$group" "$scratch/mine"
mine=$scratch/mine

# The questions of on_off and same are asked as that user.
program=$scratch/bin/svrun-as-user
cat >"$program" <<U
#!/bin/bash
$(declare -f as_user)
HOME=$mine/home XDG_RUNTIME_DIR= as_user $SVRUN "\$@"
U
chmod 755 "$program"
SVRUN=$program

same -- uid="$me" gid="$group" 'caps#eff=0' nnp=0 cwd=/ fds=0,1,2
on_off -p PrivateTmp=yes -- list:/tmp=0
same -p PrivateTmp=yes -- uid="$me" gid="$group" writable:/tmp=ok 'caps#eff=0' swapon=EPERM
same -p PrivateTmp=disconnected -- list:/tmp=0 fstype:/tmp=tmpfs
on_off -p "ReadOnlyPaths=$mine/a" -- "writable:$mine/a=EROFS" "write:$mine/a/file=EROFS"
same -p "ReadOnlyPaths=$mine" -p "ReadWritePaths=$mine/a" -- "writable:$mine=EROFS" "writable:$mine/a=ok"
on_off -p "InaccessiblePaths=$mine/a" -- "read:$mine/a/file=E*" "list:$mine/a=E*"
on_off -p InaccessiblePaths=/etc/passwd -- read:/etc/passwd=E* 'pwuid=E*'
on_off -p "BindPaths=$mine/a:$mine/home" -- 'cat:'"$mine/home/file=content*"
same -p "BindReadOnlyPaths=$mine/a:$mine/new" -- "writable:$mine/new=EROFS"
check 'a destination that was made goes' gone "$([ -e "$mine/new" ] || echo gone)"
on_off -p "TemporaryFileSystem=$mine/a" -- "list:$mine/a=0"
on_off -p "NoExecPaths=$scratch" -p "ExecPaths=$PROBE" -- "exec:$scratch/bin/svrun=EACCES"
on_off -p PrivateNetwork=yes -- interfaces=lo names:/sys/class/net=lo
same -p PrivateNetwork=yes -- lo=up lo#connect=ok
on_off -p ProtectSystem=strict -- "writable:$mine=EROFS"
same -p ProtectSystem=strict -p "ReadWritePaths=$mine" -- "writable:$mine=ok"
on_off -p PrivateDevices=yes -- read:/dev/kmsg=ENOENT
same -p PrivateDevices=yes -- dev#null=ok dev#urandom=ok dev#ptmx=ok
if [ "$(id -u)" = 0 ]; then
        mknod -m 666 "$scratch/null" c 1 3
        on_off -p PrivateDevices=yes -- "device:$scratch/null=EACCES"
        chmod 755 "$scratch"
        for more in "BindPaths=$scratch:/mnt" "BindReadOnlyPaths=$scratch:/mnt" "ReadOnlyPaths=$scratch" "TemporaryFileSystem=/srv" PrivateTmp=yes; do
                at=$scratch
                [[ $more != Bind* ]] || at=/mnt
                same -p PrivateDevices=yes -p "$more" -- "device:$at/null=E*"
                same -p PrivateDevices=yes -p ProtectSystem=strict -p "$more" -p "ReadWritePaths=$at" -- "device:$at/null=EACCES"
        done
        same -p PrivateDevices=yes -p TemporaryFileSystem=/srv -p "BindPaths=$scratch:/srv/x" -- device:/srv/x/null=EACCES
        same -p PrivateDevices=yes -p BindPaths=/dev:/mnt -- device:/mnt/null=EACCES
        same -p PrivateDevices=yes -p BindPaths=/dev/zero -- device:/dev/zero=ok device:/dev/null=ok
else
        skip 'PrivateDevices=yes: nodes elsewhere' 'only root can make them'
fi
as_user "$SVRUN" -p DevicePolicy=closed true 2>"$scratch/said" </dev/null
check 'DevicePolicy= is refused' 219 $?
check_match 'and it is said why' 'DevicePolicy=: a device policy needs privileges' "$(cat "$scratch/said")"
same -p PrivateIPC=yes -p ProtectHostname=yes -p PrivateMounts=yes -- uid="$me"
same -p ProtectHostname=private:svtest -- uname=svtest
on_off -p PrivateUsers=yes -- "stat:/=d* 65534 65534"
on_off -p NoNewPrivileges=yes -- nnp=1
on_off -p 'SystemCallFilter=~socket' -p SystemCallErrorNumber=EPERM -- socket:unix=EPERM nnp=1
on_off -p RestrictNamespaces=yes -- unshare:user=EPERM
on_off -p LimitNOFILE=50 -- rlimit:nofile=50
on_off -p Nice=5 -- nice=5
on_off -p Environment=SVTEST=1 -- env:SVTEST=1
on_off -p UMask=0077 -- umask=0077
on_off -p "WorkingDirectory=$mine" -- "cwd=$mine"
on_off -p CapabilityBoundingSet= -- 'caps#bnd=0'
on_off -p MemoryDenyWriteExecute=yes -- wx#mmap=EPERM
on_off -p ProtectKernelTunables=yes -- read:/proc/kallsyms=E*
same -p ProtectHome=tmpfs -- list:/home=0
same -p ProtectHome=yes -- list:/home=E*
same -p "User=$me" -p "Group=$group" -- uid="$me"

# --- directories below the user's own
same -p StateDirectory=svtest-user -- "env:STATE_DIRECTORY=$mine/home/.local/state/svtest-user" \
        "put:$mine/home/.local/state/svtest-user/file=ok"
same -p StateDirectory=svtest-user -p 'Environment=SAME=%S/svtest-user' -- "env:SAME=$mine/home/.local/state/svtest-user"
check 'state stays' probe "$(cat "$mine/home/.local/state/svtest-user/file")"
same -p RuntimeDirectory=svtest-user -- uid="$me"

# --- what cannot be had
refused() {
        local directive=$1
        shift
        run "$SVRUN" "$@" -- touch "$mine/ran"
        check_not "$directive is refused" 0 "$status"
        check_match "$directive is refused: named, with the reason" "^svrun: .*$directive=[^:]*: .{20,}" "$said"
        check "$directive is refused: nothing was executed" gone "$([ -e "$mine/ran" ] || echo gone)"
}
refused DynamicUser -p DynamicUser=yes
refused User -p User=root
refused User --uid=games
refused PrivateUsers -p PrivateUsers=full
refused PrivateUsers -p PrivateUsers=identity
refused ProtectProc -p ProtectProc=invisible
refused Nice -p Nice=-10
refused OOMScoreAdjust -p OOMScoreAdjust=-900
refused CPUSchedulingPolicy -p CPUSchedulingPolicy=fifo
refused LimitNOFILE -p LimitNOFILE=infinity
run "$SVRUN" -p Enforce=warn -p ProtectProc=invisible -p PrivateTmp=yes -- "$PROBE" list:/tmp read:/proc/1/stat
check 'Enforce=warn runs without it' 0 "$status"
check_match 'Enforce=warn says so, once' 'ProtectProc=' "$said"
check 'once' 1 "$(grep -c ProtectProc <<<"$said")"
expect 'and with the rest' list:/tmp 0
run "$SVRUN" -p StateDirectory=../../etc/x -- true
check 'a way out is refused' 2 "$status"

# --- who is root in a user namespace of his own, and owns nothing of the host
sed -i "s|as_user /|as_user unshare -Ur /|" "$program"
same -- uid=0 gid=0
on_off -p PrivateDevices=yes -- device:/dev/kmsg=ENOENT
same -p PrivateDevices=yes -- dev#null=ok dev#urandom=ok dev#ptmx=ok
for undo in 'umount /dev' 'umount -l /dev' 'mount -o remount,bind,dev /' 'mount -t tmpfs none /mnt' 'nsenter -t 1 -m true'; do
        run "$SVRUN" -p PrivateDevices=yes -- sh -c "$undo"
        check_not "PrivateDevices=yes: not undone by $undo" 0 "$status"
done
[ ! -e "$scratch/null" ] || on_off -p PrivateDevices=yes -- "device:$scratch/null=EACCES"
same -p ProtectClock=yes -p PrivateTmp=yes -- list:/tmp=0 uid=0
run "$SVRUN" -p DevicePolicy=closed true
check 'DevicePolicy= is refused there, too' 219 "$status"
check_match 'with a reason' '^svrun: DevicePolicy=: no control group .*Enforce=warn' "$said"
check 'its records are with those of the user' "$me" "$(stat -c %u "/tmp/svalinn-$me/runs" 2>/dev/null)"
check 'and nowhere else' gone "$([ -e /tmp/svalinn-0 ] || echo gone)"

# --- nothing stays
check 'nothing in /tmp' '' "$(find /tmp /var/tmp -maxdepth 2 -user "$me" -path '*svalinn*' ! -path "/tmp/svalinn-$me*" ! -path "$scratch*" 2>/dev/null)"
check 'no record' '' "$(find "/tmp/svalinn-$me" -type f -path '*/runs/*' ! -name '*lock*' 2>/dev/null)"
check 'no process' '' "$(pgrep -u "$me" -f "$scratch/bin" || true)"
[ "$(id -u)" != 0 ] || rm -rf "/tmp/svalinn-$me"
finish
