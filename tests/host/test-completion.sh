#!/bin/bash
# Protects what bash offers after a Tab: the function is driven as readline would drive it, with the
# programs of the build and the words that the build wrote.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"

completion=$(realpath "$(dirname "$0")/../../docs/completion/svrun")

mkdir "$scratch/bin" "$scratch/files" "$scratch/files/there"
ln -s "$SVRUN" "$scratch/bin/svrun"
ln -s "$SVANALYZE" "$scratch/bin/svanalyze"
ln -s "$SVCTL" "$scratch/bin/svctl"
touch "$scratch/files/my.service" "$scratch/files/my.conf"
PATH=$scratch/bin:$PATH
cd "$scratch/files" || exit 1
_svalinn_words=$DIRECTIVE_WORDS
# shellcheck source=docs/completion/svrun
. "$completion"
compopt() { :; } # works within completion only

# offered LINE: what is offered at its end, one a line, sorted. Bash takes "=" for a word of its
# own, and so does this.
offered() {
        local COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD COMP_WORDS COMPREPLY
        # shellcheck disable=SC2206 # splitting is meant
        COMP_WORDS=(${1//=/ = })
        [[ $1 != *' ' ]] || COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        "_${COMP_WORDS[0]}" "${COMP_WORDS[0]}"
        printf '%s\n' "${COMPREPLY[@]}" | sort -u
}

# offers NAME LINE WORD...: exactly these.
offers() {
        local name=$1 line=$2
        shift 2
        check "$name" "$(printf '%s\n' "$@" | sort)" "$(offered "$line")"
}

# among NAME LINE WORD: this one, too.
among() { check "$1" "$3" "$(offered "$2" | grep -xF -- "$3")"; }

offers 'an option' 'svrun --uni' '--unit='
offers 'an option without a value' 'svrun --exp' --explain
among 'every option of the help' 'svrun --' --working-directory=
offers 'a setting' 'svrun -p PrivateTm' PrivateTmp=
offers 'a setting after the long option' 'svrun --property=PrivateTm' PrivateTmp=
offers 'the values of an enumeration' 'svrun -p PrivateTmp=' disconnected no yes
offers 'a value that was begun' 'svrun -p PrivateTmp=d' disconnected
offers 'the values of a boolean' 'svrun -p PrivateTmp=yes -p PrivateDevices=' no yes
offers 'a value after the long option' 'svrun --property=KillMode=m' mixed
offers 'no value where none is known' 'svrun -p Description=' ''
offers 'paths' 'svrun -p ReadOnlyPaths=/et' /etc
offers 'users' 'svrun -p User=roo' root
offers 'users of --uid' 'svrun --uid=roo' root
offers 'groups' 'svrun --gid roo' root
offers 'directories' 'svrun --working-directory=th' there
offers 'variables' 'svrun -E DIRECTIVE_WOR' DIRECTIVE_WORDS
offers 'unit files' 'svrun --unit=./my.s' ./my.service
offers 'unit files after the letter' 'svrun -u ./my.s' ./my.service
among 'commands' 'svrun -p PrivateTmp=yes ech' echo
among 'commands after --' 'svrun -q -- ech' echo
offers 'options of svrun only before the command' 'svrun echo --exp' ''
offers 'files after the command' 'svrun -q cat my.c' my.conf
offers 'verbs' 'svanalyze ver' verify
offers 'options of svanalyze' 'svanalyze --it' --iterations=
offers 'options after the verb' 'svanalyze calendar --js' --json
offers 'units to verify' 'svanalyze verify ./my.s' ./my.service
offers 'calendar words' 'svanalyze calendar week' weekly
offers 'verbs of svctl' 'svctl lo' logs
offers 'options of svctl' 'svctl logs --fol' --follow
offers 'priorities' 'svctl logs --priority=warn' warning

offers 'options of the verb' 'svctl start --no-' --no-ask-password --no-block --no-pager
offers 'and no others' 'svctl start --fol' ''
offers 'priorities after the letter of logs' 'svctl logs -p warn' warning
offers 'types' 'svctl list-units --type=targ' target
offers 'states' 'svctl list-units --state=fai' failed
offers 'signals' 'svctl kill -s SIGUSR' SIGUSR1 SIGUSR2
offers 'modes of jobs' 'svctl stop --job-mode=replace-' replace-irreversibly
offers 'verbs that the help only names' 'svctl preset-' preset-all
offers 'options that the help only names' 'svctl list-dependencies --rev' --reverse
mkdir "$scratch/units"
export SYSTEMD_UNIT_PATH=$scratch/units
printf '[Install]\nWantedBy=x.target\n' | tee "$scratch/units/one.service" >"$scratch/units/two.service"
ln -s /dev/null "$scratch/units/none.service"
svctl enable one --no-reload 2>/dev/null
offers 'what can be enabled' 'svctl enable ' two.service
offers 'what can be disabled' 'svctl disable ' one.service
offers 'what can be unmasked' 'svctl unmask ' none.service
unset SYSTEMD_UNIT_PATH

# names of properties come from the manager: here from a stand-in
rm "$scratch/bin/svctl"
cat >"$scratch/bin/svctl" <<EOF
#!/bin/sh
[ "\$1 \$2" = 'show --all' ] || exec "$SVCTL" "\$@"
printf '%s\\n' Id=x MainPID=1 'not a name=1'
EOF
chmod +x "$scratch/bin/svctl"
offers 'properties' 'svctl show a.service -p Main' MainPID
offers 'properties, by the long option' 'svctl show --property=I' Id
offers 'properties, of no unit yet' 'svctl show -P Ma' MainPID

unknown=$(sed 's/ .*//' "$DIRECTIVE_WORDS" | sort | uniq -d)
check 'each setting is offered once' '' "$unknown"
finish
