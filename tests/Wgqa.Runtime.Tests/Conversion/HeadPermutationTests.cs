using Wgqa.Conversion;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Conversion;

public class HeadPermutationTests
{
    private static Tensor Logits(T5 model)
    {
        var (input, mask, decoder) = SmallModels.Batch();
        return model.forward(input, mask, decoder);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ReorderingEverythingThatBelongsToAHeadChangesNothing(int seed)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create(seed: seed);
        var before = Logits(model);
        using var random = new Generator((ulong)seed);
        HeadPermutation.Shuffle(model, random);
        Closeness.AssertWithin(1e-5, before, Logits(model), "logits");
    }

    [Theory]
    [InlineData("q.weight")]
    [InlineData("k.weight")]
    [InlineData("v.weight")]
    [InlineData("o.weight")]
    [InlineData("relative_attention_bias.weight")]
    public void ForgettingAnyPartShows(string forgotten)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        var before = Logits(model);
        var kept = model.named_parameters().Where(p => p.Item1.EndsWith($"Attention.{forgotten}", StringComparison.Ordinal)).Select(p => (p.Item2, p.Item2.clone())).ToList();
        using var random = new Generator(1);
        HeadPermutation.Shuffle(model, random);
        using (no_grad())
        {
            foreach (var (parameter, original) in kept)
            {
                parameter.copy_(original);
            }
        }

        Assert.True(Closeness.MaxDifference(before, Logits(model)) > 1e-2);
    }

    [Fact]
    public void GroupedModelsAreRefused()
    {
        using var model = SmallModels.Create(variant: SmallModels.Variants.Single(v => v.Info.Name == "Mean6"));
        Assert.Contains("this one has 6 key/value heads", Assert.Throws<UserException>(() => HeadPermutation.Shuffle(model)).Message, StringComparison.Ordinal);
    }
}
