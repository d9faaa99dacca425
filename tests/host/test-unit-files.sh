#!/bin/bash
# Protects enabling, masking and presets of units: below --root=, with wrong input, on a read-only /etc,
# and by stock systemctl through the bus.
# shellcheck source=tests/host/lib.sh
[ "$(id -u)" != 0 ] || [ "${1:-}" = inside ] || exec unshare -m "$0" inside
. "$(dirname "$0")/lib.sh"
need_root
need_tool systemctl python3

root=$scratch/root
etc=$root/etc/systemd/system
usr=$root/usr/lib/systemd/system
S=("$SVCTL" "--root=$root")
install_section() { printf '[Unit]\nDescription=one\n[Install]\n%s\n' "$@"; }
links() { (cd "$root" && find etc run -type l -printf '%p -> %l\n' 2>/dev/null | sort); }

mkdir -p "$etc" "$usr"
install_section WantedBy=multi-user.target Alias=http.service >"$usr/web.service"
printf '[Service]\nExecStart=/bin/true\n' >"$usr/plain.service"
printf '[Unit]\nDescription=x\n' >"$usr/multi-user.target"
install_section WantedBy=multi-user.target >"$usr/get@.service"

# --- each verb
check_run enable 0 "${S[@]}" enable web
check 'the links' "etc/systemd/system/http.service -> /usr/lib/systemd/system/web.service
etc/systemd/system/multi-user.target.wants/web.service -> /usr/lib/systemd/system/web.service" "$(links)"
check_match 'it is said' "^Created symlink $root/etc/systemd/system/http.service → /usr/lib/systemd/system/web.service\\." "$said"
check_run 'enable again' 0 "${S[@]}" enable web
check 'says nothing' '' "$said"
check_run is-enabled 0 "${S[@]}" is-enabled web http.service
check 'the words' 'enabled alias' "$(paste -sd ' ' <<<"$output")"
check_run 'list-unit-files' 0 "${S[@]}" list-unit-files --state=enabled --json
check 'is JSON' '{"unit":"web.service","state":"enabled","preset":"enabled","path":"/usr/lib/systemd/system/web.service"}' "$(tr -d ' ' <<<"$output")"
check_run disable 0 "${S[@]}" disable web
check 'no link is left, nor an empty directory' '' "$(ls "$etc")"
check_run mask 0 "${S[@]}" mask web
check_run 'enable of what is masked' 1 "${S[@]}" enable web
check_match 'says so' 'web.service: it is masked' "$said"
check_run 'is-enabled of what is masked' 1 "${S[@]}" is-enabled web
check masked masked "$output"
check_run unmask 0 "${S[@]}" unmask web
check 'the mask is gone' '' "$(links)"
check_run 'set-default' 0 "${S[@]}" set-default multi-user
check 'get-default' multi-user.target "$("${S[@]}" get-default)"
check_run 'add-wants' 0 "${S[@]}" add-wants multi-user.target plain
check 'plain is wanted' /usr/lib/systemd/system/plain.service "$(readlink "$etc/multi-user.target.wants/plain.service")"
check_run 'revert of what was not changed' 0 "${S[@]}" revert plain
printf '[Service]\nExecStart=/bin/false\n' >"$etc/plain.service"
check_run 'revert' 0 "${S[@]}" revert plain
check 'the file is gone' no "$([ -e "$etc/plain.service" ] && echo yes || echo no)"
mkdir -p "$usr-preset"
printf 'disable web.service\n' >"$usr-preset/10.preset"
"${S[@]}" enable web 2>/dev/null
check_run preset 0 "${S[@]}" preset web
check 'as the rules say' disabled "$("${S[@]}" is-enabled web)"
check_run 'preset-all' 0 "${S[@]}" preset-all
check_run 'enable an instance' 0 "${S[@]}" enable get@7
check 'instance and template' 'enabled indirect' "$("${S[@]}" is-enabled get@7 get@ | paste -sd ' ')"
check_run 'cat without a manager' 0 "${S[@]}" cat --json web
check 'the text' web.service "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["unit"])' <<<"$output")"

# --- edit
cat >"$scratch/editor" <<'END'
#!/bin/sh
[ "$1" = fail ] && exit 1
printf '[Service]\nNice=%s\n%s\n' "$1" "$(cat "$2")" >"$2.new" && mv "$2.new" "$2"
END
chmod 755 "$scratch/editor"
check_run edit 0 env VISUAL= EDITOR="$scratch/editor 5" "${S[@]}" edit web
check 'the drop-in' '[Service] Nice=5' "$(paste -sd ' ' "$etc/web.service.d/override.conf")"
check_run 'an editor that fails' 1 env VISUAL="$scratch/editor fail" "${S[@]}" edit web
check 'nothing is changed' '[Service] Nice=5' "$(paste -sd ' ' "$etc/web.service.d/override.conf")"
check_run 'edit with a wrong line' 0 env VISUAL="$scratch/editor many" "${S[@]}" edit web
check_match 'names it' 'web.service:2: Nice=: ' "$said"
check_run 'edit of what does not exist' 1 env VISUAL=true "${S[@]}" edit nowhere

# --- wrong input
check_run 'no such unit' 1 "${S[@]}" enable nowhere
check_match 'names it' 'nowhere.service: there is no unit file' "$said"
check_run 'nothing to enable' 0 "${S[@]}" enable plain
check_match 'is explained' 'has nothing to enable: no WantedBy=' "$said"
check_run 'a template without an instance' 1 "${S[@]}" enable get@
check_match 'says what would be right' 'get@.service is a template.*"get@NAME.service"' "$said"
check_run 'a path where a name is wanted' 2 "${S[@]}" disable ../../etc/passwd
check_run 'a path that is no unit' 1 "${S[@]}" enable ../../etc/passwd
check_run 'no name' 2 "${S[@]}" mask ''
check_run '--now with --root=' 2 "${S[@]}" --now enable web
before=$(links)
install_section WantedBy=../../../../outside.target WantedBy=%i.target 'Alias=../out.service' >"$usr/evil.service"
check_run 'links that would lead out' 1 "${S[@]}" enable evil
check 'are not made' "$before" "$(links | grep -v '/.target.wants/')"
ln -s loop2.service "$etc/loop1.service" && ln -s loop1.service "$etc/loop2.service"
check_run 'aliases in a circle' 1 "${S[@]}" enable loop1
check 'their state' bad "$("${S[@]}" is-enabled loop1 2>/dev/null)"
check_run 'others can be disabled' 0 "${S[@]}" disable web
rm "$etc"/loop?.service
ln -s /usr/lib/systemd/system/gone.service "$etc/dangling.service"
check_run 'an alias of nothing' 1 "${S[@]}" enable dangling
mkdir "$scratch/elsewhere"
mv "$etc" "$scratch/elsewhere/" && ln -s "$scratch/elsewhere/system" "$root/etc/systemd/system"
check_run 'a directory that is a link out of the root' 1 "${S[@]}" enable web
check 'nothing came there' '' "$(find "$scratch/elsewhere" -name 'http.service')"
rm "$root/etc/systemd/system" && mv "$scratch/elsewhere/system" "$etc"

# --- a read-only /etc
mount --bind "$root/etc" "$root/etc" && mount -o remount,ro,bind "$root/etc"
check_run 'on a read-only /etc' 1 "${S[@]}" enable web
check_match 'a hint' 'Read-only file system; with --runtime' "$said"
check_run 'there --runtime works' 0 "${S[@]}" --runtime enable web
check 'the state' enabled-runtime "$("${S[@]}" is-enabled web)"
umount "$root/etc"

# --- the same as systemctl
check_run 'random trees' 0 python3 "$(dirname "$0")/compare-unit-files.py" "$SVCTL" "${TREES:-8}"
check_match 'were compared' 'steps that are the same: [1-9]' "$output"
[ "$status" = 0 ] || echo "$output"

# --- through the bus
mount -t tmpfs none /run && mkdir -p /run/systemd/system
units=$scratch/units
mkdir "$units"
cp "$usr/web.service" "$units"
printf '[Service]\nExecStart=/bin/true\n' | tee -a "$units/web.service" >"$units/plain.service"
for name in basic sysinit shutdown multi-user; do printf '[Unit]\nDescription=%s\n' $name >"$units/$name.target"; done
"$BUS_SERVER" "$units" /run/systemd/private "$units" >"$scratch/server" 2>&1 &
server=$!
own $server
within 10 grep -q ready "$scratch/server" || failed 'the server starts' "$(cat "$scratch/server")"
check_run 'systemctl enable' 0 systemctl enable web
check_match 'is told of the links' "Created symlink $units/http.service → $units/web.service" "$said"
check_run 'systemctl is-enabled' 0 systemctl is-enabled web
check enabled enabled "$output"
check_match 'systemctl list-unit-files' 'http.service +alias +-.*web.service +enabled' "$(systemctl list-unit-files | tr '\n' ' ')"
check_run 'systemctl disable' 0 systemctl disable web
check_run 'systemctl mask' 0 systemctl mask nowhere.service
check_run 'systemctl unmask' 0 systemctl unmask nowhere.service
check_run 'systemctl enable of nothing' 1 systemctl enable nowhere
check_run 'systemctl set-default' 0 systemctl set-default multi-user.target
check 'systemctl get-default' multi-user.target "$(systemctl get-default)"
check_run 'systemctl preset' 0 systemctl preset web
check_run 'systemctl add-wants' 0 systemctl add-wants basic.target plain
check_run 'systemctl revert' 0 systemctl revert web
check_run 'systemctl set-environment' 0 systemctl set-environment 'A=b c'
check 'show-environment' 'A=b c' "$("$SVCTL" show-environment)"
check_run 'set-environment of nonsense' 1 "$SVCTL" set-environment '1=2'
check_run 'import-environment' 0 env B=d "$SVCTL" import-environment B
check 'a variable of the shell' B=d "$("$SVCTL" show-environment)"

# --- settings with structure
set_and_show() { # NAME=VALUE PROPERTY TEXT
        check_run "systemctl set-property $1" 0 systemctl set-property plain "$1"
        check "as $2" "$2=$3" "$(systemctl show plain -p "$2" | paste -sd ' ')"
}
set_and_show 'DeviceAllow=/dev/zero r' DeviceAllow '/dev/zero r'
set_and_show 'IPAddressAllow=10.0.0.0/8 ::1' IPAddressAllow '10.0.0.0/8 ::1/128'
set_and_show AllowedCPUs=0-2,5 AllowedCPUs '0-2 5'
set_and_show 'IODeviceWeight=/dev/null 100' IODeviceWeight '/dev/null 100'
set_and_show 'IODeviceLatencyTargetSec=/dev/null 5ms' IODeviceLatencyTargetUSec '/dev/null 5ms'
set_and_show 'IOReadBandwidthMax=/dev/null 5M' IOReadBandwidthMax '/dev/null 5000000'
set_and_show RestrictNetworkInterfaces=~lo RestrictNetworkInterfaces '~lo'
check_run 'a second device' 0 systemctl set-property plain 'DeviceAllow=/dev/null w'
check 'is added' 'DeviceAllow=/dev/zero r DeviceAllow=/dev/null w' "$(systemctl show plain -p DeviceAllow | paste -sd ' ')"
check_run 'none' 0 systemctl set-property plain DeviceAllow=
check 'empties the list' '' "$(systemctl show plain -p DeviceAllow)"
check_run 'svctl set-property' 0 "$SVCTL" set-property plain 'DeviceAllow=/dev/full rw' MemoryMax=1M
check 'text as in a file' 'DeviceAllow=/dev/full rw MemoryMax=1048576' "$(systemctl show plain -p DeviceAllow -p MemoryMax | sort | paste -sd ' ')"
check_run 'a wrong value' 1 "$SVCTL" set-property plain DeviceAllow=nothing
# shellcheck disable=SC1003 # a backslash at the end is the point
check_run 'a value that would join the next line' 1 "$SVCTL" set-property plain 'Description=x\'
check_run 'no such setting' 1 "$SVCTL" set-property plain Memory=1
check_run 'nothing that is set' 2 "$SVCTL" set-property plain MemoryMax

check_run 'svctl enable' 0 "$SVCTL" --now enable plain web
check 'and it runs' 'active active' "$("$SVCTL" is-active plain web | paste -sd ' ')"
check_run 'what wants them' 0 "$SVCTL" start multi-user.target
check_run 'list-dependencies --reverse' 0 "$SVCTL" list-dependencies --reverse --json web
check_match 'what wants it' '"unit":"multi-user.target","parent":"web.service"' "$output"
check_run 'only one direction' 2 "$SVCTL" list-dependencies --reverse --after web
kill $server
wait $server
umount /run
finish
