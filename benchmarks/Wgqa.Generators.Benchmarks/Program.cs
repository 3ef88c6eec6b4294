using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Wgqa.Generators.Benchmarks;

switch (args)
{
    // In turns, with ratios, in minutes.
    case ["--quick"]:
        Interleaved.Print(Tables.All, rounds: 25);
        break;

    case ["--quick", var table]:
        Interleaved.Print(Tables.All.Where(one => one.Table.Contains(table, StringComparison.Ordinal)), rounds: 25);
        break;

    // The variants' project as files, for whole-build.sh.
    case ["--write", var folder]:
        foreach (var tree in Corpus.Variants.Compilation.SyntaxTrees)
        {
            File.WriteAllText(Path.Combine(folder, tree.FilePath), tree.ToString());
        }

        break;

    default:
        BenchmarkSwitcher.FromTypes([typeof(GeneratorBenchmarks)]).Run(args, DefaultConfig.Instance
            .AddColumn(StatisticColumn.Median)
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(5).WithIterationCount(20)));
        break;
}
