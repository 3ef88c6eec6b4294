#!/usr/bin/env bash
# How much of a build is generation: `dotnet build` of 1,000 variants and 1,000 other classes, with the generator and the
# analyzer, and of the same project with the generated files checked in and neither. Builds in turns; prints medians.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
rounds=${1:-3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

dotnet build "$root/benchmarks/Wgqa.Generators.Benchmarks" -c Release -v quiet --nologo
program=$root/benchmarks/Wgqa.Generators.Benchmarks/bin/Release/net10.0

# project NAME ITEM...: a project of the declarations and what else it is given, outside the reach of this repository's settings.
project() {
    local name=$1
    shift
    mkdir -p "$folder/$name"
    dotnet "$program/Wgqa.Generators.Benchmarks.dll" --write "$folder/$name"
    cat >"$folder/$name/$name.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <Reference Include="$program/Wgqa.Runtime.dll" />
    <Reference Include="$program/TorchSharp.dll" />
    $*
  </ItemGroup>
</Project>
XML
    dotnet restore "$folder/$name" -v quiet
}

build() { dotnet build "$folder/$1" -c Release --no-restore --no-incremental --nologo -v quiet -nodeReuse:false -p:UseSharedCompilation=false "${@:2}" >"$folder/log" || { cat "$folder/log" >&2; exit 1; }; }

project generated "<Analyzer Include=\"$program/Wgqa.Generators.dll\" />"
build generated -p:EmitCompilerGeneratedFiles=true -p:CompilerGeneratedFilesOutputPath="$folder/written"
project checkedin "<Compile Include=\"$folder/written/**/*.cs\" />"
build checkedin
echo "generated files: $(find "$folder/written" -name '*.g.cs' | wc -l), $(cat "$folder"/written/*/*/*.g.cs | wc -c | numfmt --to=si)B"

TIMEFORMAT='%U %S %R'
for ((round = 1; round <= rounds; round++)); do
    for name in generated checkedin; do
        { time build "$name"; } 2>>"$folder/$name.times"
    done
done

# Processor seconds (user and system) and seconds by the clock: medians, and the median of each round's ratio.
paste "$folder/generated.times" "$folder/checkedin.times" | awk '
    function median(values, n,    i, j, t) { for (i = 2; i <= n; i++) for (j = i; j > 1 && values[j] < values[j - 1]; j--) { t = values[j]; values[j] = values[j - 1]; values[j - 1] = t }
        return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2 }
    { g[NR] = $1 + $2; c[NR] = $4 + $5; gw[NR] = $3; cw[NR] = $6; r[NR] = g[NR] / c[NR]; rw[NR] = gw[NR] / cw[NR] }
    END { printf "| build | processor s | s |\n|---|---:|---:|\n"
        printf "| with the generator and the analyzer | %.1f | %.1f |\n", median(g, NR), median(gw, NR)
        printf "| with the generated files checked in | %.1f | %.1f |\n", median(c, NR), median(cw, NR)
        printf "| ratio | %.2f | %.2f |\n", median(r, NR), median(rw, NR) }'
