#!/usr/bin/env bash
# One process and two, each with one thread, on the same global batches: tokens per second, the median over windows of LOG updates
# without the first. Usage: scaling.sh SHAPE BATCH STEPS LOG DATA TOKENIZER (a folder with
# train.de.gz and train.en.gz; a spiece.model), after ./wgqa --help has built the app.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
shape=$1 batch=$2 steps=$3 log=$4 data=$5 tokenizer=$6
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
measure() {
    local name=$1 threads=$2
    shift 2
    OMP_NUM_THREADS=$threads dotnet "$root/Wgqa.Experiments/bin/Release/net10.0/Wgqa.Experiments.dll" pretrain --shape "$shape" --batch "$batch" \
        --steps "$steps" --log-every "$log" --checkpoint-every 0 --dropout 0 --data "$data/train.de.gz,$data/train.en.gz" --limit 4000 \
        --tokenizer "$tokenizer" --out "$scratch/$name" "$@" > /dev/null 2> "$scratch/err" || { tail -n 3 "$scratch/err" >&2; exit 1; }
    printf '%-44s %s tokens/s\n' "$name" "$(sed -n 's/.*"tokensPerSecond":\([0-9]*\).*/\1/p' "$scratch/$name/metrics.jsonl" | tail -n +2 | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')"
}
measure "1 process, 1 thread" 1
measure "2 processes, 1 thread each" 1 --nproc 2
measure "2 processes, sums after the backward pass" 1 --nproc 2 --bucket-mb 0
measure "1 process, 2 threads" 2
