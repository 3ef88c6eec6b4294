using BenchmarkDotNet.Attributes;

namespace Wgqa.Generators.Benchmarks;

/// <summary>The tables as BenchmarkDotNet runs them: one case after the other.</summary>
[MemoryDiagnoser]
public class GeneratorBenchmarks
{
    private Action _run = () => { };

    /// <summary>What is measured.</summary>
    [ParamsSource(nameof(Cases))]
    public Case Case { get; set; } = null!;

    /// <summary>All of it.</summary>
    public static IEnumerable<Case> Cases => Tables.All;

    /// <summary>A compilation remembers what it was asked: each run gets its own.</summary>
    [IterationSetup]
    public void Prepare() => _run = Case.Prepare();

    /// <summary>The run.</summary>
    [Benchmark]
    public void Run() => _run();
}
