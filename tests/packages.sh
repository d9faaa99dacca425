# shellcheck shell=bash
# The Debian 12 packages that Svalinn needs, and how they get onto a machine. Sourced by
# tests/run.sh and examples/quickstart.sh, so that there is one list.
#
# What always holds: only what is missing is installed; a daemon that comes along for the tests is
# neither started now nor enabled for the next boot; an installed time daemon is not replaced.

# shellcheck disable=SC2034 # used by the scripts that source this file
packages_build=(gcc libc6-dev binutils meson ninja-build pkg-config python3
        libseccomp-dev libcap-dev libmount-dev libjson-c-dev libinih-dev uthash-dev libsystemd-dev
        libssl-dev uuid-dev)
# shellcheck disable=SC2034
packages_test=(libcmocka-dev clang libclang-rt-14-dev clang-tidy clang-format cppcheck shellcheck
        mandoc strace libcap2-bin util-linux e2fsprogs procps iproute2 libsystemd-shared
        cryptsetup-bin systemd nginx-light redis-server memcached dnsmasq unbound dns-root-data chrony postgresql
        dnsutils curl
        qemu-system-x86 busybox-static kmod lz4 dmsetup)

# The units that those packages would have enabled.
packages_units=(nginx redis-server memcached dnsmasq unbound chrony postgresql)

packages_policy=/usr/sbin/policy-rc.d

# Prints those of the named packages that are not installed, one a line.
packages_missing() {
        local name
        for name; do
                dpkg-query -W -f='${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed ||
                        echo "$name"
        done
}

# Debian allows one time daemon at a time: chrony would remove the one that keeps this machine's clock.
packages_without_conflicts() {
        local name other
        for name; do
                if [ "$name" = chrony ]; then
                        for other in systemd-timesyncd ntpsec openntpd ntp; do
                                [ -n "$(packages_missing "$other")" ] && continue
                                echo "chrony is left out: it would replace $other" >&2
                                continue 2
                        done
                fi
                echo "$name"
        done
}

# Keeps package scripts from starting daemons. Prints "ours" when the policy was put there now.
packages_policy_on() {
        [ -e "$packages_policy" ] && return
        printf '#!/bin/sh\n# Temporary: no daemon is started while test packages are installed.\nexit 101\n' \
                >"$packages_policy" && chmod 755 "$packages_policy" && echo ours
}

# Installs those of the named packages that are missing. Needs root; 0 when all are there afterwards.
packages_install() {
        local missing policy unit status=0 known=()
        mapfile -t missing < <(packages_missing "$@")
        mapfile -t missing < <(packages_without_conflicts "${missing[@]}")
        [ ${#missing[@]} -gt 0 ] || return 0
        if ! command -v apt-get >/dev/null; then
                echo "These packages are missing and there is no apt-get to install them: ${missing[*]}" >&2
                return 1
        fi
        if [ "$(id -u)" != 0 ]; then
                echo "Missing packages; install them with: sudo apt-get install ${missing[*]}" >&2
                return 1
        fi
        for unit in "${packages_units[@]}"; do
                [ -e "/lib/systemd/system/$unit.service" ] && known+=("$unit")
        done
        echo "Installing ${missing[*]}"
        policy=$(packages_policy_on)
        # An interrupted run must not leave the policy behind.
        # shellcheck disable=SC2064 # the value of now is meant
        [ "$policy" = ours ] && trap "rm -f $packages_policy" EXIT INT TERM
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -q || echo "apt-get update failed; trying with the lists that are there" >&2
        apt-get install -q -y --no-install-recommends "${missing[@]}" || status=1
        if [ "$policy" = ours ]; then
                rm -f "$packages_policy"
                trap - EXIT INT TERM
        fi
        for unit in "${packages_units[@]}"; do
                [[ " ${known[*]} " = *" $unit "* ]] && continue
                [ -e "/lib/systemd/system/$unit.service" ] && update-rc.d "$unit" disable >/dev/null 2>&1
        done
        return $status
}
