using static TorchSharp.torch;

namespace TorchSharp.Tests;

[Collection(nameof(NNGlobalGenerator))]
public sealed class RandomTests
{
    [Fact]
    public void ASeedFixesTheNumbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var first = randn(100);
        manual_seed(7);
        Assert.True(first.Equals(randn(100)));
        Assert.False(first.Equals(randn(100)));
        Assert.Equal(7, initial_seed());
    }

    [Fact]
    public void ASavedStateContinuesTheStream()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        _ = rand(10);
        var state = get_rng_state();
        var next = rand(10);
        _ = rand(10);
        set_rng_state(state);
        Assert.True(next.Equals(rand(10)));
        using var shared = Generator.Default;
        shared.set_state(state);
        Assert.True(next.Equals(rand(10)));
    }

    [Fact]
    public void AGeneratorIsAStreamOfItsOwn()
    {
        using var scope = NewDisposeScope();
        using var one = new Generator(5);
        using var two = new Generator(5);
        manual_seed(5);
        var expected = randn(10);
        Assert.True(expected.Equals(randn(10, generator: one)));
        _ = randn(3);
        Assert.True(expected.Equals(randn(10, generator: two)));
        one.manual_seed(5);
        Assert.True(expected.Equals(empty(10).normal_(generator: one)));
        var saved = one.get_state();
        var next = rand(4, generator: one);
        one.set_state(saved);
        Assert.True(next.Equals(rand(4, generator: one)));
        Assert.Equal(5, one.initial_seed());
    }

    [Fact]
    public void DistributionsHaveTheirRangesAndMoments()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        var uniform = empty(20000).uniform_(-1, 3);
        Assert.True(uniform.min().item<float>() >= -1);
        Assert.True(uniform.max().item<float>() < 3);
        Assert.InRange(uniform.mean().item<float>(), 0.95f, 1.05f);
        var normal = empty(20000).normal_(2, 3);
        Assert.InRange(normal.mean().item<float>(), 1.9f, 2.1f);
        Assert.InRange(normal.std().item<float>(), 2.9f, 3.1f);
        var coins = empty(20000).bernoulli_(0.25);
        Assert.InRange(coins.mean().item<float>(), 0.23f, 0.27f);
        var integers = randint(3, 7, [1000]);
        Assert.Equal(3, integers.min().item<long>());
        Assert.Equal(6, integers.max().item<long>());
        Expect.Values(randperm(50).sort().Item1, Enumerable.Range(0, 50).Select(i => (double)i).ToArray());
    }

    [Fact]
    public void MultinomialDrawsByWeight()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        var drawn = tensor(new float[] { 0, 3, 1 }).multinomial(1000, replacement: true);
        var counts = drawn.bincount(null, 3);
        Assert.Equal(0, counts[0].item<long>());
        Assert.InRange(counts[1].item<long>(), 650, 850);
        Assert.Equal(2, tensor(new float[] { 0, 3, 1 }).multinomial(2).unique().Item1.numel());
    }

    [Fact]
    public void DropoutScalesWhatItKeepsAndNothingInEvaluation()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        var x = ones(10000);
        var dropped = nn.functional.dropout(x, 0.25);
        Expect.Values(dropped.unique().Item1, 0, 1 / 0.75);
        Assert.InRange(dropped.mean().item<float>(), 0.95f, 1.05f);
        Assert.True(x.Equals(nn.functional.dropout(x, 0.25, training: false)));
    }
}
