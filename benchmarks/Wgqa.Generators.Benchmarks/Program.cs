using System.Globalization;
using BenchmarkDotNet.Running;
using Wgqa.Generators.Benchmarks;

// --quick [ROUNDS] [TABLE]: ratios from cases measured in turns, in minutes. Anything else is BenchmarkDotNet's.
if (args is ["--quick", .. var rest])
{
    var rounds = rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 25;
    Interleaved.Print(Tables.All.Where(one => rest.Length < 2 || one.Table.Contains(rest[1], StringComparison.Ordinal)), rounds);
    return;
}

BenchmarkSwitcher.FromTypes([typeof(GeneratorBenchmarks)]).Run(args);
