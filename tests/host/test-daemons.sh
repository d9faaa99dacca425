#!/bin/bash
# Protects the promise that a distribution's daemons run as they are: under "svrun --unit", with the
# unmodified units of their Debian packages, they answer a client, stop cleanly, and leave nothing.
#
# Everything happens in a network, PID and mount namespace of the test's own, with its own /run,
# configuration and data: a daemon that already runs on this machine is not disturbed.
if [ "${1:-}" != --alone ]; then
        alone=(unshare --net --mount --propagation private --pid --fork --kill-child --mount-proc)
        "${alone[@]}" true 2>/dev/null && exec "${alone[@]}" "$0" --alone
fi
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"

need_root
[ -n "${SVRUN:-}" ] || skip_all "SVRUN names no program"
need_tool ip unshare setpriv
[ "${1:-}" = --alone ] || skip_all "namespaces of the test's own cannot be made"

units=/lib/systemd/system
export SYSTEMD_UNIT_PATH=$units LC_ALL=C.UTF-8
svrun=$(reach "$SVRUN") || skip_all "$SVRUN is missing"
ip link set lo up

# private DIRECTORY...: the test's own, empty directory in that place, with the owner of the other.
private() {
        local at own
        for at; do
                [ -d "$at" ] || continue
                own=$scratch/place$at
                mkdir -p "$own"
                chown --reference="$at" "$own" && chmod --reference="$at" "$own"
                mount --bind "$own" "$at"
        done
}

# configure FILE: the test's own file in that place, from standard input.
configure() {
        local own=$scratch/place/file$1
        mkdir -p "$(dirname "$own")"
        cat >"$own" && chmod 644 "$own" && mount --bind "$own" "$1"
}

# What systemd-tmpfiles makes at boot: runtime DIRECTORY OWNER:GROUP.
runtime() { install -d -o "${2%:*}" -g "${2#*:}" "/run/$1"; }

private /tmp /var/tmp /run /etc/default

# has PACKAGE UNIT: is it installed, with the unit that the package brought? A skip says why not.
has() {
        local sum
        sum=$(grep -hE " (usr/)?lib/systemd/system/$2\$" /var/lib/dpkg/info/*.md5sums 2>/dev/null | head -n 1)
        if [ -z "$sum" ] || [ ! -e "$units/$2" ]; then
                skip "$1" "the package $1 is not installed"
                return 1
        fi
        (cd / && md5sum --quiet --check <<<"$sum" >/dev/null 2>&1) && return
        skip "$1" "$units/$2 is not as its package brought it"
        return 1
}

# What there is in these namespaces, to be the same after a daemon as before.
left_behind() {
        local process name
        for process in /proc/[0-9]*; do
                name=$(cat "$process/comm" 2>/dev/null) || continue
                [ "$name" = cat ] || [ "$name" = "${0##*/}" ] || echo "${process##*/} $name"
        done
        cut -d ' ' -f 5 /proc/self/mountinfo
        find /run /tmp /var/tmp ! -path '/run/svalinn*' | sort
}

daemon=0 before=

# serve UNIT [ARGUMENT]...: begins to run it. What it says is in "$scratch/said".
serve() {
        before=$(left_behind)
        "$svrun" --unit "$@" >"$scratch/said" 2>&1 </dev/null &
        daemon=$!
        own $daemon
}

# answers NAME EXPECTED COMMAND...: the client's output, once the daemon is there.
answers() {
        local name=$1 expected=$2 got
        shift 2
        asked() {
                got=$("$@" 2>"$scratch/complaint")
                [[ $got =~ $expected ]]
        }
        if within 10 asked "$@"; then
                passed "$name"
        else
                failed "$name" "expected: $expected" "got: $got" "client: $(<"$scratch/complaint")" \
                        "svrun: $(<"$scratch/said")"
        fi
}

# stop NAME: asks svrun to end.
stop() {
        local after status=0
        kill -TERM "$daemon" 2>/dev/null || status="none: it had ended before"
        wait "$daemon" || status=$?
        if [ "$status" = 0 ]; then
                passed "$1 stops with status 0"
        else
                failed "$1 stops with status 0" "got: $status" "$(<"$scratch/said")"
        fi
        after=$(left_behind)
        check "$1 leaves nothing" "" "$(diff <(echo "$before") <(echo "$after"))"
        check "$1: what a supervisor would do is said in a line" 1 \
                "$(grep -c '^svrun: left to a supervisor: .\{1,100\}$' "$scratch/said")"
        check "$1: nothing is said twice" "" "$(grep '^svrun: ' "$scratch/said" | sort | uniq -d)"
}

# user_of PROCESS-NAME [newest]
user_of() {
        local pid
        pid=$(pgrep "--${2:-oldest}" -x "$1") && stat -c %U "/proc/$pid"
}

# status_of PROCESS-NAME FIELD: from /proc/PID/status.
status_of() {
        local pid
        pid=$(pgrep -o -x "$1") && awk -v field="$2:" '$1 == field { print $2 }' "/proc/$pid/status"
}

try_nginx() {
        has nginx nginx.service || return
        private /etc/nginx /var/lib/nginx /var/log/nginx
        mkdir -m 755 "$scratch/pages" && echo "a page" >"$scratch/pages/page"
        nginx_says "first"
        serve nginx
        answers "nginx answers" first curl -sS http://127.0.0.1/
        answers "nginx serves a file" "a page" curl -sS http://127.0.0.1/pages/page
        check "nginx's workers have their user" www-data "$(user_of nginx newest)"
        nginx_says "second"
        kill -HUP "$daemon"
        answers "nginx reloads" second curl -sS http://127.0.0.1/
        stop nginx

        serve nginx.service -p Enforce=strict -p ProtectSystem=strict -p ProtectHome=yes -p PrivateTmp=yes \
                -p PrivateDevices=yes -p ProtectKernelTunables=yes -p ProtectControlGroups=yes \
                -p "ReadWritePaths=/run /var/lib/nginx /var/log/nginx" -p NoNewPrivileges=yes \
                -p "InaccessiblePaths=$scratch/pages" -p MemoryDenyWriteExecute=yes \
                -p "CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_CHOWN CAP_DAC_OVERRIDE" \
                -p "RestrictAddressFamilies=AF_INET AF_UNIX" -p RestrictNamespaces=yes \
                -p SystemCallFilter=@system-service -p SystemCallArchitectures=native
        answers "nginx answers in a tight sandbox" second curl -sS http://127.0.0.1/
        answers "it cannot read what is hidden from it" "403 Forbidden" curl -sS http://127.0.0.1/pages/page
        check "it has a system call filter" 2 "$(status_of nginx Seccomp)"
        stop "nginx in a tight sandbox"
}

nginx_says() {
        cat >/etc/nginx/nginx.conf <<END
user www-data;
pid /run/nginx.pid;
events { }
http {
        access_log off;
        server {
                listen 127.0.0.1:80;
                location / { return 200 "$1\n"; }
                location /pages/ { alias $scratch/pages/; }
        }
}
END
}

try_redis() {
        has redis-server redis-server.service || return
        private /etc/redis /var/lib/redis /var/log/redis
        install -m 640 -o redis -g redis /dev/stdin /etc/redis/redis.conf <<END
bind 127.0.0.1
port 6379
dir /var/lib/redis
pidfile /run/redis/redis-server.pid
END
        serve redis-server
        answers "redis answers" PONG redis-cli ping
        answers "redis takes a value" OK redis-cli set key value
        answers "redis gives it back" value redis-cli get key
        answers "redis writes its data" OK redis-cli save
        check "the data are redis'" redis "$(stat -c %U /var/lib/redis/dump.rdb)"
        check "redis has no capabilities" 0000000000000000 "$(status_of redis-server CapBnd)"
        check "redis has a system call filter" 2 "$(status_of redis-server Seccomp)"
        check "redis has its runtime directory" "redis 2755" "$(stat -c '%U %a' /run/redis)"
        stop redis
        serve redis-server
        answers "redis finds its data again" value redis-cli get key
        stop "redis once more"
}

talk_to_memcached() {
        local connection
        exec {connection}<>/dev/tcp/127.0.0.1/11211 || return
        printf 'set key 0 0 5\r\nvalue\r\nget key\r\nquit\r\n' >&"$connection"
        timeout 5 cat <&"$connection"
        exec {connection}>&-
}

try_memcached() {
        has memcached memcached.service || return
        runtime memcached memcache:memcache
        configure /etc/memcached.conf <<<$'-m 16\n-p 11211\n-u memcache\n-l 127.0.0.1\n-P /run/memcached/memcached.pid'
        serve memcached
        answers "memcached answers" $'STORED\r\nVALUE key 0 5\r\nvalue' talk_to_memcached
        check "memcached changes its user" memcache "$(user_of memcached)"
        check "memcached gains no privileges" 1 "$(status_of memcached NoNewPrivs)"
        stop memcached
}

try_unbound() {
        has unbound unbound.service || return
        private /etc/unbound /var/lib/unbound
        cat >/etc/unbound/unbound.conf <<END
server:
        interface: 127.0.0.1
        use-syslog: no
        local-zone: "test." static
        local-data: "svalinn.test. A 192.0.2.7"
        $([ -e /usr/share/dns/root.key ] && echo 'auto-trust-anchor-file: "/var/lib/unbound/root.key"')
remote-control:
        control-enable: no
END
        serve unbound
        answers "unbound answers" '^192\.0\.2\.7$' dig +short +tries=1 +time=2 @127.0.0.1 svalinn.test
        check "unbound changes its user" unbound "$(user_of unbound)"
        [ ! -e /usr/share/dns/root.key ] ||
                check "its helper has run before it" unbound "$(stat -c %U /var/lib/unbound/root.key)"
        stop unbound
}

try_dnsmasq() {
        has dnsmasq dnsmasq.service || return
        runtime dnsmasq dnsmasq:nogroup
        configure /etc/dnsmasq.conf <<<$'no-resolv\nlisten-address=127.0.0.1\nbind-interfaces\naddress=/svalinn.test/192.0.2.8'
        serve dnsmasq
        answers "dnsmasq answers" '^192\.0\.2\.8$' dig +short +tries=1 +time=2 @127.0.0.1 svalinn.test
        check "dnsmasq changes its user" dnsmasq "$(user_of dnsmasq)"
        stop dnsmasq
}

try_chrony() {
        has chrony chrony.service || return
        private /etc/chrony /var/lib/chrony /var/log/chrony
        # -x: the clock of the machine is left alone
        echo 'DAEMON_OPTS="-F 1 -x"' >/etc/default/chrony
        printf 'local stratum 8\ndriftfile /var/lib/chrony/chrony.drift\n' >/etc/chrony/chrony.conf
        serve chrony
        answers "chrony answers" 'Stratum +: 8' chronyc -n tracking
        check "chrony changes its user" _chrony "$(user_of chronyd)"
        check "chrony has its runtime directory" "_chrony 700" "$(stat -c '%U %a' /run/chrony)"
        stop chrony
}

query() { setpriv --reuid=postgres --regid=postgres --init-groups psql -XAtqc "$1" postgres; }

try_postgresql() {
        local version unit=postgresql@
        has postgresql-common postgresql@.service || return
        version=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort -V | tail -n 1)
        [ -n "$version" ] || { skip postgresql "no version of the server is installed"; return; }
        unit=postgresql@$version-test
        private /etc/postgresql /var/lib/postgresql /var/log/postgresql
        runtime postgresql postgres:postgres
        (cd / && pg_createcluster "$version" test --port 5432 --start-conf=manual -- --no-sync) >"$scratch/said" 2>&1 ||
                { failed "a cluster for postgresql" "$(<"$scratch/said")"; return; }
        cd / || return
        serve "$unit"
        answers "postgresql answers" '^42$' query 'select 6 * 7'
        query 'create table t (n integer); insert into t values (7)' >/dev/null
        check "postgresql changes its user" postgres "$(user_of postgres)"
        stop postgresql

        serve "$unit" -p ProtectSystem=strict -p "ReadWritePaths=/run /var/lib/postgresql /var/log/postgresql" \
                -p PrivateTmp=yes -p ProtectHome=yes -p PrivateDevices=yes -p NoNewPrivileges=yes \
                -p ProtectKernelTunables=yes -p ProtectKernelModules=yes -p RestrictNamespaces=yes \
                -p RestrictRealtime=yes -p LockPersonality=yes -p SystemCallFilter=@system-service \
                -p "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX" -p ProtectProc=invisible
        answers "postgresql in a tight sandbox finds its data" '^7$' query 'select n from t'
        query "copy t to '/tmp/svalinn-test'"
        check "its /tmp is its own" "" "$(find /tmp -maxdepth 1 -name svalinn-test)"
        check "it has a system call filter" 2 "$(status_of postgres Seccomp)"
        stop "postgresql in a tight sandbox"
}

try_nginx
try_redis
try_memcached
try_unbound
try_dnsmasq
try_chrony
try_postgresql
finish
