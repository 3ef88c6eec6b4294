using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Wgqa.Generators.Benchmarks;

switch (args)
{
    // --quick [ROUNDS] [TABLE]: in turns, with ratios, in minutes.
    case ["--quick", .. var rest]:
        Interleaved.Print(
            Tables.All.Where(one => rest.Length < 2 || one.Table.Contains(rest[1], StringComparison.Ordinal)),
            rounds: rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 25);
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
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(80))
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(5).WithIterationCount(20)));
        break;
}
