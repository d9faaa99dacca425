#!/bin/bash
# Protects a small system with daemons of Debian's: svinit as process 1 and the units that we ship bring them up from
# their packages' unmodified units, svctl and systemctl drive them, and both ways down leave a clean file system.
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
need_root
need_tool mke2fs e2fsck debugfs systemctl redis-server redis-cli nginx perl setpriv
postgres=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 2>/dev/null | sort -V | tail -n 1)
[ -n "$postgres" ] || skip_all 'no version of postgresql is installed'
version=${postgres##*/}
chmod 711 "$scratch"

tree=$scratch/tree
mkdir -p "$tree"/etc/{svalinn/system/multi-user.target.wants,redis,nginx,sysctl.d,modules-load.d} "$tree"/usr/{sbin,lib/{systemd/system,tmpfiles.d,sysusers.d}} \
        "$tree"/var/{log/{redis,nginx,postgresql,svalinn},lib/nginx} "$tree/etc/postgresql/$version/main" "$tree/srv"
: >"$tree/etc/machine-id"
echo '/dev/nvme0n1 / ext4 rw,noatime 0 1' >"$tree/etc/fstab"
echo small >"$tree/etc/hostname"
grep -E '^(root|redis|postgres|www-data|nobody):' /etc/passwd >"$tree/etc/passwd"
grep -E '^(root|tty|redis|postgres|www-data|nogroup):' /etc/group >"$tree/etc/group"
ln -s ../bin/busybox "$tree/usr/sbin/sulogin"
ln -s ../run "$tree/var/run"
printf '[Log]\nStorage=persistent\n' >"$tree/etc/svalinn/log.conf"
echo 'kernel.panic = 77' >"$tree/etc/sysctl.d/test.conf"
echo '# none' >"$tree/etc/modules-load.d/test.conf"
echo 'u small 777 "a user of the test"' >"$tree/usr/lib/sysusers.d/test.conf"
echo 'f /run/made 0640 small root - by tmpfiles' >"$tree/usr/lib/tmpfiles.d/test.conf"
cp /usr/lib/tmpfiles.d/postgresql-common.conf "$tree/usr/lib/tmpfiles.d/"
cp /lib/systemd/system/{redis-server,nginx,postgresql,postgresql@}.service "$tree/usr/lib/systemd/system/"

install -d -o redis -g redis "$tree"/var/{lib,log}/redis
install -m 640 -o redis -g redis /dev/stdin "$tree/etc/redis/redis.conf" <<'END2'
bind 127.0.0.1
dir /var/lib/redis
pidfile /run/redis/redis-server.pid
END2
cat >"$tree/etc/nginx/nginx.conf" <<'END2'
user www-data;
pid /run/nginx.pid;
events { }
http { access_log off; server { listen 127.0.0.1:80; location / { return 200 "a page\n"; } } }
END2

install -d -o postgres -g postgres "$tree"/var/{log,lib}/postgresql "$tree/var/lib/postgresql/$version"
conf=$tree/etc/postgresql/$version/main
run setpriv --reuid=postgres --regid=postgres --init-groups "$postgres/bin/initdb" --no-sync --auth=peer \
        --locale=C --encoding=UTF8 --no-instructions "$tree/var/lib/postgresql/$version/main"
[ "$status" = 0 ] || failed 'a cluster for postgresql' "$output" "$said"
cat >"$conf/postgresql.conf" <<END2
data_directory = '/var/lib/postgresql/$version/main'
hba_file = '/etc/postgresql/$version/main/pg_hba.conf'
external_pid_file = '/run/postgresql/$version-main.pid'
unix_socket_directories = '/run/postgresql'
listen_addresses = ''
jit = off
END2
echo 'local all all peer' >"$conf/pg_hba.conf"
echo auto >"$conf/start.conf"
chown -R postgres:postgres "$tree/etc/postgresql"

wants=$tree/etc/svalinn/system/multi-user.target.wants
ln -s /usr/lib/systemd/system/{redis-server,nginx}.service "$wants/"
ln -s /usr/lib/systemd/system/postgresql@.service "$wants/postgresql@$version-main.service"
ln -s ../check.service "$wants/"
cat >"$tree/etc/svalinn/system/check.service" <<END2
[Unit]
Description=What the test asks
IgnoreOnIsolate=yes
After=redis-server.service nginx.service postgresql@$version-main.service
[Service]
ExecStart=/bin/sh -c 'sh /srv/check 2>&1 | cat'
StandardOutput=file:/dev/ttyS2
END2

cat >"$tree/srv/check" <<END2
version=$version
END2
cat >>"$tree/srv/check" <<'END2'
now() { cut -d . -f 1 /proc/uptime; }
within() { local end=$(($(now) + 60)); until "$@" >/dev/null 2>&1; do [ "$(now)" -lt $end ] || return; sleep 0.5; done; }
say() { echo "$1=$(shift; "$@" 2>&1 | tr '\n' ' ' | sed 's/ $//')"; }
# busybox has a setpriv of its own
query() { /usr/bin/setpriv --reuid=postgres --regid=postgres --init-groups "/usr/lib/postgresql/$version/bin/psql" -XAtqc "$1" postgres; }
ready() { redis-cli ping && wget -q -O - http://127.0.0.1/ && query 'select 1'; }
main_pid() { systemctl show -P MainPID "$1"; }

within ready || { svctl list-units; svctl logs -n 100; poweroff -f; }
say uptime cut -d ' ' -f 1 /proc/uptime
if [ -e /srv/second ]; then
        say second-redis redis-cli get key
        say second-postgres query 'select n from t'
        say second-logs sh -c 'svctl logs | grep -c "the first boot"'
        say second-running svctl is-active redis-server nginx "postgresql@$version-main"
        vm-verdict --stay 0
        svctl poweroff
        sleep 100
fi
say root sh -c 'grep " / " /proc/mounts | cut -d " " -f 4'
say hostname hostname
say sysctl cat /proc/sys/kernel/panic
say tmpfiles sh -c 'stat -c "%A %U" /run/made; cat /run/made'
say redis redis-cli ping
say http wget -q -O - http://127.0.0.1/
query 'create table t (n integer); insert into t values (42)'
say postgres query 'select n from t'
say active svctl is-active redis-server nginx "postgresql@$version-main" svlogd
say failed sh -c 'svctl list-units --all | grep -w failed'
say systemctl-active systemctl is-active redis-server nginx "postgresql@$version-main"
say systemctl-list sh -c 'systemctl list-units --plain --no-legend | grep -cE "^(redis-server|nginx|postgresql@).* loaded +active +running"'
say status sh -c 'systemctl status nginx | grep -cE "Active: active \(running\)|nginx: (master|worker) process"'
say svctl-status sh -c 'svctl status redis-server | grep -c "redis-server 127.0.0.1:6379"'
say cgroup sh -c "cut -d : -f 3 /proc/$(main_pid redis-server)/cgroup"
say sandbox sh -c "grep -E '^(Seccomp|NoNewPrivs|CapBnd):' /proc/$(main_pid redis-server)/status | tr -d '\n' | tr '\t' ' '"

redis-cli set key value >/dev/null; redis-cli save >/dev/null
before=$(main_pid redis-server)
systemctl restart redis-server
say restarted sh -c "redis-cli get key; [ $before != $(main_pid redis-server) ] && echo anew"
before=$(main_pid redis-server)
systemctl kill --signal=KILL redis-server
sleep 0.5
within redis-cli ping
say killed sh -c "redis-cli get key; [ $before != $(main_pid redis-server) ] && echo anew"
svctl stop nginx
say stopped sh -c 'svctl is-active nginx; wget -q -O - http://127.0.0.1/ 2>/dev/null || echo refused'
svctl start nginx
say started wget -q -O - http://127.0.0.1/
before=$(main_pid nginx)
systemctl reload nginx
say reloaded sh -c "[ $before = $(main_pid nginx) ] && wget -q -O - http://127.0.0.1/"
systemctl stop "postgresql@$version-main"
say postgres-stopped sh -c "systemctl is-active postgresql@$version-main; ls /run/postgresql"
systemctl start "postgresql@$version-main"
within query 'select 1'
say postgres-started query 'select n from t'
kill -KILL "$(pidof svmanager)"
within svctl is-active nginx
say new-manager svctl is-active redis-server nginx "postgresql@$version-main"
echo "the first boot" >/dev/kmsg
logger "the first boot"
say logs sh -c 'svctl logs -u redis-server | grep -c "Ready to accept connections"'
svctl isolate rescue.target
say isolated sh -c 'svctl is-active rescue.service sysinit.target redis-server nginx; redis-cli ping 2>&1 | grep -o refused'
svctl isolate default.target
say back svctl is-active rescue.service redis-server nginx "postgresql@$version-main"
touch /srv/second
systemctl reboot
sleep 100
END2

add=()
for file in /usr/bin/{redis-server,redis-cli,systemctl,systemd-tmpfiles,systemd-sysusers,perl,install,setpriv} /usr/sbin/{nginx,start-stop-daemon} "$postgres"/bin/{postgres,pg_ctl,psql}; do
        add+=(--add "$file")
done
for file in "$postgres/share" /usr/share/postgresql/"$version" /usr/bin/pg_ctlcluster /usr/share/perl5/PgCommon.pm /usr/share/postgresql-common; do
        [ ! -e "$file" ] || add+=(--add "$file")
done
for file in "$postgres"/lib/{dict_snowball,plpgsql}.so; do
        add+=(--add "$file")
done
for folder in $(perl -e 'print "@INC"'); do
        case $folder in */perl-base) add+=(--add "$folder") ;; esac
done
run "$(dirname "$0")/root-disk.py" --build "$VM_BUILD" --size 256M "${add[@]}" --tree "$tree" "$scratch/disk"
check_match 'a disk with daemons' '^0:' "$status:$said"

# Power on. A machine that reboots ends here, and its disk shows how.
boot() {
        check_vm "$1" "$2" --root-disk "$scratch/disk" --as-init svinit --timeout 400 --console "$scratch/console"
        guest=$(tr -d '\r' <<<"$output")
        check_run "$1: its file system was unmounted in order" 0 e2fsck -fn "$scratch/disk"
        check "$1: and needs no recovery" '' "$(debugfs -R features "$scratch/disk" 2>/dev/null | grep -o needs_recovery)"
        output=$guest
}

boot 'by systemctl it reboots' reboot
expect 'the root has the options of fstab' root rw,noatime
expect 'the host has a name' hostname small
expect 'sysctl.service sets' sysctl 77
expect 'sysusers.service and tmpfiles-setup.service make' tmpfiles '-rw-r----- small by tmpfiles'
expect 'redis answers' redis PONG
expect 'nginx answers' http 'a page'
expect 'postgresql answers' postgres 42
expect 'svctl knows that they run' active 'active active active active'
expect 'so does systemctl' systemctl-active 'active active active'
expect 'nothing has failed' failed ''
expect 'systemctl lists them' systemctl-list 3
expect 'systemctl shows state and processes' status 3
expect 'so does svctl' svctl-status 1
expect 'a service has a control group' cgroup /system.slice/redis-server.service
expect 'and a sandbox' sandbox 'CapBnd: 0000000000000000NoNewPrivs: 1Seccomp: 2'
expect 'a restart by systemctl keeps what was saved' restarted 'value anew'
expect 'one that was killed comes back' killed 'value anew'
expect 'a service is stopped by svctl' stopped 'inactive refused'
expect 'and started' started 'a page'
expect 'and reloaded by systemctl' reloaded 'a page'
expect 'postgresql is stopped' postgres-stopped inactive
expect 'and started with what was in it' postgres-started 42
expect 'a manager that was killed has a successor that knows them' new-manager 'active active active'
expect_match 'they have logs' logs '^[1-9]'
expect 'rescue.target stops them, and only them' isolated 'active active inactive inactive refused'
expect 'and default.target starts them again' back 'inactive active active active'

boot 'by svctl it switches itself off' exit:0
expect 'redis has its data' second-redis value
expect 'postgresql has its data' second-postgres 42
expect_match 'logs of the first boot are there' second-logs '^[1-9]'
expect 'all run again' second-running 'active active active'
finish
