# shellcheck shell=bash
# What the tests in whole machines share, besides all of tests/host/lib.sh. A test begins with
#
#     . "$(dirname "$0")/lib.sh"
#
# and is skipped where there is no emulator, or no kernel for it. The environment names the build:
# VM_BUILD.
# shellcheck source=tests/host/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../host/lib.sh"
vm_run=$(dirname "${BASH_SOURCE[0]}")/run.py

[ "$(uname -m)" = x86_64 ] || skip_all 'the test machines are x86-64, and this one is not'
need_tool qemu-system-x86_64 busybox depmod lz4 apt-get ldd
run "$vm_run" --prepare
[ "$status" != 249 ] || skip_all "$said"

# vm ARGUMENT-OF-RUN.PY...: sets $output, $said and $status, and $ended to how the machine ended:
# "exit:0", "panic", and so on.
vm() {
        run "$vm_run" --build "$VM_BUILD" "$@"
        ended=$(sed -n '$s/^vm: \([^ ]*\).*/\1/p' <<<"$said")
}

# check_vm NAME HOW-IT-ENDS ARGUMENT-OF-RUN.PY...
check_vm() {
        local name=$1 wanted=$2
        shift 2
        vm "$@"
        if [ "$ended" = "$wanted" ]; then
                passed "$name"
        else
                failed "$name" "expected: $wanted" "got:      $ended" "status $status, stdout: $output" "stderr: $said"
        fi
}
