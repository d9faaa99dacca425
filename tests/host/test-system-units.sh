#!/bin/bash
# Protects the units that we ship: they are installed where the manager looks, nothing in them is wrong, and their other
# names lead to them.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_tool "$SVANALYZE" meson

# put ROOT BUILD: the units of a build, and programs for what they start. Sets $prefix and $folder.
put() {
        local program
        run env DESTDIR="$1" meson install -C "$2" --no-rebuild --quiet --tags units
        check 'the units are installed' '0:' "$status:$said"
        folder=$(dirname "$(find "$1" -name default.target)")
        prefix=${folder#"$1"}
        prefix=${prefix%/lib/svalinn/system}
        for program in "$prefix"/bin/svctl "$prefix"/lib/svalinn/svlogd /bin/{sh,systemd-sysusers,systemd-tmpfiles} /sbin/{getty,sulogin}; do
                install -D -m 755 /dev/null "$1$program"
                echo '#!/bin/sh' >"$1$program"
        done
}

# Where the manager looks, whatever the prefix is: this build's own, and one for /usr.
unset SYSTEMD_UNIT_PATH
run meson setup --prefix=/usr -Dtests=false "$scratch/usr" "$(dirname "$0")/../.."
check 'a build for /usr' 0 "$status"
put "$scratch/root-usr" "$scratch/usr"
check 'has its units there' /usr/lib/svalinn/system "${folder#"$scratch/root-usr"}"
check_run 'and they are found' 0 "$SVANALYZE" --root="$scratch/root-usr" verify -- default.target log-flush.service
usr=$scratch/root-usr
root=$scratch/root
put "$root" "$BUILD_ROOT"
check_match 'those of this build are in its prefix' '^/.*/lib/svalinn/system$' "${folder#"$root"}"
units=0
for path in "$folder"/*; do
        name=${path##*/}
        run "$SVANALYZE" --root="$root" verify -- "$name"
        output=$(grep -v ': not enforced yet: ' <<<"$output")
        [ "$status:$output$said" = 0: ] || failed "nothing is wrong in $name" "$status: $output$said"
        units=$((units + 1))
done
check 'all were looked at' yes "$([ $units -ge 55 ] && echo yes || echo $units)"
check 'no name leads nowhere' '' "$(find -L "$folder" -type l)"
for name in default.target:multi-user.target ctrl-alt-del.target:reboot.target systemd-tmpfiles-setup.service:tmpfiles-setup.service; do
        check "${name%:*} is ${name#*:}" "${name#*:}" "$(readlink "$folder/${name%:*}")"
done

# Beside the units of Debian, and with a mount of its own, the order has no circle.
if [ -e /lib/systemd/system/systemd-tmpfiles-setup-dev.service ]; then
        mkdir -p "$usr/lib/systemd" "$usr/etc/systemd/system/local-fs.target.requires"
        cp -a /lib/systemd/system "$usr/lib/systemd/"
        printf '[Mount]\nWhat=/dev/sda2\nWhere=/var\n' >"$usr/etc/systemd/system/var.mount"
        ln -s ../var.mount "$usr/etc/systemd/system/local-fs.target.requires/"
        run "$CIRCLES" "$usr" /etc/systemd/system:/usr/lib/svalinn/system:/lib/systemd/system \
                default.target rescue.target emergency.target reboot.target poweroff.target
        check "no circle beside Debian's units" '0:' "$status:$(grep circle <<<"$output")"
        check_match 'which were there' 'default.target: 1?[0-9][0-9] units, 0 jobs wait' "$output"
        mkdir -p "$usr/etc/systemd/system/sysusers.service.d"
        printf '[Unit]\nAfter=local-fs.target\n' >"$usr/etc/systemd/system/sysusers.service.d/x.conf"
        run "$CIRCLES" "$usr" /etc/systemd/system:/usr/lib/svalinn/system:/lib/systemd/system default.target
        check 'one that is made is found' 1 "$status"
else
        skip "the order beside Debian's units" "there are none here"
fi
run "$CIRCLES" "$usr" /usr/lib/svalinn/system default.target rescue.target emergency.target reboot.target poweroff.target
check 'no circle in ours alone' '0:' "$status:$(grep circle <<<"$output")"
finish
