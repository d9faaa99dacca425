#!/bin/bash
# Builds and tests everything, on a Debian 12 that has nothing prepared. What is missing is
# installed first (as root). A failure does not end the run. The last line is always
# "N passed, N failed, N skipped", and the exit status is 0 only if nothing failed.
set -uo pipefail
top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
cd "$top" || exit 1
exec </dev/null

usage() {
        cat <<'END'
usage: tests/run.sh [--quick] [--list] [--only NAME]...

  --quick      build with gcc and run the quick tests only
  --list       print the names that --only takes, and run nothing
  --only NAME  run only this stage, or this test of the gcc build; may be repeated
  --help       print this
END
}

stages=(gcc clang sanitizers analyzer tidy cppcheck)
declare -A about=(
        [gcc]='release build with gcc, and all tests'
        [clang]='release build with clang, and the unit tests'
        [sanitizers]='build with address and undefined-behaviour sanitizers; unit, golden and fuzz-corpus tests'
        [analyzer]='every file through gcc -fanalyzer'
        [tidy]='every file through clang-tidy'
        [cppcheck]='every file through cppcheck'
)
quick=
list=
only=()
while [ $# -gt 0 ]; do
        case $1 in
        --quick) quick=yes ;;
        --list) list=yes ;;
        --only)
                [ $# -ge 2 ] || { echo "run.sh: --only needs a name; --list prints them" >&2; exit 2; }
                only+=("$2")
                shift
                ;;
        --help) usage; exit 0 ;;
        *) echo "run.sh: unknown argument \"$1\"; --help lists what there is" >&2; exit 2 ;;
        esac
        shift
done

# shellcheck source=tests/packages.sh
. tests/packages.sh

# What the tests of the unit language read: a collection of units and a list of directives that lie
# beside the checkout, else the units of the machine's own packages and the list in tests/unit/.
corpus=/lib/systemd/system
[ -d ../shared/corpus ] && corpus=$(realpath ../shared/corpus)
directives=$top/tests/unit/directives.txt
[ -f ../shared/directives.csv ] && directives=$(realpath ../shared/directives.csv)
export SVALINN_CORPUS=${SVALINN_CORPUS:-$corpus}
export SVALINN_DIRECTIVES=${SVALINN_DIRECTIVES:-$directives}

results=$(mktemp) || exit 1
began=$SECONDS

# One line a result: passed, failed or skipped; stage; name; reason; how many. Separated by tabs.
record() { printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$stage" "$2" "${3:-}" "${4:-1}" >>"$results"; }

finish() {
        python3 tests/count.py total "$results"
        local status=$?
        rm -f "$results"
        exit "$status"
}

heading() { printf '\n== %s: %s (at %d s)\n' "$stage" "${about[$stage]}" $((SECONDS - began)); }

# need TOOL...: false, and a recorded skip, when one of the stage's tools is missing.
need() {
        local tool
        for tool; do
                command -v "$tool" >/dev/null && continue
                record skipped "$stage" "$tool is not installed"
                return 1
        done
}

# build DIR COMPILER MESON-ARGUMENT...: configures anew only when the arguments changed.
build() {
        local dir=$1 compiler=$2 quiet=() said
        shift 2
        [ -t 1 ] || quiet=(--quiet)
        if ! [ -e "$dir/build.ninja" ] || [ "$(cat "$dir/.arguments" 2>/dev/null)" != "$compiler $*" ]; then
                # not --wipe: that would keep the options of whoever configured it before
                rm -rf "$dir"
                if ! said=$(CC=$compiler meson setup "$dir" "$@" 2>&1); then
                        printf '%s\n' "$said"
                        record failed "configure $dir"
                        return 1
                fi
                echo "$compiler $*" >"$dir/.arguments"
        fi
        if ninja -C "$dir" -j2 -k 0 "${quiet[@]}"; then
                record passed "build $dir"
        else
                record failed "build $dir" "the build failed"
                return 1
        fi
}

# run_tests DIR MESON-TEST-ARGUMENT...
run_tests() {
        local dir=$1
        shift
        rm -f "$dir/meson-logs/testlog.json"
        meson test -C "$dir" --no-rebuild --print-errorlogs --num-processes 2 "$@"
        if ! python3 tests/count.py meson "$dir/meson-logs/testlog.json" "$stage" >>"$results"; then
                record failed "tests in $dir" "no test ran, or the test log cannot be read"
        fi
}

stage_gcc() {
        need gcc meson ninja || return
        build build gcc || return
        if [ ${#wanted_tests[@]} -gt 0 ]; then
                run_tests build "${wanted_tests[@]}"
        elif [ -n "$quick" ]; then
                run_tests build --suite quick
        else
                run_tests build
        fi
}

stage_clang() {
        need clang || return
        build build-clang clang && run_tests build-clang --suite unit
}

stage_sanitizers() {
        need clang || return
        export ASAN_OPTIONS=abort_on_error=0:detect_stack_use_after_return=1
        export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
        build build-asan clang --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false &&
                run_tests build-asan --suite unit --suite golden --suite fuzz
}

stage_analyzer() {
        need gcc || return
        build build-analyzer gcc --buildtype=debugoptimized -Danalyze=true -Dtests=false
}

# Prints "ok FILE", or what is wrong and then "FAIL FILE".
tidy_file() {
        local said
        if said=$(clang-tidy --quiet -p build-clang "$1" 2>/dev/null); then
                echo "ok $1"
        else
                printf '%s\nFAIL %s\n' "$said" "$1"
        fi
}

stage_tidy() {
        local line
        need clang-tidy || return
        [ -e build-clang/compile_commands.json ] || build build-clang clang || return
        export -f tidy_file
        while IFS= read -r line; do
                case $line in
                ok\ *) record passed "clang-tidy ${line#ok }" ;;
                FAIL\ *)
                        echo "$line"
                        record failed "clang-tidy ${line#FAIL }"
                        ;;
                *) echo "$line" ;;
                esac
        done < <(python3 tests/lint/compiled.py build-clang |
                xargs -r -P2 -I{} bash -c "tidy_file '{}'")
}

stage_cppcheck() {
        local log
        need cppcheck || return
        [ -e build/compile_commands.json ] || build build gcc || return
        mkdir -p build/cppcheck
        if log=$(cppcheck --quiet -j2 --std=c11 --enable=warning,performance,portability --inline-suppr \
                --suppressions-list=tests/lint/cppcheck.txt --error-exitcode=1 --library=posix,gnu \
                --cppcheck-build-dir=build/cppcheck --file-list=<(python3 tests/lint/compiled.py build) \
                -I. -D__linux__ -D__x86_64__ -D_GNU_SOURCE 2>&1); then
                record passed cppcheck
        else
                printf '%s\n' "$log"
                record failed cppcheck
        fi
}

wanted_stages=("${stages[@]}")
wanted_tests=()
[ -n "$quick" ] && wanted_stages=(gcc)
if [ ${#only[@]} -gt 0 ]; then
        wanted_stages=()
        for name in "${only[@]}"; do
                if [[ -v about[$name] ]]; then
                        wanted_stages+=("$name")
                else
                        wanted_tests+=("$name")
                fi
        done
        [ ${#wanted_tests[@]} -eq 0 ] || wanted_stages=(gcc "${wanted_stages[@]}")
fi

if [ -n "$list" ]; then
        for name in "${stages[@]}"; do
                printf '%-12s %s\n' "$name" "${about[$name]}"
        done
        if [ -e build/build.ninja ]; then
                meson test -C build --list 2>/dev/null | sed -n 's,^.* / ,,p' | sort
        else
                echo "(single tests are listed after the first build)"
        fi
        rm -f "$results"
        exit 0
fi

stage=packages
if [ -n "$(packages_missing "${packages_build[@]}" "${packages_test[@]}")" ]; then
        packages_install "${packages_build[@]}" "${packages_test[@]}" ||
                echo "Going on with what is installed; what lacks its tools is skipped." >&2
fi
command -v python3 >/dev/null || { echo "python3 is missing; nothing can be run"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

for stage in "${wanted_stages[@]}"; do
        heading
        "stage_$stage"
done
printf '\n== finished after %d s\n' $((SECONDS - began))
finish
