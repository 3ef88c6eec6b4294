using Wgqa.Conversion;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Conversion;

/// <summary>Mean, first-head and random-head GQA and the three weightings on Hugging Face's T5, against the reference implementation's numbers.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public class GroupedAgainstReferenceTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var groups in new[] { 2, 1 })
            {
                foreach (var (pooling, variant) in new[] { ("mean", "Mean"), ("first", "First"), ("random", "Random") })
                {
                    cases.Add($"gqa_{pooling}_G{groups}", $"Golden{variant}G{groups}");
                }

                foreach (var (kind, variant) in new[] { ("scalar", "Scalar"), ("col", "Col"), ("row", "Row") })
                {
                    cases.Add($"wgqa_{kind}_mean_G{groups}", $"Golden{variant}G{groups}");
                    cases.Add($"wgqa_{kind}_gauss_G{groups}", $"Golden{variant}G{groups}");
                }
            }

            return cases;
        }
    }

    private static T5 LoadBase() => T5Folder.Load(SharedFolder.Path("golden", "t5_tied"), device: TestDevice.Current);

    private static AttentionVariant Variant(string name) => SmallModels.Variants.Single(v => v.Info.Name == name);

    /// <summary>The reference calls our merge weights wk and wv.</summary>
    private static string OurName(string name) => name.Replace(".wk", ".key_merge", StringComparison.Ordinal).Replace(".wv", ".value_merge", StringComparison.Ordinal);

    private static T5 Convert(Golden golden, T5 multiHead, string @case, string variant)
    {
        var model = ModelConversion.Convert(multiHead, Variant(variant));
        using var frozen = no_grad();
        foreach (var name in golden.Names.Where(name => name.StartsWith($"{@case}.init.", StringComparison.Ordinal)))
        {
            var parameter = model.get_parameter(OurName(name[$"{@case}.init.".Length..]))!;
            parameter.copy_(golden[name].view(parameter.shape));
        }

        return model;
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void LogitsLossAndGradientsAreTheSame(string @case, string variant)
    {
        using var inputs = Golden.Open("t5_tied", "golden_forward");
        using var golden = Golden.Open("t5_gqa", "golden_gqa");
        using var multiHead = LoadBase();
        using var model = Convert(golden, multiHead, @case, variant);
        var numbers = golden.Numbers.GetProperty("cases").GetProperty(@case);
        var (ids, mask, decoder, labels) = (inputs["in.input_ids"], inputs["in.attention_mask"], inputs["in.decoder_input_ids"], inputs["in.labels"]);

        var logits = model.forward(ids, mask, decoder);
        Closeness.AssertWithin(5e-5, golden[$"{@case}.logits"], logits.slice(2, 0, 512, 8), "logits");
        var loss = T5.Loss(logits, labels);
        Assert.Equal(numbers.GetProperty("loss").GetDouble(), loss.item<float>(), 5e-6);

        loss.backward();
        var gradients = model.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.grad!);
        var compared = 0;
        foreach (var name in golden.Names.Where(name => name.StartsWith($"{@case}.grad.", StringComparison.Ordinal)))
        {
            var gradient = gradients[OurName(name[$"{@case}.grad.".Length..])];
            Closeness.AssertRelativelyWithin(5e-5, golden[name], gradient.view(golden[name].shape), name);
            compared++;
        }

        Assert.True(compared > 0 || @case.StartsWith("gqa", StringComparison.Ordinal));
        var norms = numbers.GetProperty("grad_norm").EnumerateObject().ToDictionary(n => OurName(n.Name), n => n.Value.GetDouble());
        Assert.Equal(norms.Keys.Order(), gradients.Keys.Order());
        foreach (var (name, norm) in norms)
        {
            Closeness.AssertRelativelyWithin(5e-5, norm, Closeness.Norm(gradients[name]), $"gradient norm of {name}");
        }

        var total = Math.Sqrt(gradients.Values.Sum(gradient => Math.Pow(Closeness.Norm(gradient), 2)));
        Closeness.AssertRelativelyWithin(5e-5, numbers.GetProperty("grad_norm_total").GetDouble(), total, "total gradient norm");
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void FoldedWeightsAndLossAreTheSame(string @case, string variant)
    {
        using var inputs = Golden.Open("t5_tied", "golden_forward");
        using var golden = Golden.Open("t5_gqa", "golden_gqa");
        using var multiHead = LoadBase();
        using var model = Convert(golden, multiHead, @case, variant);
        using var folded = ModelFolding.Fold(model);
        using var expanded = ModelFolding.Expand(folded);
        using var frozen = no_grad();
        foreach (var name in golden.Names.Where(name => name.StartsWith($"{@case}.folded.", StringComparison.Ordinal)))
        {
            Closeness.AssertWithin(1e-6, golden[name], folded.get_parameter(name[$"{@case}.folded.".Length..])!, name);
        }

        var (ids, mask, decoder) = (inputs["in.input_ids"], inputs["in.attention_mask"], inputs["in.decoder_input_ids"]);
        var logits = model.forward(ids, mask, decoder);
        var foldedLogits = folded.forward(ids, mask, decoder);
        Closeness.AssertWithin(1e-5, logits, foldedLogits, "folded logits");
        Closeness.AssertWithin(5e-5, golden[$"{@case}.logits"], foldedLogits.slice(2, 0, 512, 8), "folded logits against the reference");
        Closeness.AssertWithin(5e-5, golden[$"{@case}.logits"], expanded.forward(ids, mask, decoder).slice(2, 0, 512, 8), "expanded logits against the reference");
        var numbers = golden.Numbers.GetProperty("cases").GetProperty(@case);
        if (numbers.TryGetProperty("folded", out var expected))
        {
            Assert.Equal(expected.GetProperty("loss").GetDouble(), T5.Loss(foldedLogits, inputs["in.labels"]).item<float>(), 5e-6);
        }

        if (numbers.TryGetProperty("logits_maxabs_vs_gqa_mean", out _))
        {
            var groups = numbers.GetProperty("G").GetInt32();
            using var pooled = ModelConversion.Convert(multiHead, Variant($"GoldenMeanG{groups}"));
            Closeness.AssertWithin(1e-5, pooled.forward(ids, mask, decoder), logits, "logits, from mean pooling,");
        }
    }
}
