#!/bin/bash
# Protects what a command begins with: environment, working directory, file mode mask, standard streams.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
PROBE=$(reach "$PROBE")
root=$([ "$(id -u)" = 0 ] && echo yes)

# --- the environment
# shellcheck disable=SC2016 # nothing is to be expanded in what the files hold
dollar='single $X'
export SVTEST_SECRET=leaked SVTEST_PASSED='a value'
sandbox -- env env:SVTEST_SECRET env:PATH env:HOME env:INVOCATION_ID env:LD_PRELOAD
expect 'nothing of the caller' env:SVTEST_SECRET '(unset)'
expect_match 'a path to programs' env:PATH '(^|:)/usr/bin(:|$)'
expect_match 'an id of the run' env:INVOCATION_ID '^[0-9a-f]{32}$'
check 'not one variable more' '' "$(sed -n 's/^env\.\([^=]*\)=.*/\1/p' <<<"$output" | grep -vxE 'PATH|INVOCATION_ID|SYSTEMD_EXEC_PID|HOME|USER|LOGNAME|SHELL|LANG')"
on_off -p Environment=SVTEST_A=one -- env:SVTEST_A=one
same -p 'Environment=SVTEST_A=one "SVTEST_B=two words" SVTEST_C=' -- env:SVTEST_A=one 'env:SVTEST_B=two words' env:SVTEST_C=
same -p Environment=SVTEST_A=one -p Environment=SVTEST_A=two -- env:SVTEST_A=two
same -p Environment=SVTEST_A=one -p Environment= -p Environment=SVTEST_B=x -- 'env:SVTEST_A=(unset)' env:SVTEST_B=x
same -p Environment=PATH=/bin -- env:PATH=/bin
on_off -p PassEnvironment=SVTEST_PASSED -- 'env:SVTEST_PASSED=a value'
same -p 'PassEnvironment=SVTEST_PASSED SVTEST_UNSET' -- 'env:SVTEST_UNSET=(unset)' 'env:SVTEST_SECRET=(unset)'
same -p PassEnvironment=SVTEST_PASSED -p Environment=SVTEST_PASSED=other -- env:SVTEST_PASSED=other
cat >"$scratch/environment" <<'U'
# a comment
SVTEST_A=from file
SVTEST_B="quoted  value"   
; another comment
SVTEST_C='single $X'
SVTEST_D=continued \
line
U
on_off -p "EnvironmentFile=$scratch/environment" -- 'env:SVTEST_A=from file' 'env:SVTEST_B=quoted  value' "env:SVTEST_C=$dollar" \
        'env:SVTEST_D=continued line'
same -p Environment=SVTEST_A=one -p "EnvironmentFile=$scratch/environment" -- 'env:SVTEST_A=from file'
echo SVTEST_E=second >"$scratch/environment2"
same -p "EnvironmentFile=$scratch/environment*" -- 'env:SVTEST_A=from file' env:SVTEST_E=second
same -p "EnvironmentFile=-$scratch/missing" -- 'env:SVTEST_A=(unset)'
check_run 'a missing file is an error' 204 "$SVRUN" -p "EnvironmentFile=$scratch/missing" touch "$scratch/ran"
check_match 'the message names it' "EnvironmentFile=: .*$scratch/missing" "$said"
check 'the command was not executed' gone "$([ -e "$scratch/ran" ] || echo gone)"
on_off -p UnsetEnvironment=PATH -- 'env:PATH=(unset)'
same -p 'Environment=SVTEST_A=1 SVTEST_B=2 SVTEST_C=3' -p 'UnsetEnvironment=SVTEST_A SVTEST_B=2 SVTEST_C=4' -- 'env:SVTEST_A=(unset)' \
        'env:SVTEST_B=(unset)' env:SVTEST_C=3
same -E SVTEST_X=given -E SVTEST_PASSED -- env:SVTEST_X=given 'env:SVTEST_PASSED=a value'
same -p Environment=SVTEST_X=unit -E SVTEST_X=given -- env:SVTEST_X=given
same -p ExecSearchPath=/usr/bin:/opt -- env:PATH=/usr/bin:/opt

# --- WorkingDirectory=
cd "$scratch" || exit 1
same -- cwd=/
on_off -p WorkingDirectory=/usr/lib -- cwd=/usr/lib
same -p WorkingDirectory=/usr -p WorkingDirectory= -- cwd=/
same -p "WorkingDirectory=-$scratch/missing" -- cwd=/
same -p "WorkingDirectory=-$scratch/bin" -- "cwd=$scratch/bin"
check_run 'a missing one is status 200' 200 "$SVRUN" -p "WorkingDirectory=$scratch/missing" touch "$scratch/ran"
check_match 'the message names directive and path' "WorkingDirectory=: .*$scratch/missing" "$said"
check 'the command was not executed' gone "$([ -e "$scratch/ran" ] || echo gone)"
if [ -n "$root" ]; then
        common=(-p User=games)
        on_off -p 'WorkingDirectory=~' -- "cwd=$(getent passwd games | cut -d : -f 6)"
        mkdir -m 700 "$scratch/closed"
        check_run 'the user must be able to enter it' 200 "$SVRUN" -p User=games -p "WorkingDirectory=$scratch/closed" true
        common=()
fi

# --- UMask=
on_off -p UMask=0077 -- umask=0077
same -- umask=0022
sandbox -p UMask=0027 -- "create:$scratch/masked"
check 'it masks' 600 "$(stat -c %a "$scratch/masked")"
umask 0777
same -- umask=0022
umask 0022

# --- standard streams
data=$scratch/data
talk=(/bin/sh -c 'echo result; echo trouble >&2')
on_off -p StandardOutput=null -- 'uid=(no answer)'
printf 'from a file\n' >"$data"
on_off -p "StandardInput=file:$data" -- 'stdin=from a file*'
same -p StandardInput=null -- stdin=
on_off -p StandardInput=data -p 'StandardInputText=first\x41' -p StandardInputText=second -- 'stdin=firstA\\x0asecond\\x0a'
same -p StandardInput=data -p StandardInputData="$(printf 'a\001b' | base64)" -- 'stdin=a\\x01b'
to() { run "$SVRUN" -p "$1=$2" -- "${talk[@]}"; }
rm -f "$data"
to StandardOutput "file:$data"
check 'file: makes the file, and standard error follows' $'result\ntrouble' "$(cat "$data")"
check 'nothing goes elsewhere' '' "$said$output"
talk=(echo result)
printf '0123456789abcdef\n' >"$data"
to StandardOutput "file:$data"
check 'file: overwrites from the start' $'result\n789abcdef' "$(cat "$data")"
to StandardOutput "append:$data"
check 'append:' $'result\n789abcdef\nresult' "$(cat "$data")"
to StandardOutput "truncate:$data"
check 'truncate:' result "$(cat "$data")"
talk=(/bin/sh -c 'echo result; echo trouble >&2')
to StandardError "truncate:$data"
check 'StandardError=truncate:' trouble "$(cat "$data")"
check 'standard output is another matter' result "$(grep result <<<"$output")"
run "$SVRUN" -p "StandardOutput=truncate:$data" -p "StandardError=append:$data.err" -- "${talk[@]}"
check 'one file each' result,trouble "$(cat "$data"),$(cat "$data.err")"
run "$SVRUN" -p "StandardOutput=truncate:$data" -p StandardError=inherit -- "${talk[@]}"
check 'inherit' $'result\ntrouble' "$(cat "$data")"
run "$SVRUN" -p StandardError=null -- "${talk[@]}"
check 'StandardError=null' '' "$said"
run "$SVRUN" -- "${talk[@]}"
check 'each to its own by default' result,trouble "$output,$said"
check_run 'an input file that is missing is status 208' 208 "$SVRUN" -p "StandardInput=file:$scratch/missing" touch "$scratch/ran"
check_match 'the message names it' "StandardInput=: .*$scratch/missing" "$said"
check_run 'an output that cannot be opened is status 209' 209 "$SVRUN" -p "StandardOutput=file:$scratch/missing/x" touch "$scratch/ran"
check_match 'the message names it' "StandardOutput=: .*$scratch/missing/x" "$said"
check_run 'so is an error stream: 222' 222 "$SVRUN" -p "StandardError=file:$scratch/missing/x" touch "$scratch/ran"
check_run 'a terminal that is not there' 208 "$SVRUN" -P -p StandardInput=tty touch "$scratch/ran"
check 'no command was executed' gone "$([ -e "$scratch/ran" ] || echo gone)"
finish
