#!/bin/bash
# Protects the units that we ship: they are installed where the manager looks, nothing in them is wrong, and their other
# names lead to them.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_tool "$SVANALYZE" meson
root=$scratch/root
run env DESTDIR="$root" meson install -C "$BUILD_ROOT" --no-rebuild --quiet --tags units
check 'the units are installed' '0:' "$status:$said"
folder=$(dirname "$(find "$root" -name default.target)")
[[ $folder == */lib/svalinn/system ]] || failed 'in the directory that the manager reads' "$folder"
prefix=${folder#"$root"}
prefix=${prefix%/lib/svalinn/system}

for program in "$prefix"/bin/svctl "$prefix"/lib/svalinn/svlogd /bin/{sh,systemd-sysusers,systemd-tmpfiles} /sbin/{getty,sulogin}; do
        install -D -m 755 /dev/null "$root$program"
        echo '#!/bin/sh' >"$root$program"
done
export SYSTEMD_UNIT_PATH=$prefix/lib/svalinn/system
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
finish
