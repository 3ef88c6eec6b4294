using System.Text.Json;
using Wgqa.Checkpoints;
using Wgqa.Conversion;
using Wgqa.Decoding;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>The grouped reference models: what each generates, live and folded, is what the reference generated.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class GroupedGoldenGenerationTests(GroupedGoldenGenerationTests.Reference reference) : IClassFixture<GroupedGoldenGenerationTests.Reference>
{
    private static readonly Dictionary<string, AttentionVariant> Variants = new()
    {
        ["gqa_mean_G2"] = AttentionVariant.Of<GoldenMeanG2>(),
        ["gqa_first_G2"] = AttentionVariant.Of<GoldenFirstG2>(),
        ["gqa_random_G2"] = AttentionVariant.Of<GoldenMeanG2>(),   // the heads that the reference drew are read in
        ["wgqa_scalar_mean_G2"] = AttentionVariant.Of<GoldenScalarG2>(),
        ["wgqa_scalar_gauss_G2"] = AttentionVariant.Of<GoldenScalarG2>(),
        ["wgqa_col_mean_G2"] = AttentionVariant.Of<GoldenColG2>(),
        ["wgqa_col_gauss_G2"] = AttentionVariant.Of<GoldenColG2>(),
        ["wgqa_row_mean_G2"] = AttentionVariant.Of<GoldenRowG2>(),
        ["wgqa_row_gauss_G2"] = AttentionVariant.Of<GoldenRowG2>(),
        ["gqa_mean_G1"] = AttentionVariant.Of<GoldenMeanG1>(),
        ["gqa_first_G1"] = AttentionVariant.Of<GoldenFirstG1>(),
        ["gqa_random_G1"] = AttentionVariant.Of<GoldenMeanG1>(),
        ["wgqa_scalar_mean_G1"] = AttentionVariant.Of<GoldenScalarG1>(),
        ["wgqa_scalar_gauss_G1"] = AttentionVariant.Of<GoldenScalarG1>(),
        ["wgqa_col_mean_G1"] = AttentionVariant.Of<GoldenColG1>(),
        ["wgqa_col_gauss_G1"] = AttentionVariant.Of<GoldenColG1>(),
        ["wgqa_row_mean_G1"] = AttentionVariant.Of<GoldenRowG1>(),
        ["wgqa_row_gauss_G1"] = AttentionVariant.Of<GoldenRowG1>(),
    };

    public static TheoryData<string> Cases => [.. Variants.Keys];

    [SharedFact]
    public void EveryReferenceCaseIsTested() =>
        Assert.Equal(reference.Cases.EnumerateObject().Select(@case => @case.Name).Order(StringComparer.Ordinal), Variants.Keys.Order(StringComparer.Ordinal));

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void GreedyAndBeamIdsAreTheReferences(string name)
    {
        using var live = Model(name);
        using var folded = ModelFolding.Fold(live);
        foreach (var search in new[] { "greedy", "beam4" })
        {
            var golden = reference.Cases.GetProperty(name).GetProperty(search);
            var options = GoldenArguments.Options(golden.GetProperty("kwargs"));
            var expected = GoldenArguments.Rows(golden.GetProperty("sequences"));
            Assert.Equal(expected, live.Generate(reference.InputIds, options).Tokens);
            Assert.Equal(expected, folded.Generate(reference.InputIds, options).Tokens);
        }
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void FoldingChangesNoStepOfADecoding(string name)
    {
        using var live = Model(name);
        using var folded = ModelFolding.Fold(live);
        using var mask = reference.InputIds.ne(0);
        var options = new GenerationOptions { MaxNewTokens = 20 };
        using var before = new RecordingSession(new T5DecodingSession(live, reference.InputIds, mask, 21), options);
        using var after = new RecordingSession(new T5DecodingSession(folded, reference.InputIds, mask, 21), options);
        SequenceDecoder.Decode(before, [[0], [0], [0]], options);
        SequenceDecoder.Decode(after, [[0], [0], [0]], options);
        Assert.Equal(before.Steps.Count, after.Steps.Count);
        foreach (var (x, y) in before.Steps.Zip(after.Steps))
        {
            Assert.Equal(x.Inputs, y.Inputs);
            Assert.All(x.Scores.SelectMany(row => row).Zip(y.Scores.SelectMany(row => row)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    /// <summary>The base model converted, with what the reference drew at random read from its file.</summary>
    private T5 Model(string name)
    {
        var model = ModelConversion.Convert(reference.Base, Variants[name]);
        var parameters = model.named_parameters().ToDictionary(parameter => parameter.Item1, parameter => parameter.Item2);
        var prefix = $"{name}.init.";
        using var frozen = no_grad();
        foreach (var entry in reference.Drawn.Entries.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var drawn = reference.Drawn.Read(entry);
            var parameter = entry[prefix.Length..].Replace(".wk", ".key_merge", StringComparison.Ordinal).Replace(".wv", ".value_merge", StringComparison.Ordinal);
            parameters[parameter].copy_(drawn);
        }

        return model;
    }

    /// <summary>The reference files, read once.</summary>
    public sealed class Reference : IDisposable
    {
        private T5? _base;
        private Tensor? _inputIds;
        private SafetensorsFile? _drawn;
        private JsonElement? _cases;

        public T5 Base => _base ??= T5Folder.Load(SharedFolder.Path("golden", "t5_tied"), device: TestDevice.Current);

        public Tensor InputIds => _inputIds ??= ReadInputs();

        public SafetensorsFile Drawn => _drawn ??= SafetensorsFile.Open(SharedFolder.Path("golden", "t5_gqa", "golden_gqa.safetensors"));

        public JsonElement Cases => _cases ??= GoldenArguments.Read(SharedFolder.Path("golden", "t5_gqa", "golden_gqa.json")).GetProperty("cases");

        public void Dispose()
        {
            _base?.Dispose();
            _inputIds?.Dispose();
            _drawn?.Dispose();
        }

        private static Tensor ReadInputs()
        {
            using var file = SafetensorsFile.Open(SharedFolder.Path("golden", "t5_tied", "golden_forward.safetensors"));
            return file.Read("in.input_ids").to(TestDevice.Current);
        }
    }
}
