#!/bin/bash
# Writes every golden plan anew, as the svrun of a build directory (build/, or the one given) plans
# it now. What changed is for a person to judge: git diff tests/golden.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$top/build}
svrun=$(find "$build" -type f -name svrun -perm -u+x -print -quit)
if [ -z "$svrun" ]; then
        echo "update.sh: there is no svrun in $build; build it first" >&2
        exit 1
fi
"$top/tests/golden/run.sh" --update "$svrun"
git -C "$top" diff --stat -- tests/golden
