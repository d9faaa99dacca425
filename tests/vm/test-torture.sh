#!/bin/bash
# Protects what tests/host/test-torture.sh does, as process 1 of a machine: services run on while svmanager and svinit die.
#
#     test-torture.sh [--rounds N]
#
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
rounds=25 share=4
if [ "${1:-}" = --rounds ]; then rounds=$2; fi

mkdir "$scratch/units"
check_run 'units are written' 0 "$TORTURE" prepare "$scratch/units" "$share"
printf '[Unit]\nDefaultDependencies=no\nRequires=torture.target judge.service\n' >"$scratch/units/default.target"
cat >"$scratch/units/judge.service" <<END
[Unit]
DefaultDependencies=no
[Service]
ExecStart=/bin/sh -c "torture run $rounds $share svmanager svinit; vm-verdict \$\$?"
StandardOutput=file:/dev/console
StandardError=file:/dev/console
END
printf '[Log]\nRuntimeUnitMaxSize=16M\nRuntimeMaxSize=128M\nRateLimitBurst=0\nReadKMsg=no\n' >"$scratch/torture-log.conf"
vm --as-init svinit --timeout $((300 + rounds * 10)) --append svalinn.crashes=0 --add "$scratch/units:/etc/svalinn/system" \
        --add "$TORTURE:/usr/bin/" --add "$scratch/torture-log.conf:/etc/svalinn/"
output=$(tr -d '\r' <<<"$output")
while read -r line; do
        case $line in
        'ok - '*) passed "${line#ok - }" ;;
        'FAIL - '*) failed "${line#FAIL - }" "$(grep -E 'cannot|record|unusable' <<<"$output" | tail -n 5)" ;;
        svinit:* | svmanager:*) ;;
        *) echo "  $line" ;;
        esac
done <<<"$output"
check_match 'all was judged' '^torture: [0-9]+ checks' "$(grep '^torture: ' <<<"$output" | tail -n 1)"
check 'the machine went on to the end' exit:0 "$ended"
finish
