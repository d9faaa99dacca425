#!/bin/bash
# Protects svverity: its trees and root hashes are veritysetup's bit by bit, a flipped bit anywhere is
# found and named, and what would damage data or prove nothing is refused.
# shellcheck source=tests/host/lib.sh
. "$(dirname "$0")/lib.sh"
need_tool "$SVVERITY" veritysetup python3
cd "$scratch" || exit 1
salt=00112233445566778899aabbccddeeff
uuid=0f5a7c3e-8d0b-4c55-9b7f-2a2f8e6d1c04

# 1,000 blocks of 4 KiB, none like another.
python3 -c 'import random; random.seed(7); open("data", "wb").write(random.randbytes(4096 * 1000))'

# flip FILE OFFSET: changes one bit.
flip() {
        python3 -c 'import sys; f = open(sys.argv[1], "r+b"); at = int(sys.argv[2]); f.seek(at); c = f.read(1)[0]
f.seek(at); f.write(bytes([c ^ 1]))' "$1" "$2"
}

# --- the same bits as veritysetup --------------------------------------------------------------

# alike NAME OPTION...: both make a tree, and print the same.
alike() {
        local name=$1
        shift
        rm -f tree.* root.*
        "$SVVERITY" format -q --uuid=$uuid --root-hash-file=root.ours "$@" data tree.ours >said.ours 2>&1
        veritysetup format --uuid=$uuid --root-hash-file=root.theirs "$@" data tree.theirs >said.theirs 2>&1
        check "$name: the tree" '' "$(cmp tree.ours tree.theirs 2>&1)"
        check "$name: the root hash" "$(cat root.theirs)" "$(cat root.ours)"
        check "$name: what is said" "$(sed 's/ tree.theirs$//; s/[ \t]*$//' said.theirs)" \
                "$(sed 's/ tree.ours$//; s/[ \t]*$//' said.ours)"
        run "$SVVERITY" verify "$@" data tree.ours "$(cat root.ours)"
        check "$name: it is good" 0 "$status"
}
for type in 0 1; do
        for sizes in '512 4096' '4096 512' '1024 1024'; do
                read -r data_size hash_size <<<"$sizes"
                for blocks in 1 2 129; do
                        alike "type $type, blocks of $sizes, $blocks of them" --format=$type --salt=$salt \
                                --data-block-size="$data_size" --hash-block-size="$hash_size" --data-blocks=$blocks
                done
        done
done
for hash in sha1 sha256 sha512; do
        alike "$hash over all" --hash=$hash --salt=$salt
done
alike 'without salt' --salt=-
alike 'without header' --no-superblock --salt=$salt

cp data both
"$SVVERITY" format -q --uuid=$uuid --salt=$salt --data-blocks=1000 --hash-offset=4096000 both both >said
both=$(sed -n 's/^Root hash:[ \t]*//p' said)
run veritysetup verify --hash-offset=4096000 both both "$both"
check 'one file for both, as veritysetup sees it' 0 "$status"
run "$SVVERITY" verify --hash-offset=4096000 both both "$both"
check 'one file for both' 0 "$status"
check 'the data is untouched' '' "$(cmp -n 4096000 data both 2>&1)"

# --- the same bits as before -------------------------------------------------------------------

"$SVVERITY" format -q --salt=$salt data first >/dev/null
(umask 077 && LC_ALL=C TZ=Asia/Tokyo "$SVVERITY" format -q --salt=$salt data second >/dev/null)
check 'the same input gives the same bits' '' "$(cmp first second 2>&1)"
"$SVVERITY" format -q data third >/dev/null
check_not 'without --salt it is by chance' '' "$(cmp first third 2>&1)"

# --- damage --------------------------------------------------------------------------------------

"$SVVERITY" format -q --salt=$salt --uuid=$uuid --root-hash-file=root data tree >/dev/null
root=$(cat root)

# damaged NAME EXPECTED: what "verify" says about the files bad.data and bad.tree
damaged() {
        run "$SVVERITY" verify -q bad.data bad.tree "$root"
        check "$1" "1:$2" "$status:$output$said"
}
fresh() { cp data bad.data && cp tree bad.tree; }

fresh
for offset in 0 4095 $((4096 * 500 + 77)) $((4096 * 501)) $((4096 * 999 + 4095)); do flip bad.data $offset; done
damaged 'a bit in data blocks' 'data block 0: damaged
data blocks 500-501: damaged
data block 999: damaged
4 data blocks damaged, 0 not verifiable, 996 good'

# The header takes block 0, the highest level block 1, the eight of the lower level 2 to 9.
fresh
flip bad.tree $((4096 * 3 + 5 * 32))
damaged 'a bit in the lower level' 'hash block 3: damaged
data blocks 128-255: cannot be verified
0 data blocks damaged, 128 not verifiable, 872 good'
fresh
flip bad.tree 4097
damaged 'a bit in the highest level' 'the root hash does not match: this is another tree, or its highest block is damaged'
fresh
flip bad.tree $((4096 + 8 * 32 + 1))
damaged 'a bit in the unused part of a hash block' 'the root hash does not match: this is another tree, or its highest block is damaged'
fresh
flip bad.data 12
run "$SVVERITY" verify --json bad.data bad.tree "$root"
check 'as JSON' "1:[{'first': 0, 'blocks': 1, 'state': 'damaged'}]" \
        "$status:$(python3 -c 'import json, sys; print(json.loads(sys.argv[1])["data_blocks"])' "$output")"

# --- the header is no authority -------------------------------------------------------------------

# header NAME OFFSET EXPRESSION: a bit of the header is changed
header() {
        fresh
        flip bad.tree "$2"
        run "$SVVERITY" verify -q bad.data bad.tree "$root"
        check_match "$1" "^[14]:.*$3" "$status:$output$said"
}
header 'the magic' 1 'no verity header'
header 'the version' 8 'version 0'
header 'the hash type' 12 'does not match'
header 'the algorithm' 32 'not known'
header 'the data block size' 64 'must be 512, 1024, 2048 or 4096'
header 'the hash block size' 68 'must be 512, 1024, 2048 or 4096'
header 'more blocks' 72 'ends before the 1001 blocks'
header 'far too many blocks' 79 'none or too many|ends before'
header 'the salt' 88 'does not match'
header 'a salt without end' 81 'the salt has 272 bytes|does not match'
fresh
flip bad.tree 16
run "$SVVERITY" verify -q bad.data bad.tree "$root"
check 'the UUID is only a name' 0 "$status"
run "$SVVERITY" verify --data-blocks=999 data tree "$root"
check_match 'options that disagree' '^4:.*1000 data blocks, --data-blocks= says 999' "$status:$output$said"
run "$SVVERITY" verify --salt=- data tree "$root"
check_match 'a salt that disagrees' '^4:.*another salt' "$status:$output$said"

# --- refused ---------------------------------------------------------------------------------------

# refused NAME STATUS EXPRESSION ARGUMENT...
refused() {
        local name=$1 expected=$2 message=$3
        shift 3
        run "$SVVERITY" "$@"
        check_match "$name" "^$expected:.*$message" "$status:$output$said"
}
head -c 5000 data >odd
: >empty
mkfifo fifo
refused 'a size that is no multiple' 4 'no multiple' format odd new
refused 'an empty file' 4 'no multiple' format empty new
refused 'more blocks than there are' 4 'fewer than' format --data-blocks=2000 data new
refused 'a tree over the data' 4 'overwrite the data' format data data
check 'and the data is as it was' "$(sha256sum <bad.data)" "$(flip bad.data 0; flip bad.data 0; sha256sum <data)"
refused 'an unknown algorithm' 4 'not known' format --hash=rot13 data new
refused 'an uneven salt' 2 'hexadecimal' format --salt=abc data new
refused 'no UUID' 2 'no UUID' format --uuid=12 data new
refused 'a block size between' 4 'must be 512' format --data-block-size=1000 data new
refused 'a fifo' 4 'neither a file nor' verify fifo tree "$root"
refused 'no root hash' 4 'root hash is missing' verify data tree
refused 'half a root hash' 4 '64 hexadecimal digits' verify data tree abcd
refused 'another root hash' 1 'does not match' verify data tree "${root//[0-9]/a}"
refused 'a header that is not there' 4 'no verity header' dump data
refused 'a file that is not there' 4 'No such file' dump nothing
refused 'an unknown verb' 2 'verify' verfy
finish
