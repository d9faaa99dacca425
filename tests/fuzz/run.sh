#!/bin/bash
# Fuzzes one target for some time, with the address and undefined-behaviour sanitizers. Inputs that
# reach new code are added to tests/fuzz/corpus/NAME, which every test run replays; an input that
# crashes goes to tests/fuzz/crashes/NAME, to stay there as a test once it is mended.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"

usage() {
        echo "usage: tests/fuzz/run.sh NAME SECONDS"
        echo "targets:" tests/fuzz/fuzz-*.c | sed 's,tests/fuzz/fuzz-,,g; s,\.c,,g'
}

if [ $# -ne 2 ]; then
        usage >&2
        exit 2
fi
name=$1 seconds=$2
if [ ! -e "tests/fuzz/fuzz-$name.c" ]; then
        echo "run.sh: there is no fuzz target \"$name\"" >&2
        usage >&2
        exit 2
fi

build=./build-fuzz
[ -e "$build/build.ninja" ] || CC=clang meson setup "$build" --buildtype=debugoptimized -Dfuzz=true \
        -Db_sanitize=address,undefined -Db_lundef=false
ninja -C "$build" "tests/fuzz/fuzz-$name"

kept=tests/fuzz/corpus/$name crashes=tests/fuzz/crashes/$name found=$build/corpus/$name
mkdir -p "$kept" "$crashes" "$found"
options=(-timeout=10 -rss_limit_mb=2048 -print_final_stats=1 "-artifact_prefix=$crashes/")
[ -e "tests/fuzz/$name.dict" ] && options+=("-dict=tests/fuzz/$name.dict")
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

status=0
"$build/tests/fuzz/fuzz-$name" "${options[@]}" "-max_total_time=$seconds" "$found" "$kept" || status=$?
# What adds no coverage to the corpus is dropped.
"$build/tests/fuzz/fuzz-$name" -merge=1 -timeout=10 "$kept" "$found" 2>&1 | tail -n 3
rmdir "$crashes" 2>/dev/null || true
echo "$(find "$kept" -type f | wc -l) inputs in $kept"
exit $status
