using TorchSharp;
using Wgqa.Conversion;
using Wgqa.Experiments.Recipes;
using Wgqa.Folding;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>What <c>bench</c> runs: cases of decoding, training and scoring on models of given shapes with drawn weights.</summary>
internal sealed record BenchmarkSuite
{
    private const int VocabularySize = 32128;

    // The fair baseline trains the same key and value heads as a weighted variant, and merges them without weights.
    private const string FairBaseline = "FairGqa";

    // As many groups as the weighted variants have, unweighted.
    private const string PlainGrouping = "Gqa";

    private const int Beams = 4;

    private static readonly string[] Weighted = ["WGqa", "RowWGqa", "ColWGqa"];

    /// <summary>The model shapes.</summary>
    public required IReadOnlyList<ModelShape> Shapes { get; init; }

    /// <summary>The variants, folded where they fold; a multi-head one is timed beside the peer.</summary>
    public required IReadOnlyList<AttentionVariant> Variants { get; init; }

    /// <summary>Runs that each median is of.</summary>
    public required int Runs { get; init; }

    /// <summary>Compute threads, of ours and of the peer's.</summary>
    public required int Threads { get; init; }

    /// <summary>What we compute in.</summary>
    public Precision Precision { get; init; }

    /// <summary>What the peer computes in, by PyTorch's name.</summary>
    public string PeerPrecision { get; init; } = "float32";

    /// <summary>Dropout while training.</summary>
    public double Dropout { get; init; }

    /// <summary>Where ours and the peer's compute.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>All that can be measured; <c>beam</c> is decoding with beams, <c>step</c> is decoding without the encoder, <c>folded</c> is a folded weighted variant's decoding beside plain grouping's, <c>overhead</c> is weighted variants' training steps beside the fair baseline's.</summary>
    public static IReadOnlyList<string> AllTasks { get; } = ["decode", "beam", "step", "folded", "train", "overhead", "score", "tokenize"];

    /// <summary>What to measure, of <see cref="AllTasks"/>.</summary>
    public IReadOnlyList<string> Tasks { get; init; } = AllTasks;

    /// <summary>Small sizes, to see in a minute that all of it works.</summary>
    public required bool Quick { get; init; }

    /// <summary>Whether to measure where the time of decoding and training goes, which costs some of it.</summary>
    public bool Profile { get; init; }

    /// <summary>Runs every case.</summary>
    /// <param name="peer">Hugging Face; null for ours alone.</param>
    /// <param name="display">Told of each case as it is done.</param>
    /// <param name="stop">Stops between runs.</param>
    public BenchmarkReport Run(Peer? peer, Action<BenchmarkResult> display, CancellationToken stop)
    {
        set_num_threads(Threads);
        var bandwidth = Memory.Bandwidth(Device);
        var results = new List<BenchmarkResult>();
        var cases = Shapes.SelectMany(shape => When("decode", () => Decoding(shape, 1, bandwidth, peer, stop)).Concat(When("beam", () => Decoding(shape, Beams, bandwidth, peer, stop)))
                .Concat(When("step", () => Steps(shape, bandwidth, stop))).Concat(When("folded", () => Folded(shape, stop)))
                .Concat(When("train", () => Training(shape, peer, stop))).Concat(When("overhead", () => Overhead(shape, stop))))
            .Concat(When("score", () => ScoringBenchmark.Run(Runs, stop)))
            .Concat(When("tokenize", () => TokenizingBenchmark.Run(Runs, Threads, stop)));
        foreach (var result in cases)
        {
            results.Add(result);
            display(result);
        }

        return new(Device.ToString(), bandwidth, Threads, $"{Precision}", peer is null ? null : $"{peer.Versions} in {PeerPrecision}", results);
    }

    private IEnumerable<BenchmarkResult> When(string task, Func<IEnumerable<BenchmarkResult>> cases) => Tasks.Contains(task) ? cases() : [];

    private IEnumerable<BenchmarkResult> Decoding(ModelShape shape, int beams, double bandwidth, Peer? peer, CancellationToken stop)
    {
        using var multiHead = MultiHead(shape, dropout: 0);
        if (peer is not null)
        {
            Load(peer, multiHead);
        }

        var (source, generated) = Lengths;
        foreach (var variant in Variants)
        {
            using var model = Deployed(multiHead, variant);
            var beside = IsMultiHead(variant, shape) ? peer : null;
            foreach (var rows in new[] { 1, 8 })
            {
                yield return DecodingBenchmark.Run(model, $"{shape.Name} {variant.Info.Name}", rows, source, generated, beams, Runs, bandwidth, beside, Profile, stop);
            }
        }
    }

    private IEnumerable<BenchmarkResult> Folded(ModelShape shape, CancellationToken stop)
    {
        using var multiHead = MultiHead(shape, dropout: 0);
        using var folded = Deployed(multiHead, PaperTable.Named(Weighted[0]));
        using var plain = Deployed(multiHead, PaperTable.Named(PlainGrouping));
        var (source, generated) = Lengths;
        foreach (var rows in new[] { 1, 8 })
        {
            yield return DecodingBenchmark.Compare(folded, plain, $"{shape.Name} {Weighted[0]} folded beside {PlainGrouping}", rows, source, generated, Runs, stop);
        }
    }

    private (int Source, int Generated) Lengths => Quick ? (64, 16) : (512, 64);

    private IEnumerable<BenchmarkResult> Steps(ModelShape shape, double bandwidth, CancellationToken stop)
    {
        using var multiHead = MultiHead(shape, dropout: 0);
        var (rows, source, steps) = Quick ? (8, 256, 4) : (32, 2048, 8);
        foreach (var variant in Variants)
        {
            using var model = Deployed(multiHead, variant);
            yield return DecodingBenchmark.RunSteps(model, $"{shape.Name} {variant.Info.Name}", rows, source, steps, Runs, bandwidth, stop);
        }
    }

    private IEnumerable<BenchmarkResult> Training(ModelShape shape, Peer? peer, CancellationToken stop) =>
        from size in Quick ? new[] { (2, 64, 32) } : [(8, 512, 128), (32, 64, 64)]
        from variant in Variants
        select Training(shape, variant, size, peer, stop);

    private BenchmarkResult Training(ModelShape shape, AttentionVariant variant, (int Rows, int Source, int Target) size, Peer? peer, CancellationToken stop)
    {
        using var multiHead = MultiHead(shape, Dropout);
        using var model = ModelConversion.Convert(multiHead, variant);
        model.to(Device);
        var beside = IsMultiHead(variant, shape) ? peer : null;
        if (beside is not null)
        {
            Load(beside, multiHead);
        }

        return TrainingBenchmark.Run(model, $"{shape.Name} {variant.Info.Name}", size.Rows, size.Source, size.Target, Runs, Precision, beside, Profile, stop);
    }

    private IEnumerable<BenchmarkResult> Overhead(ModelShape shape, CancellationToken stop)
    {
        var (rows, source, target) = Quick ? (2, 64, 32) : (8, 512, 128);
        foreach (var variant in Weighted)
        {
            using var multiHead = MultiHead(shape, Dropout);
            using var weighted = ModelConversion.Convert(multiHead, PaperTable.Named(variant));
            using var baseline = ModelConversion.Convert(multiHead, PaperTable.Named(FairBaseline));
            weighted.to(Device);
            baseline.to(Device);
            yield return TrainingBenchmark.Compare(weighted, baseline, $"{shape.Name} {variant} beside {FairBaseline}", rows, source, target, Runs, Precision, stop);
        }
    }

    // Stock Hugging Face T5 has h key/value heads.
    private static bool IsMultiHead(AttentionVariant variant, ModelShape shape) => variant.MapsFor(shape.Shape).HeadsHeld == 2 * shape.Shape.Heads;

    private static T5 MultiHead(ModelShape shape, double dropout)
    {
        var model = new T5(shape.Config(VocabularySize, dropout));
        using var random = new Generator(1);
        model.Initialize(random);
        model.eval();
        return model;
    }

    // The very weights that we time, through a folder as everybody else's.
    private void Load(Peer peer, T5 model)
    {
        var folder = Directory.CreateTempSubdirectory("wgqa-bench-");
        try
        {
            T5Folder.Save(model, folder.FullName);
            peer.Ask(new() { ["do"] = "load", ["folder"] = folder.FullName, ["dtype"] = PeerPrecision, ["dropout"] = model.Config.DropoutRate, ["threads"] = Threads, ["device"] = Device.ToString() });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Ready to decode: folded where the variant folds, on the device, in the precision.
    private T5 Deployed(T5 multiHead, AttentionVariant variant)
    {
        var model = ModelConversion.Convert(multiHead, variant);
        if (variant.Info.Folds == Foldability.Always)
        {
            using var converted = model;
            model = ModelFolding.Fold(converted);
        }

        model.to(Device);
        model.Deploy(Precision);
        return model;
    }
}

/// <summary>What a suite measured, and on what.</summary>
/// <param name="Device">Where ours and the peer's computed.</param>
/// <param name="BytesPerSecond">The memory bandwidth that floors are computed with.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="Precision">What we computed in.</param>
/// <param name="Peer">The peer's versions and precision; null without one.</param>
/// <param name="Results">Case by case.</param>
internal sealed record BenchmarkReport(string Device, double BytesPerSecond, int Threads, string Precision, string? Peer, IReadOnlyList<BenchmarkResult> Results);
