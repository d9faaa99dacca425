#!/bin/bash
# How long it takes to launch one command in a sandbox: svrun beside bubblewrap, unshare(1), crun
# and "bare", a program that makes just the system calls of the same sandbox. All take turns in one
# run. The tables are medians; what counts are the ratios at the end, on a machine that is quiet.
set -uo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 1

usage() {
        cat <<'END'
usage: tests/bench/launch.sh [--rounds N] [--check] [BUILD-DIRECTORY]

  --rounds N  how often each program is launched for each table (default 200)
  --check     a few rounds only, to see that everything runs; the ratios mean nothing then
  --help      print this

The build directory is "build" unless it is named. Root gets all tables, others the rootless ones.
END
}

rounds=200 check='' build=$top/build inside=''
while [ $# -gt 0 ]; do
        case $1 in
        --rounds)
                [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "launch.sh: --rounds needs a number" >&2; exit 2; }
                rounds=$2
                shift
                ;;
        --check) check=yes rounds=3 ;;
        --inside) inside=yes ;;
        --help) usage; exit 0 ;;
        -*) echo "launch.sh: unknown option \"$1\"; --help lists what there is" >&2; exit 2 ;;
        *) build=$1 ;;
        esac
        shift
done
build=$(realpath "$build") || exit 1
tools=$build/tests/bench
svrun=${SVRUN:-$build/supervisor/tools/svrun}
for program in "$svrun" "$tools/bare" "$tools/bare-static" "$tools/measure"; do
        [ -x "$program" ] && continue
        echo "launch.sh: $program is missing; build it with \"ninja -C $build\"" >&2
        exit 1
done

is_root=
[ "$(id -u)" = 0 ] && is_root=yes

# A mount namespace of the run's own, with the same number of mounts on every machine that has less.
if [ -n "$is_root" ] && [ -z "$inside" ]; then
        place=$(mktemp -d) || exit 1
        trap 'rmdir "$place"' EXIT
        SVRUN=$svrun "$tools/bare" mounts 1 "$place" "$0" --inside --rounds "$rounds" \
                ${check:+--check} "$build"
        exit
fi

scratch=$(mktemp -d /tmp/launch.XXXXXX) || exit 1
trap 'umount -l "$scratch"/*/rootfs 2>/dev/null; rm -rf --one-file-system "$scratch"' EXIT
chmod 755 "$scratch"
cp "$tools/bare" "$tools/bare-static" "$tools/measure" "$scratch/" &&
        cp "$svrun" "$scratch/svrun" || exit 1
svrun=$scratch/svrun

files=(-p PrivateTmp=yes -p ProtectSystem=strict -p ReadOnlyPaths=/etc -p PrivateDevices=yes)
memory=(-p PrivateTmp=disconnected "${files[@]:2}")
everything=("${files[@]}" -p PrivateNetwork=yes -p PrivateIPC=yes -p PrivateUsers=yes
        -p ProtectHostname=private -p ProtectControlGroups=private -p CapabilityBoundingSet=
        -p NoNewPrivileges=yes -p SystemCallFilter=@system-service)
bwrap_files=(--ro-bind / / --tmpfs /tmp --tmpfs /var/tmp --dev /dev --proc /proc)
bwrap_everything=("${bwrap_files[@]}" --unshare-net --unshare-ipc --unshare-user --unshare-uts
        --unshare-cgroup --cap-drop ALL --seccomp 9)

"$tools/bare" filter >"$scratch/filter" || exit 1
exec 9<"$scratch/filter"

# --- crun wants a bundle ---------------------------------------------------------------------

call_names() {
        local header
        for header in /usr/include/*-linux-gnu/asm/unistd_64.h /usr/include/asm-generic/unistd.h; do
                [ -e "$header" ] || continue
                sed -n 's/^#define __NR_\([a-z0-9_]*\)[[:space:]].*/"\1"/p' "$header" | head -n 300 | paste -sd,
                return
        done
}

# bundle NAME NAMESPACE...: with "user" in it, rootless. A new root cannot be the root itself.
bundle() {
        local dir=$scratch/$1 kind kinds='' maps='' seccomp=''
        shift
        mkdir -p "$dir/rootfs"
        for kind; do
                kinds+="${kinds:+, }{ \"type\": \"$kind\" }"
        done
        if [[ " $* " == *" user "* ]]; then
                maps=$(printf '"%s": [ { "containerID": 0, "hostID": 65533, "size": 1 } ], ' \
                        uidMappings gidMappings)
        fi
        if [[ " $* " == *" network "* ]]; then
                seccomp=", \"seccomp\": { \"defaultAction\": \"SCMP_ACT_ERRNO\",
                        \"syscalls\": [ { \"names\": [ $(call_names) ], \"action\": \"SCMP_ACT_ALLOW\" } ] }"
        fi
        cat >"$dir/config.json" <<END
{ "ociVersion": "1.0.0",
  "process": { "terminal": false, "user": { "uid": 0, "gid": 0 }, "args": [ "/bin/true" ], "cwd": "/",
               "env": [ "PATH=/bin" ], "noNewPrivileges": true, "capabilities": {} },
  "root": { "path": "rootfs", "readonly": true },
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": [ "nosuid", "mode=755" ] },
    { "destination": "/dev/pts", "type": "devpts", "source": "devpts" },
    { "destination": "/dev/shm", "type": "tmpfs", "source": "shm" },
    { "destination": "/tmp", "type": "tmpfs", "source": "tmpfs" },
    { "destination": "/var/tmp", "type": "tmpfs", "source": "tmpfs" } ],
  "linux": { $maps"namespaces": [ $kinds ]$seccomp } }
END
        mount --bind / "$dir/rootfs"
        chmod 755 "$dir" "$dir/rootfs"
}

# crun refuses hosts that have both versions of control groups.
one_cgroup_tree() {
        [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] && return
        umount -R -l /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
}

# --- one table -------------------------------------------------------------------------------

as_user=(setpriv --reuid=65533 --regid=65533 --clear-groups --inh-caps=-all --)
runner=()
declare -A median peak
contenders=() names=()

begin() { contenders=() names=() title=$1; }

# add NAME COMMAND...: if it is there and works.
add() {
        local name=$1 said program
        shift
        if ! program=$(command -v "$1"); then
                echo "  skipped: $name: $1 is not installed"
                return
        fi
        if ! said=$("${runner[@]}" "$scratch/measure" --rewind 9 1 :: "$name" "$program" "${@:2}" 2>&1 >/dev/null); then
                echo "  skipped: $name: $(tail -n 2 <<<"$said" | paste -sd ' ')"
                [[ $name == svrun* || $name == bare* ]] && broken=yes
                return
        fi
        contenders+=(:: "$name" "$program" "${@:2}")
        names+=("$name")
}

# take KEY: measures, prints the table, and keeps the medians as "KEY NAME".
take() {
        local key=$1 name middle least most kb
        printf '\n%s\n' "$title"
        printf '  %-22s %9s %9s %9s %9s %9s\n' '' 'median ms' minimum '90 %' 'peak MB' 'of bare'
        while IFS=$'\t' read -r name middle least most kb; do
                median["$key $name"]=$middle
                peak["$key $name"]=$kb
                measured+=("$name"$'\t'"$middle"$'\t'"$least"$'\t'"$most"$'\t'"$kb")
        done < <("${runner[@]}" "$scratch/measure" --rewind 9 "$rounds" "${contenders[@]}")
        for name in "${measured[@]}"; do
                awk -F '\t' -v bare="${median["$key bare"]:-0}" '{
                        printf "  %-22s %9.3f %9.3f %9.3f %9.1f %9s\n", $1, $2 / 1000, $3 / 1000,
                               $4 / 1000, $5 / 1024, bare ? sprintf("%.2f", $2 / bare) : ""
                }' <<<"$name"
        done
        [ ${#measured[@]} -eq ${#names[@]} ] || broken=yes
        measured=()
}
measured=() broken=''

mounts() { wc -l </proc/self/mountinfo; }

# tables PREFIX: for root, or an ordinary user. Bubblewrap has its /tmp in memory, so the table
# "memory" compares like with like.
tables() {
        local who=$1 user=()
        [ -z "$who" ] || user=(-U -r)
        begin "${who}none: no sandbox"
        add 'no program between' /bin/true
        add 'bare, static' "$scratch/bare-static" none /bin/true
        add bare "$scratch/bare" none /bin/true
        add svrun "$svrun" -P /bin/true
        take "${who}none"

        begin "${who}files: ${files[*]//-p/}"
        add 'bare, static' "$scratch/bare-static" files /bin/true
        add bare "$scratch/bare" files /bin/true
        add svrun "$svrun" -P "${files[@]}" /bin/true
        add bubblewrap bwrap "${bwrap_files[@]}" /bin/true
        add 'unshare (less)' unshare "${user[@]}" -m /bin/true
        [ ! -e "$scratch/${who}files" ] ||
                add crun crun --cgroup-manager=disabled run -b "$scratch/${who}files" launch
        take "${who}files"

        begin "${who}memory: ${memory[*]//-p/}"
        add bare "$scratch/bare" memory /bin/true
        add svrun "$svrun" -P "${memory[@]}" /bin/true
        add bubblewrap bwrap "${bwrap_files[@]}" /bin/true
        take "${who}memory"

        begin "${who}everything: ${everything[*]//-p/}"
        add 'bare, static' "$scratch/bare-static" everything /bin/true
        add bare "$scratch/bare" everything /bin/true
        add svrun "$svrun" -P "${everything[@]}" /bin/true
        add bubblewrap bwrap "${bwrap_everything[@]}" /bin/true
        add 'unshare (less)' unshare "${user[@]}" -m -n -i -u -C /bin/true
        [ ! -e "$scratch/${who}everything" ] ||
                add crun crun --cgroup-manager=disabled run -b "$scratch/${who}everything" launch
        take "${who}everything"
}

# With more and more mounts on the host. "bare, namespace" does nothing but copy the mounts.
growth() {
        local n first="" key
        mkdir "$scratch/mounts"
        for n in 21 121 321 1021; do
                runner=("$scratch/bare" mounts "$n" "$scratch/mounts")
                begin "files, with at least $n mounts on the host"
                add 'bare, namespace' "$scratch/bare" namespace /bin/true
                add bare "$scratch/bare" files /bin/true
                add svrun "$svrun" -P "${files[@]}" /bin/true
                take "mounts $n"
        done
        runner=()
        [ -z "$broken" ] || return
        printf '\nwhat more mounts add (ms)\n  %-22s %9s %9s %9s\n' '' 121 321 1021
        for key in 'bare, namespace' bare svrun; do
                first=${median["mounts 21 $key"]}
                awk -v name="$key" -v a="$first" -v b="${median["mounts 121 $key"]}" \
                        -v c="${median["mounts 321 $key"]}" -v d="${median["mounts 1021 $key"]}" 'BEGIN {
                        printf "  %-22s %9.3f %9.3f %9.3f\n", name, (b - a) / 1000, (c - a) / 1000,
                               (d - a) / 1000 }'
        done
}

# aim KEY OTHER RATIO
aim() {
        [ -n "${median["$1 svrun"]:-}" ] && [ -n "${median["$1 $2"]:-}" ] || return
        awk -v key="$1" -v other="$2" -v a="${median["$1 svrun"]}" -v b="${median["$1 $2"]}" -v most="$3" 'BEGIN {
                printf "  %-22s svrun/%-12s <= %.2f ? %-3s (%.2f)\n", key ":", other, most,
                       a / b <= most ? "yes" : "no", a / b }'
}

echo "$(nproc) processors, load $(cut -d ' ' -f 1 /proc/loadavg), kernel $(uname -r), $rounds rounds, $(mounts) mounts on the host"
if [ -n "$is_root" ]; then
        if command -v crun >/dev/null; then
                one_cgroup_tree
                bundle files mount pid
                bundle everything mount pid network ipc uts cgroup
                bundle rootless-files mount pid user
                bundle rootless-everything mount pid network ipc uts cgroup user
                mkdir "$scratch/runtime"
                chown 65533 "$scratch/runtime"
        fi
        # PrivateDevices= comes with a device policy, and that with a control group
        group=$(awk '$4 == "/" && / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
        [ -z "$group" ] || export BARE_GROUP=$group/bare-$$
        tables ''
        growth
        runner=(env "XDG_RUNTIME_DIR=$scratch/runtime" "${as_user[@]}")
        tables rootless-
else
        tables rootless-
fi

printf '\naims\n'
for who in '' rootless-; do
        aim "${who}files" bare 1.30
        aim "${who}files" bubblewrap 0.50
        aim "${who}memory" bare 1.30
        aim "${who}memory" bubblewrap 0.50
        aim "${who}everything" bare 1.30
        aim "${who}everything" bubblewrap 0.70
        aim "${who}everything" crun 0.35
done
if [ -n "${peak['everything svrun']:-}" ]; then
        awk -v kb="${peak['everything svrun']}" 'BEGIN {
                printf "  %-22s svrun, peak MB     < 3.00 ? %-3s (%.2f)\n", "everything:",
                       kb < 3072 ? "yes" : "no", kb / 1024 }'
fi
[ -z "$broken" ] || { echo "launch.sh: svrun or bare failed; see above" >&2; exit 1; }
