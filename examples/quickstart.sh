#!/bin/bash
# From a fresh Debian 12 to a sandbox: installs what building needs, builds, and runs the example.
# On a terminal you get a shell in the sandbox; elsewhere a report of what the sandbox does, which
# fails when it does not do it.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"

# shellcheck source=tests/packages.sh
. tests/packages.sh
packages_install "${packages_build[@]}"

[ -e build/build.ninja ] || meson setup build -Dtests=false
ninja -C build
svrun=$top/build/supervisor/tools/svrun
sandbox=("$svrun" -p InaccessiblePaths=/etc/passwd -p ReadOnlyPaths=/etc -p PrivateTmp=true)

echo
echo "svrun -p InaccessiblePaths=/etc/passwd -p ReadOnlyPaths=/etc -p PrivateTmp=true -t bash"
echo

if [ -t 0 ] && [ -t 1 ]; then
        cat <<'END'
This shell is in the sandbox. Try:

    ls -l /etc/passwd     it shows as ---------- and reads as nothing
    echo >/etc/x          /etc is read-only
    ls -A /tmp            /tmp is empty, this shell's own, and gone afterwards
    exit

END
        exec "${sandbox[@]}" -t bash
fi

wrong=0
# report WHAT EXPECTED GOT
report() {
        if [ "$2" = "$3" ]; then
                printf '  %-46s %s\n' "$1" "$3"
        else
                printf '  %-46s %s   (should be: %s)\n' "$1" "$3" "$2"
                wrong=1
        fi
}
inside() { "${sandbox[@]}" -- sh -c "$1" 2>&1 || true; }

mark=$(mktemp /tmp/quickstart.XXXXXX)
trap 'rm -f "$mark"' EXIT
report 'mode of /etc/passwd in the sandbox' '----------' "$(inside 'ls -l /etc/passwd | cut -c 1-10')"
report 'bytes that can be read from it' 0 "$(inside 'cat /etc/passwd 2>/dev/null | wc -c')"
report 'echo >/etc/x' 'Read-only file system' "$(inside 'echo >/etc/x' | sed 's/.*: //')"
report 'files in /tmp' 0 "$(inside 'ls -A /tmp | wc -l')"
report 'a file made in its /tmp' made "$(inside 'echo x >/tmp/quickstart-was-here && echo made')"
report 'the same file outside, afterwards' none \
        "$([ -e /tmp/quickstart-was-here ] && echo there || echo none)"
exit $wrong
