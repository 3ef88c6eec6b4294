using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Models;

[Trait(TestDevice.Trait, TestDevice.Any)]
public class DecoderCacheTests
{
    private static Tensor Steps(T5 model, Tensor decoder, Tensor encoded, Tensor mask, DecoderCache cache, params long[] lengths)
    {
        var (start, parts) = (0L, new List<Tensor>());
        foreach (var length in lengths)
        {
            parts.Add(model.Decode(decoder.narrow(1, start, length), encoded, mask, cache: cache));
            start += length;
        }

        return cat(parts, 1);
    }

    [Theory]
    [InlineData(new long[] { 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData(new long[] { 3, 1, 2, 1 })]
    [InlineData(new long[] { 7 })]
    public void TokensGivenInAnyPortionsGiveTheSameLogits(long[] portions)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        var (input, mask, decoder) = SmallModels.Batch();
        var encoded = model.Encode(input, mask);
        var whole = model.Decode(decoder, encoded, mask);
        using var cache = model.NewCache(20);
        Closeness.AssertWithin(1e-5, whole, Steps(model, decoder, encoded, mask, cache, portions), "cached logits");
        Assert.Equal(7, cache.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReorderedRowsGoOnWhereTheirOriginalsWere(bool sameMemory)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        var (input, mask, decoder) = SmallModels.Batch();
        if (sameMemory)
        {
            (input, mask) = (input.select(0, 0).unsqueeze(0).repeat(2, 1), mask.select(0, 0).unsqueeze(0).repeat(2, 1));
        }

        var encoded = model.Encode(input, mask);
        using var cache = model.NewCache(7);
        Steps(model, decoder, encoded, mask, cache, 3);
        var rows = tensor(new long[] { 1, 0, 1 }, device: TestDevice.Current);
        if (sameMemory)
        {
            rows = tensor(new long[] { 1, 1 }, device: TestDevice.Current);
        }

        cache.Reorder(rows, sameMemory);
        var next = decoder.narrow(1, 3, 1).index_select(0, rows);
        var actual = model.Decode(next, encoded, mask.index_select(0, rows), cache: cache);
        var expected = model.Decode(decoder.narrow(1, 0, 4).index_select(0, rows), encoded.index_select(0, rows), mask.index_select(0, rows));
        Closeness.AssertWithin(1e-5, expected.narrow(1, 3, 1), actual, "logits after reordering");
    }

    [Fact]
    public void AFullCacheSaysSo()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        var (input, mask, decoder) = SmallModels.Batch();
        using var cache = model.NewCache(4);
        var encoded = model.Encode(input, mask);
        Steps(model, decoder, encoded, mask, cache, 4);
        var error = Assert.Throws<InvalidOperationException>(() => Steps(model, decoder, encoded, mask, cache, 1));
        Assert.Contains("holds 4 tokens", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.NewCache(0));
    }
}
