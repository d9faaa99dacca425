#!/bin/bash
# Protects who a sandboxed command is and what it may become: users, groups, capabilities, secure bits,
# user namespaces.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
need_tool getent
PROBE=$(reach "$PROBE")
id_of() { getent "$1" "$2" | cut -d : -f 3; }

# Accounts that every Debian has.
uid=$(id_of passwd games) gid=$(id_of group games) daemon=$(id_of passwd daemon)
mail=$(id_of group mail) audio=$(id_of group audio)
everything=$("$PROBE" caps | sed -n 's/^caps.bnd=//p')

# --- User=, Group=, SupplementaryGroups=
on_off -p User=games -- uid="$uid" gid="$gid" groups="$gid" pwuid='games:*' setuid:0=EPERM \
        'caps#eff=0' 'caps#prm=0' env:USER=games env:LOGNAME=games
same -p User=games -- 'caps#amb=0' 'caps#inh=0' "env:HOME=$(getent passwd games | cut -d : -f 6)"
same -p User="$uid" -- uid="$uid" gid="$gid" env:USER=games
same -p User=62345 -- uid=62345 gid=62345 pwuid='(none)'
on_off -p Group=mail -- gid="$mail"
same -p Group=mail -- uid=0
same -p User=games -p Group=mail -- uid="$uid" gid="$mail" setuid:0=EPERM
on_off -p User=games -p 'SupplementaryGroups=audio mail' -- groups="$(printf '%s\n' "$gid" "$audio" "$mail" | sort -n | paste -sd ,)"
same -p User=games -p SupplementaryGroups=audio -p SupplementaryGroups= -- groups="$gid"
same -p User=root -- uid=0 gid=0 setuid:0=ok
same -p User=games -p User= -- uid=0
check_run 'an unknown user is status 217' 217 "$SVRUN" -p User=nosuchuser true
check_match 'the message names directive and user' 'User=: .*"nosuchuser"' "$said"
check_run 'an unknown group is refused' 216 "$SVRUN" -p Group=nosuchgroup true
check_match 'the message names the group' 'Group=: .*"nosuchgroup"' "$said"
check_run 'an unknown supplementary group is refused' 216 "$SVRUN" -p SupplementaryGroups=nosuchgroup true
check_match 'its message' 'SupplementaryGroups=: .*"nosuchgroup"' "$said"

# --- CapabilityBoundingSet=, AmbientCapabilities=
on_off -p 'CapabilityBoundingSet=CAP_CHOWN CAP_KILL' -- 'caps#bnd=21' 'caps#eff=21' 'caps#prm=21' chroot:/=EPERM
on_off -p CapabilityBoundingSet= -- 'caps#bnd=0' 'caps#eff=0' mount:/tmp=EPERM
on_off -p 'CapabilityBoundingSet=~CAP_SYS_CHROOT' -- chroot:/=EPERM \
        "caps#bnd=$(printf %x $((0x$everything & ~(1 << 18))))"
same -p 'CapabilityBoundingSet=~CAP_SYS_CHROOT' -- unshare:uts=ok
same -p 'CapabilityBoundingSet=CAP_CHOWN' -p 'CapabilityBoundingSet=CAP_KILL' -- 'caps#bnd=21'
same -p 'CapabilityBoundingSet=CAP_CHOWN CAP_KILL' -p 'CapabilityBoundingSet=~CAP_KILL' -- 'caps#bnd=1'
common=(-p User=games)
on_off -p AmbientCapabilities=CAP_SYS_CHROOT -- 'caps#amb=40000' 'caps#eff=40000' 'caps#prm=40000' \
        'caps#inh=40000' chroot:/=ok
same -p AmbientCapabilities=CAP_SYS_CHROOT -- uid="$uid" mount:/tmp=EPERM
check_run 'what the bounding set lacks cannot be ambient' 218 "$SVRUN" --uid=nobody -p AmbientCapabilities=CAP_KILL \
        -p CapabilityBoundingSet=CAP_CHOWN true
check_match 'the message names setting and capability' '^svrun: AmbientCapabilities=: CAP_KILL ' "$said"
same -p CapabilityBoundingSet=CAP_SYS_CHROOT -p AmbientCapabilities=CAP_SYS_CHROOT -- 'caps#bnd=40000' 'caps#eff=40000'

# --- NoNewPrivileges=: a set-user-ID program of root
install -m 4755 "$PROBE" "$scratch/bin/suid"
run "$SVRUN" "${common[@]}" "$scratch/bin/suid" uid nnp
expect 'a set-user-ID program works' uid "$uid,0,0"
run "$SVRUN" "${common[@]}" -p NoNewPrivileges=yes "$scratch/bin/suid" uid caps
expect 'NoNewPrivileges=yes: it gains nothing' uid "$uid"
expect 'NoNewPrivileges=yes: no capability either' caps.eff 0
on_off -p NoNewPrivileges=yes -- nnp=1
same -p NoNewPrivileges=yes -p NoNewPrivileges=no -- nnp=0
common=()

# --- SecureBits=
on_off -p 'SecureBits=noroot noroot-locked' -- securebits=3 'caps#eff=0' chroot:/=EPERM
on_off -p 'SecureBits=no-setuid-fixup' -- securebits=4
on_off -p 'SecureBits=keep-caps-locked' -- securebits=32
on_off -p User=games -p 'SecureBits=noroot' -- securebits=1 uid="$uid"

# --- PrivateUsers=
install -m 755 -d "$scratch/owned"
for owner in 0 "$daemon" "$uid" 70000; do
        : >"$scratch/owned/$owner"
        chown "$owner:$owner" "$scratch/owned/$owner"
done
owned=$scratch/owned
on_off -p PrivateUsers=yes -- "stat:$owned/$daemon=-* 65534 65534" swapon=EPERM clock#adjtimex=EPERM \
        "mknod:$owned/node=EPERM"
same -p PrivateUsers=yes -- uid=0 gid=0 "stat:$owned/0=-* 0 0" "writable:$owned=ok"
same -p PrivateUsers=yes -p User=games -- uid="$uid" gid="$gid" "stat:$owned/$uid=-* $uid *" "stat:$owned/0=-* 0 0" \
        "stat:$owned/$daemon=-* 65534 65534" setuid:0=EPERM
same -p PrivateUsers=self -- "stat:$owned/$daemon=-* 65534 65534"
same -p PrivateUsers=identity -- "stat:$owned/$daemon=-* $daemon $daemon" "stat:$owned/70000=-* 65534 65534" swapon=EPERM
same -p PrivateUsers=full -- "stat:$owned/$daemon=-* $daemon $daemon" "stat:$owned/70000=-* 70000 70000" swapon=EPERM
same -p PrivateUsers=no -- swapon=ENOENT
host=$(readlink /proc/self/ns/user)
for mode in yes identity full; do
        sandbox -p PrivateUsers=$mode -- ns:user
        check_match "PrivateUsers=$mode: a namespace" '^user:' "$(answer ns:user)"
        check_not "PrivateUsers=$mode: another namespace" "$host" "$(answer ns:user)"
done
sandbox -p User=games -- ns:user
expect 'no namespace without it' ns:user "$host"
same -p PrivateUsers=yes -p PrivateTmp=yes -p ProtectSystem=strict -p PrivateNetwork=yes -- swapon=EPERM writable:/etc=EROFS \
        lo=up lo#connect=ok
finish
