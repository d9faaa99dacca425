#!/bin/bash
# Protects svrun on Debian's own kernel, as root and as an ordinary user: the walls stand there, too.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# In the machine, each question is asked without and with what should change the answer. Where it stands,
# what is asked, the answer without, the answer with.
cat >"$scratch/rows" <<'END'
PrivateTmp=yes read:/tmp/secret ok ENOENT
ProtectSystem=strict writable:/etc ok EROFS
PrivateDevices=yes read:/dev/kmsg EINVAL ENOENT
ProtectHome=yes list:/home 1 0
ReadOnlyPaths=/etc write:/etc/passwd ok EROFS
ProtectClock=yes clock.adjtimex ok EPERM
ProtectKernelModules=yes module.delete ENOENT EPERM
ProtectControlGroups=yes cgroup-write ok EROFS
ProtectHostname=yes hostname:vm ok EPERM
SystemCallFilter=~@reboot:EPERM reboot EINVAL EPERM
NoNewPrivileges=yes nnp 0 1
RestrictNamespaces=yes unshare:net ok EPERM
MemoryDenyWriteExecute=yes wx.mmap ok EPERM
CapabilityBoundingSet= caps.bnd 1ffffffffff 0
User=nobody uid 0 65534
LimitNOFILE=123 rlimit:nofile 1024 123
END
cat >"$scratch/inside" <<'END'
echo secret >/tmp/secret
mkdir -p /home/somebody
while read -r setting key _; do
        verb=${key%%.*}
        probe "$verb" | sed "s,^,off $setting ,"
        svrun -p "$setting" probe "$verb" 2>&1 | sed "s,^,on $setting ,"
done </srv/rows
svrun -p PrivateTmp=yes -p ProtectSystem=strict -p PrivateDevices=yes \
        probe read:/tmp/secret writable:/etc writable:/tmp read:/dev/kmsg write:/dev/null 2>&1 | sed 's,^,all ,'
su -s /bin/sh nobody -c 'svrun -p PrivateTmp=yes -p ProtectSystem=strict -p PrivateNetwork=yes \
        probe uid read:/tmp/secret writable:/tmp interfaces' 2>&1 | sed 's,^,nobody ,'
END
check_vm 'a round of sandboxes' exit:0 --add "$PROBE:/usr/bin/" --add "$scratch/rows:/srv/" --script "$scratch/inside"
while read -r setting key off on; do
        expect "without $setting: $key" "off $setting $key" "$off"
        expect "$setting: $key" "on $setting $key" "$on"
done <"$scratch/rows"
expect 'three at once: a /tmp of its own' 'all read:/tmp/secret' ENOENT
expect 'three at once: where one can write' 'all writable:/tmp' ok
expect 'three at once: but not in /etc' 'all writable:/etc' EROFS
expect 'three at once: few devices' 'all read:/dev/kmsg' ENOENT
expect 'three at once: but some' 'all write:/dev/null' ok
expect 'an ordinary user stays one' 'nobody uid' 65534
expect 'an ordinary user: a /tmp of its own' 'nobody read:/tmp/secret' ENOENT
expect 'an ordinary user: where one can write' 'nobody writable:/tmp' ok
expect 'an ordinary user: a network of its own' 'nobody interfaces' lo
finish
