#!/usr/bin/env bash
# A sweep killed again and again against one left alone: ./kill.sh OUT KILLS SEED LONGEST COMMAND…
# COMMAND is a whole ./wgqa table … without --out. It runs once undisturbed, and once killed (SIGKILL) KILLS times, each after a random time of up to
# LONGEST seconds that follows from SEED, by turns with --jobs 1 and --jobs 2. At the end tables, generated texts, weights' differences and models are compared byte for
# byte; measured speeds are left out.
set -euo pipefail

out=$1 kills=$2 seed=$3 longest=$4
shift 4
mkdir -p "$out/killed/cells"

without_speed() { # what a sweep came to
    (
        cd "$1"
        sed -E 's/\|[^|]*\|$/|/' table.md
        sed -E 's/"tokensPerSecond":(\{[^}]*\}|[^,}]*)//g; s/"run":"[^"]*"//' table.json
        find cells \( -name predictions.txt -o -name weights.json -o -name '*.safetensors' \) -print0 | sort -z | xargs -0 sha256sum
        find cells -name metrics.jsonl -print0 | sort -z | xargs -0 sed -E 's/"(tokensPerSecond|seconds)":[^,}]*//g'
        find cells -not -name 'events.*' | sort
    )
}

"$@" --out "$out/undisturbed" >"$out/undisturbed.log" 2>&1   # at once, if it has been here before

RANDOM=$seed
killed=0
for ((kill = 1; kill <= kills; kill++)); do
    finished=$(find "$out/killed/cells" -name row.json 2>/dev/null | wc -l)
    milliseconds=$((500 + RANDOM % (longest * 1000 - 500)))
    "$@" --jobs $((1 + kill % 2)) --out "$out/killed" >>"$out/killed.log" 2>&1 &
    process=$!
    sleep "$((milliseconds / 1000)).$(printf '%03d' $((milliseconds % 1000)))"
    if kill -KILL $process 2>/dev/null; then killed=$((killed + 1)); fi
    wait $process 2>/dev/null || true
    echo "kill $kill after $milliseconds ms: $finished cells finished before, $(find "$out/killed/cells" -name row.json 2>/dev/null | wc -l) after"
done
"$@" --out "$out/killed" >>"$out/killed.log" 2>&1

without_speed "$out/undisturbed" >"$out/undisturbed.txt"
without_speed "$out/killed" >"$out/killed.txt"
if cmp -s "$out/undisturbed.txt" "$out/killed.txt"; then
    echo "the same after $killed kills: $(find "$out/killed/cells" -name row.json | wc -l) cells, $(wc -c <"$out/killed.txt") bytes compared"
else
    echo "different after $killed kills:"
    diff "$out/undisturbed.txt" "$out/killed.txt" | head -20
    exit 1
fi
