#!/bin/bash
# Protects what "svanalyze verify" and "cat-unit" find: each kind of mistake in a unit, programs
# that are missing within the root that the unit gets, and the files of a unit in their order.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_tool "$SVANALYZE"
export SYSTEMD_UNIT_PATH=/units
root=$scratch/root
mkdir -p "$root"/{units,usr/bin,srv/jail/bin,opt/tools,etc}
printf '#!/bin/sh\n' | tee "$root"/usr/bin/{tool,plain} "$root"/srv/jail/bin/inner "$root"/opt/tools/bound >/dev/null
chmod 755 "$root"/usr/bin/tool "$root"/srv/jail/bin/inner "$root"/opt/tools/bound
chmod 644 "$root"/usr/bin/plain

# unit NAME LINE...: writes the [Service] section of a unit.
unit() {
        local name=$1
        shift
        printf '%s\n' '[Service]' "$@" >"$root/units/$name"
}

verify() { run "$SVANALYZE" --root="$root" verify "$@"; }

# valid NAME LINE...: nothing is said about such a unit.
valid() {
        local name=$1
        shift
        unit case.service "$@"
        verify case
        check "$name" '0:' "$status:$output$said"
}

# wrong NAME REGULAR-EXPRESSION LINE...: the unit is refused with such a message.
wrong() {
        local name=$1 message=$2
        shift 2
        unit case.service "$@"
        verify case
        check_match "$name" "^1:.*$message" "$status:$output"
}

valid 'a unit without mistakes' ExecStart=/usr/bin/tool
valid 'a program looked up by name' 'ExecStart=tool'
valid 'a program in a search path' ExecSearchPath=/nowhere:/opt/tools ExecStart=bound
valid 'a program in a root directory' RootDirectory=/srv/jail ExecStart=/bin/inner
valid 'a program bound into a root directory' RootDirectory=/srv/jail \
        BindReadOnlyPaths=/opt/tools:/mnt ExecStart=/mnt/bound
valid 'root directory for ExecStart= only' RootDirectory=/srv/jail RootDirectoryStartOnly=yes \
        ExecStart=/bin/inner ExecStopPost=/usr/bin/tool

valid 'several commands' Type=oneshot ExecStart=/usr/bin/tool ExecStart=/usr/bin/tool
valid 'a command to stop alone' ExecStop=/usr/bin/tool
unit case.service '[Unit]' SuccessAction=reboot-force
verify case
check 'an action instead of a command' '0:' "$status:$output"
printf '[Unit]\nDescription=A\n' >"$root/units/case.target"
run "$SVANALYZE" --root="$root" verify case.target
check 'other units need no commands' '0:' "$status:$output$said"

# --- users and groups, in the files of the root
printf 'known:x:700:700::/:/bin/sh\n' >"$root/etc/passwd"
printf 'known:x:700:\n' >"$root/etc/group"
valid 'users and groups that are there' User=known Group=known SupplementaryGroups=known ExecStart=tool
valid 'numbers' User=800 Group=800 ExecStart=tool
valid 'a dynamic user' DynamicUser=yes User=svtest-dynamic ExecStart=tool
unit case.service User=root Group=root 'SupplementaryGroups=known other' ExecStart=tool
verify case
check 'missing ones are three warnings' 0:3 "$status:$(wc -l <<<"$output")"
check_match 'a missing user' 'case.service: User=: there is no user "root" in' "$output"
check_match 'a missing group' 'Group=: there is no group "root" in' "$output"
check_match 'another' 'SupplementaryGroups=: there is no group "other" in' "$output"

wrong 'a wrong value' 'case.service:2: NoNewPrivileges=: "maybe" is no boolean' NoNewPrivileges=maybe
wrong 'a mistyped directive' 'did you mean ProtectSystem=' ProtectSytem=full
wrong 'a missing program' 'case.service:3: ExecStart=: /usr/bin/none does not exist' Nice=1 ExecStart=/usr/bin/none
wrong 'the second of two' 'case.service:4: ExecStartPre=: /usr/bin/none does not' ExecStartPre=/usr/bin/tool ExecStart=/usr/bin/tool \
        'ExecStartPre=/usr/bin/tool ; /usr/bin/none'
wrong 'nothing to run' 'case.service: there is no ExecStart=; there is nothing' Nice=1
wrong 'nothing to start' 'only Type=oneshot does without' Type=exec ExecStop=/usr/bin/tool
wrong 'two commands' 'case.service: there are 2 commands in ExecStart=; only Type=oneshot' Type=simple \
        ExecStart=/usr/bin/tool ExecStart=/usr/bin/tool
wrong 'two commands without a type' 'there are 2 commands' ExecStart=/usr/bin/tool ExecStart=/usr/bin/tool
wrong 'a program that cannot be executed' 'is not executable' ExecStart=/usr/bin/plain
wrong 'a directory as program' 'is a directory' ExecStart=/usr/bin
wrong 'a name that is nowhere' 'none does not exist' ExecStart=none
wrong 'a program outside of the root directory' 'tool does not exist' \
        RootDirectory=/srv/jail ExecStart=/usr/bin/tool
wrong 'a missing root directory' 'RootDirectory=: /srv/none' RootDirectory=/srv/none ExecStart=/a

ln -s /etc/../../../../../../../../bin/sh "$root/usr/bin/link"
wrong 'a link that would lead out of the root' 'link does not exist' ExecStart=/usr/bin/link

unit case.service ExecStart=-/usr/bin/none
verify case
check_match 'a missing program that may be missing' '^0:.*lets that pass' "$status:$output"

unit case.service ExecStart=/usr/bin/tool SmackProcessLabel=a SELinuxContext=b
verify case
check 'what nobody enforces, sorted' '0:case: not enforced yet: SELinuxContext= SmackProcessLabel=' "$status:$output"

unit case@.service 'ExecStart=/usr/bin/tool %i' User=%i
verify case@.service
check 'a template' '0:' "$status:$output$said"
verify none
check_match 'a unit that is not there' '^1:none: there is no none.service' "$status:$output"
check_run 'a file by its path' 0 "$SVANALYZE" --root="$root" verify "$root/units/case@.service"
mkdir "$root/units/directory.service"
run "$SVANALYZE" verify "$root/units/directory.service"
check 'a directory, named once' "$root/units/directory.service: this cannot be read: it is a directory, where a file is expected" \
        "$output"
rmdir "$root/units/directory.service"
check_run 'a root that is not there' 1 "$SVANALYZE" --root="$root/none" verify case

unit case.service NoNewPrivileges=maybe
verify --json case
json=$(tr -s ' \n' ' ' <<<"$output")
check_match 'the same as JSON' '"valid": false.*"level": "error".*"line": 2, "directive": "NoNewPrivileges"' "$json"

unit case.service ExecStart=/usr/bin/tool
mkdir "$root/units/case.service.d"
printf '[Service]\nNice=1' >"$root/units/case.service.d/10-nice.conf"
run "$SVANALYZE" --root="$root" cat-unit case
check 'the files of a unit' "# $root/units/case.service
[Service]
ExecStart=/usr/bin/tool

# $root/units/case.service.d/10-nice.conf
[Service]
Nice=1" "$output"
run "$SVANALYZE" --root="$root" cat-unit --json case
check_match 'the files as JSON' '10-nice.conf".*"text": "\[Service\]\\nNice=1"' "$(tr -s ' \n' ' ' <<<"$output")"
check_run 'files of a unit that is not there' 1 "$SVANALYZE" --root="$root" cat-unit none
ln -s /dev/null "$root/units/masked.service"
run "$SVANALYZE" --root="$root" cat-unit masked
check_match 'a masked unit' '^0:.*masked.service is masked$' "$status:$output"
# More names than anybody means are refused, rather than compared with each other for minutes.
{ printf '[Service]\nExecStart=/bin/true\n' && printf 'StateDirectory=svtest-%d\n' {1..5000}; } >"$scratch/many.service"
run "$SVANALYZE" verify "$scratch/many.service"
check_match 'too many directories' 'many.service:4099: StateDirectory=: there are more than 4096' "$said$output"
finish
