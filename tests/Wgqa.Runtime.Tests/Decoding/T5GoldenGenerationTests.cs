using System.Text.Json;
using Wgqa.Checkpoints;
using Wgqa.Decoding;
using Wgqa.Models;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>Every greedy and beam case of Hugging Face's own T5, in the semantics of release 4.35 where releases differ.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class T5GoldenGenerationTests(T5GoldenGenerationTests.Models models) : IClassFixture<T5GoldenGenerationTests.Models>
{
    public static TheoryData<string, string> Cases => CasesWhere(_ => true);

    public static TheoryData<string, string> GreedyCases => CasesWhere(@case => @case.TryGetProperty("top5", out _));

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void IdsAndScoresAreHuggingFaces(string model, string name) => AssertHuggingFaces(models, model, name, static (t5, inputIds, options) => t5.Generate(inputIds, options));

    /// <summary>One case of the references, by a search of the caller's.</summary>
    internal static void AssertHuggingFaces(Models models, string model, string name, Func<T5, Tensor, GenerationOptions, GeneratedSequences> generate)
    {
        var (t5, inputIds) = models.Get(model);
        var golden = Case(model, name);
        var found = generate(t5, inputIds, GoldenArguments.Options(golden.GetProperty("kwargs")));
        Assert.Equal(GoldenArguments.Rows(golden.GetProperty("sequences")), found.Tokens);
        if (golden.TryGetProperty("sequences_scores", out var scores))
        {
            Assert.All(scores.EnumerateArray().Zip(found.Scores!), pair => Assert.Equal(pair.First.GetSingle(), pair.Second, 5e-5f));
        }
        else
        {
            Assert.Null(found.Scores);
        }
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void EachRowAloneGivesTheSame(string model, string name)
    {
        var (t5, inputIds) = models.Get(model);
        var golden = Case(model, name);
        var options = GoldenArguments.Options(golden.GetProperty("kwargs"));
        var expected = GoldenArguments.Rows(golden.GetProperty("sequences"));
        for (var row = 0; row < inputIds.size(0); row++)
        {
            using var all = inputIds.select(0, row);
            using var own = all.masked_select(all.ne(0)).unsqueeze(0);   // without the padding that longer rows bring
            var found = t5.Generate(own, options).Tokens;
            for (var i = 0; i < found.Count; i++)
            {
                var together = expected[(row * options.NumReturnSequences) + i];
                Assert.Equal(together[..found[i].Length], found[i]);
                Assert.All(together[found[i].Length..], token => Assert.Equal(0, token));
            }
        }
    }

    [SharedTheory]
    [MemberData(nameof(GreedyCases))]
    public void TheScoresOfEveryGreedyStepAreHuggingFaces(string model, string name)
    {
        var (t5, inputIds) = models.Get(model);
        var golden = Case(model, name);
        var options = GoldenArguments.Options(golden.GetProperty("kwargs"));
        var steps = golden.GetProperty("top5").EnumerateArray().ToArray();
        using var mask = inputIds.ne(0);
        using var session = new RecordingSession(new T5DecodingSession(t5, inputIds, mask, 21), options);
        SequenceDecoder.Decode(session, [[0], [0], [0]], options);
        Assert.Equal(steps.Length, session.Steps.Count);
        for (var step = 0; step < steps.Length; step++)
        {
            var (inputs, scores) = session.Steps[step];
            for (var i = 0; i < inputs.Length; i++)
            {
                var best = steps[step][inputs[i]];
                int[] ids = [.. best.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
                float[] logits = [.. best.GetProperty("logits").EnumerateArray().Select(logit => logit.GetSingle())];
                for (var rank = 0; rank < ids.Length; rank++)
                {
                    Assert.Equal(logits[rank], scores[i][ids[rank]], 1e-4f);
                }
            }
        }
    }

    private static TheoryData<string, string> CasesWhere(Func<JsonElement, bool> chosen)
    {
        var data = new TheoryData<string, string>();
        foreach (var model in SharedFolder.Root is null ? [] : Models.Names)
        {
            foreach (var @case in Models.Cases(model).Where(chosen))
            {
                data.Add(model, @case.GetProperty("name").GetString()!);
            }
        }

        return data;
    }

    private static JsonElement Case(string model, string name) => Models.Cases(model).Single(@case => @case.GetProperty("name").GetString() == name);

    /// <summary>The golden models, loaded once.</summary>
    public sealed class Models : IDisposable
    {
        private readonly Dictionary<string, (T5 Model, Tensor InputIds)> _loaded = [];

        public static readonly string[] Names = ["t5_tied", "t5_gated"];

        /// <summary>A model's cases that hold for release 4.35.</summary>
        public static IEnumerable<JsonElement> Cases(string model) =>
            GoldenArguments.Read(SharedFolder.Path("golden", model, "golden_generate.json")).GetProperty("cases").EnumerateArray()
                .Where(@case => @case.GetProperty("semantics").GetString() != "legacy");

        public (T5 Model, Tensor InputIds) Get(string name)
        {
            if (!_loaded.TryGetValue(name, out var found))
            {
                using var inputs = SafetensorsFile.Open(SharedFolder.Path("golden", name, "golden_forward.safetensors"));
                found = (T5Folder.Load(SharedFolder.Path("golden", name), device: TestDevice.Current), inputs.Read("in.input_ids").to(TestDevice.Current));
                _loaded.Add(name, found);
            }

            return found;
        }

        public void Dispose()
        {
            foreach (var (model, inputIds) in _loaded.Values)
            {
                model.Dispose();
                inputIds.Dispose();
            }
        }
    }
}
