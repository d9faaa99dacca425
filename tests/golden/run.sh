#!/bin/bash
# Golden plans: NAME.service, planned by svrun (with the arguments in NAME.args, one a line), must give
# exactly NAME.plan. Nothing is executed. A plan that svrun refuses is golden too: its message and exit
# status are part of NAME.plan. The plans are root's; others ask as root of a user namespace.
#
#     run.sh SVRUN            compare
#     run.sh --update SVRUN   write NAME.plan anew; look at the difference before committing it
set -uo pipefail

update=
if [ "${1:-}" = --update ]; then
        update=yes
        shift
fi
if [ $# -ne 1 ] || [ ! -x "$1" ]; then
        echo "usage: run.sh [--update] SVRUN" >&2
        exit 2
fi
svrun=$(realpath "$1")
# The unit's path is in messages: it has to be the same everywhere.
cd "$(dirname "$0")" || exit 1

# CAP_SYS_ADMIN is what tells svrun whether it plans with privileges.
as_root=()
capabilities=0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
if ! ((capabilities >> 21 & 1)); then
        as_root=(unshare --user --map-root-user)
        if ! "${as_root[@]}" true 2>/dev/null; then
                echo "skipped: neither CAP_SYS_ADMIN nor a user namespace can be had"
                exit 77
        fi
fi

plan() {
        local name=$1 arguments=() status=0
        [ -e "$name.args" ] && mapfile -t arguments <"$name.args"
        "${as_root[@]}" env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 ASAN_OPTIONS="${ASAN_OPTIONS:-}" UBSAN_OPTIONS="${UBSAN_OPTIONS:-}" \
                "$svrun" --explain --unit "./$name.service" "${arguments[@]}" 2>&1 </dev/null || status=$?
        [ $status -eq 0 ] || echo "exit status $status"
}

passed=0 failed=0
for unit in *.service; do
        [ -e "$unit" ] || break
        name=${unit%.service}
        if [ -n "$update" ]; then
                plan "$name" >"$name.plan"
        elif plan "$name" | diff -u --label "$name.plan" --label 'planned now' "$name.plan" -; then
                passed=$((passed + 1))
        else
                echo "FAIL $name: the plan differs; if it should, run tests/golden/update.sh"
                failed=$((failed + 1))
        fi
done
[ -n "$update" ] && exit 0

# A plan without its unit would be compared with nothing.
for file in *.plan *.args; do
        if [ -e "$file" ] && [ ! -e "${file%.*}.service" ]; then
                echo "FAIL $file has no unit"
                failed=$((failed + 1))
        fi
done
echo "cases: $passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
