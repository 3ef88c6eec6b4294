#!/usr/bin/env bash
# Checks and measures Wgqa on a machine with a GPU, a Python with PyTorch and a C++ compiler; the .NET SDK is not needed there.
#
#   scripts/cuda.sh pack [BUNDLE]        here: publishes the app and its tests with .NET itself, adds the native sources and the
#                                        reference data of ../shared/golden where that is, and packs all of it (under 60 MiB)
#   scripts/cuda.sh BUNDLE [options]     there: builds the native half over that PyTorch's libtorch, runs the tests that run on
#                                        any device, times training and decoding beside Hugging Face, and writes the results
#       --out DIR        where results.md and the logs go          (default: wgqa-results)
#       --python PATH    the Python                                 (default: python3)
#       --device NAME    what to compute on                         (default: cuda)
#       --quick          small sizes when timing
#
# Ten minutes at most: each part has its own limit, and results.md says what ended early.
set -uo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
say() { printf '%s\n' "$*" >&2; }
fail() { say "cuda.sh: $*"; exit 2; }
usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

# A folder for what is only needed while this runs.
scratch() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
}

pack() {
    local bundle=${1:-artifacts/wgqa-cuda.tar.xz} root
    root=$(cd -- "$here/.." && pwd)
    [ -f "$root/Wgqa.sln" ] || fail "there is no Wgqa.sln in $root: packing is done in a checkout."
    command -v dotnet >/dev/null || fail "the .NET SDK 10 is not on the PATH."
    scratch
    local project
    for project in Wgqa.Experiments tests/Wgqa.Runtime.Tests; do
        say "publishing $project"
        dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained -p:UseAppHost=true --artifacts-path "$work/build" -o "$work/wgqa/app" -v quiet >"$work/log" 2>&1 ||
            { grep -E 'error' "$work/log" | sort -u | head -n 5 >&2; fail "$project could not be published."; }
    done
    # Made for this machine's libtorch, or of no use without the distribution's libraries.
    rm -f "$work"/wgqa/app/*.pdb "$work"/wgqa/app/libWgqa*.so
    mkdir -p "$work/wgqa/native" "$work/wgqa/benchmarks/peers"
    find "$root/compat/native" -maxdepth 1 -type f -exec cp {} "$work/wgqa/native/" \;
    cp "$root/benchmarks/peers/hf_t5.py" "$work/wgqa/benchmarks/peers/"
    cp "${BASH_SOURCE[0]}" "$work/wgqa/cuda.sh"
    git -C "$root" describe --always --dirty --abbrev=12 >"$work/wgqa/commit" 2>/dev/null || echo unknown >"$work/wgqa/commit"
    if [ -d "$root/../shared/golden" ]; then
        mkdir -p "$work/wgqa/shared"
        cp -rL "$root/../shared/golden" "$work/wgqa/shared/golden"
        chmod -R u+w "$work/wgqa/shared"
    else
        say "../shared/golden is not there: parity with Hugging Face will be skipped on the other machine"
    fi
    mkdir -p "$(dirname -- "$bundle")"
    tar -C "$work" -cJf "$bundle.partial" wgqa || fail "$bundle could not be written."
    mv "$bundle.partial" "$bundle"
    local bytes
    bytes=$(wc -c <"$bundle")
    say "$bundle: $((bytes / 1048576)) MiB"
    [ "$bytes" -lt 62914560 ] || fail "$bundle is larger than 60 MiB."
}

# Computes next to nothing on the device; where that fails, says why in one line.
try_device() {
    "$python" - "$device" <<'PY'
import sys, torch

try:
    torch.zeros(1, device=sys.argv[1]).item()
except Exception as error:
    print(str(error).splitlines()[0])
    sys.exit(1)
PY
}

# What the compiler needs to know of the PyTorch that Python has, as shell assignments.
describe_torch() {
    "$python" - <<'PY'
import os, shlex, sys, torch

# What torch.utils.cpp_extension knows, which wants setuptools.
root = os.path.dirname(torch.__file__)
folders = [os.path.join(root, p) for p in ("include", "include/torch/csrc/api/include")]
if not os.path.exists(os.path.join(folders[0], "ATen/core/dispatch/Dispatcher.h")):
    folders = ["/usr/include", "/usr/include/torch/csrc/api/include"]  # Debian keeps them there
libraries = [p for p in (os.path.join(root, "lib"),) if os.path.exists(os.path.join(p, "libtorch_cpu.so"))]
version = tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in torch.__version__.split("+")[0].split(".")[:2])
print("torch_version=" + shlex.quote(torch.__version__))
print("torch_includes=" + shlex.quote(" ".join("-isystem " + shlex.quote(p) for p in folders if p != "/usr/include")))
print("torch_folders=" + shlex.quote(" ".join(libraries)))
print("torch_abi=" + str(int(torch._C._GLIBCXX_USE_CXX11_ABI)))
print("torch_standard=" + ("c++20" if version >= (2, 9) else "c++17"))
print("torch_cuda=" + str(int(os.path.exists(os.path.join(libraries[0] if libraries else "", "libtorch_cuda.so")))))
beside = os.path.join(os.path.dirname(os.path.dirname(torch.__file__)), "nvidia")  # where pip puts CUDA
home = os.environ.get("CUDA_HOME") or "/usr/local/cuda"
candidates = sorted(os.path.join(beside, name, "include") for name in (os.listdir(beside) if os.path.isdir(beside) else [])) + [os.path.join(home, "include"), "/usr/include"]
runtime = [p for p in candidates if os.path.exists(os.path.join(p, "cuda_runtime_api.h"))][:1]
cuda = ([p for p in candidates if p.startswith(beside) and os.path.isdir(p)] if runtime and runtime[0].startswith(beside) else runtime)
print("cuda_headers=" + shlex.quote(runtime[0] if runtime else ""))
print("cuda_includes=" + shlex.quote(" ".join("-isystem " + shlex.quote(p) for p in cuda if p != "/usr/include")))
print("python_version=" + shlex.quote(sys.version.split()[0]))
PY
}

# The command that makes one shared library from all the sources but the tokenizer's: what CMakeLists.txt builds, with no cmake.
native_command() {
    local sources=() source links=() folder compiler=${CXX:-g++}
    command -v "$compiler" >/dev/null || compiler=c++
    for source in "$bundle"/native/*.cpp; do
        case $source in */sentencepiece.cpp) ;; *) sources+=("$source") ;; esac
    done
    for folder in $torch_folders; do links+=("-L$folder" "-Wl,-rpath,$folder"); done
    [ "$torch_cuda" = 0 ] || links+=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda)   # nothing names their symbols; loading them registers the CUDA kernels
    printf '%s ' "$compiler" -std="$torch_standard" -O2 -fPIC -shared -fopenmp -fvisibility=hidden -fvisibility-inlines-hidden -D_GLIBCXX_USE_CXX11_ABI="$torch_abi" "$torch_includes" "$graph_options"
    printf '%q ' "${sources[@]}" "${links[@]}" -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10 -o "$bundle/app/libWgqaTorch.so"
}

# What it takes to record CUDA graphs: a libtorch for CUDA, and headers of CUDA's runtime that fit it. Says in `graphs` which of them is missing.
find_graphs() {
    graph_options='' graphs="CUDA graphs are compiled in, against $cuda_headers"
    if [ "$torch_cuda" = 0 ]; then
        graphs="no CUDA graphs: this PyTorch is without CUDA"
    elif [ -z "$cuda_headers" ]; then
        graphs="no CUDA graphs: there is no cuda_runtime_api.h beside PyTorch, in CUDA_HOME or in /usr/local/cuda"
    else
        graph_options="-DWGQA_CUDA_GRAPH $cuda_includes"
        local said
        said=$(bash -c "${CXX:-g++} -std=$torch_standard -fsyntax-only -D_GLIBCXX_USE_CXX11_ABI=$torch_abi $torch_includes $graph_options $(printf %q "$bundle/native/cuda_graph.cpp")" 2>&1) && return
        graphs="no CUDA graphs: they do not compile against $cuda_headers: $(grep -m 1 error <<<"$said")" graph_options=''
    fi
}

# part NAME SECONDS COMMAND...: runs one part within its limit; its output goes to DIR/NAME.log, how it ended into results.md.
part() {
    local name=$1 limit=$2 begin=$SECONDS status=0
    shift 2
    say "$name (at most $limit s)"
    timeout -k 5 "$limit" "$@" >"$out/$name.log" 2>"$out/$name.err" || status=$?
    local ended="ended with $status"
    [ "$status" -ne 0 ] || ended=done
    [ "$status" -ne 124 ] || ended="stopped after its $limit s"
    say "  $ended, $((SECONDS - begin)) s"
    { printf '\n## %s\n\n%s, %d s.\n\n' "$name" "$ended" $((SECONDS - begin)); } >>"$out/results.md"
    [ "$status" -eq 0 ] || { failed=1; [ ! -s "$out/$name.err" ] || printf '```\n%s\n```\n\n' "$(tail -n 3 "$out/$name.err")" >>"$out/results.md"; }
    return "$status"
}

# bench NAME SECONDS OPTION...: a part that times; its table goes into the results, or what it has said so far.
bench() {
    local name=$1 limit=$2
    shift 2
    part "$name" "$limit" "$bundle/app/Wgqa.Experiments" bench --device "$device" --variants MHA,GQA,MQA $quick "$@"
    if [ -s "$out/$name.log" ]; then cat "$out/$name.log"; else sed 's/^/* /' "$out/$name.err"; fi >>"$out/results.md"
    { echo; grep -hE '^(no peer|decoding goes on without)' "$out/$name.err"; } >>"$out/results.md"
}

run() {
    local archive=$1 quick=
    shift
    out=wgqa-results python=python3 device=cuda
    while [ $# -gt 0 ]; do
        case $1 in
            --out | --python | --device) [ -n "${2:-}" ] || fail "$1 needs a value."; printf -v "${1#--}" %s "$2"; shift 2 ;;
            --quick) quick=--quick; shift ;;
            *) fail "there is no option '$1'; --help lists them." ;;
        esac
    done
    [ -e "$archive" ] || fail "there is no bundle $archive; scripts/cuda.sh pack makes one."
    command -v "$python" >/dev/null || fail "there is no $python."
    mkdir -p "$out" || fail "$out cannot be made."
    if [ -d "$archive" ]; then
        bundle=$(cd -- "$archive" && pwd)
    else
        scratch
        "$python" -W ignore::DeprecationWarning -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$archive" "$work" || fail "$archive could not be unpacked."
        bundle=$work/wgqa
    fi
    local described refusal
    described=$(describe_torch) || fail "$python has no PyTorch."
    eval "$described"
    refusal=$(try_device 2>/dev/null) || fail "PyTorch $torch_version cannot compute on '$device' here: ${refusal:-it ended without a word}"
    [ -n "$torch_folders" ] || torch_folders=$(dirname -- "$(ldconfig -p | sed -n 's/.* => \(.*libtorch_cpu\.so.*\)/\1/p' | head -n 1)")
    local folder
    for folder in $torch_folders; do [ ! -e "$(dirname -- "$(readlink -f -- "$folder/libtorch_cpu.so")")/libtorch_cuda.so" ] || torch_cuda=1; done   # Debian links to it
    failed=0
    {
        printf '# Wgqa on %s\n\ncommit %s, PyTorch %s, Python %s, %s\n' "$device" "$(cat "$bundle/commit")" "$torch_version" "$python_version" "$(date -u +%Y-%m-%dT%H:%MZ)"
        printf '\n%s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"
        if command -v nvidia-smi >/dev/null; then printf '\n%s\n' "$(nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader)"; fi
    } >"$out/results.md"

    find_graphs
    printf '\n%s\n' "$graphs" >>"$out/results.md"
    part build 150 bash -c "$(native_command)" || { cat "$out/results.md"; return 1; }
    export WGQA_SHARED=$bundle/shared WGQA_TEST_DEVICE=$device
    chmod +x "$bundle/app/Wgqa.Experiments" "$bundle/app/Wgqa.Runtime.Tests"
    part tests 130 "$bundle/app/Wgqa.Runtime.Tests" device
    tail -n 1 "$out/tests.log" >>"$out/results.md"
    grep -h '^FAILED' "$out/tests.log" | head -n 20 | cut -c1-300 | sed 's/^/* /' >>"$out/results.md"
    local precision
    for precision in float32 bfloat16; do
        bench "bench-$precision" 90 --tasks decode,step,train,overhead --precision "$precision" --python "$python"
        [ "$device" = cpu ] && continue
        # What two things that the run above used, where they are, are worth on this device: libtorch's fused attention, and recording decoding's steps.
        WGQA_FUSED_ATTENTION=0 bench "bench-$precision-without-fused-attention" 30 --tasks train --precision "$precision" --python none
        [ -z "$graph_options" ] || WGQA_CUDA_GRAPH=0 bench "bench-$precision-without-graphs" 35 --tasks decode,step --precision "$precision" --python none
    done
    cat "$out/results.md"
    return "$failed"
}

case ${1:-} in
    '' | --help | -h) usage; [ -n "${1:-}" ] || exit 2 ;;
    pack) shift; pack "$@" ;;
    *) run "$@" ;;
esac
