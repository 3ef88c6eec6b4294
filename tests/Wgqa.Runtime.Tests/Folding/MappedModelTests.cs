using TorchSharp;
using Wgqa.Attention;
using Wgqa.Decoding;
using Wgqa.Folding;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Folding;

/// <summary>A model whose blocks have head maps of any kind is the multi-head model that it expands to.</summary>
public sealed class MappedModelTests : IDisposable
{
    private const Sites Decoder = Sites.DecoderSelf | Sites.DecoderCross;

    // Self-attention then cross-attention of the two decoder blocks, and the encoder's two where it is grouped.
    private static readonly Dictionary<string, HeadMaps[]> Named = new()
    {
        ["strided"] = [.. Enumerable.Repeat(HeadMaps.Same(HeadMap.Strided(12, 4)), 4)],
        ["uneven"] = [.. Enumerable.Repeat(HeadMaps.Same(HeadMap.Of(0, 0, 0, 0, 0, 1, 2, 2, 2, 3, 3, 3)), 4)],
        ["permuted"] = [.. Enumerable.Repeat(HeadMaps.Same(HeadMap.Of(3, 0, 2, 1, 1, 0, 2, 3, 3, 1, 0, 2)), 4)],
        ["keys apart from values"] = [.. Enumerable.Repeat(new HeadMaps(HeadMap.Contiguous(12, 6), HeadMap.Contiguous(12, 2)), 4)],
        ["different orders"] = [.. Enumerable.Repeat(new HeadMaps(HeadMap.Strided(12, 3), HeadMap.Of(1, 0, 0, 1, 2, 2, 2, 0, 1, 1, 0, 1)), 4)],
        ["block by block"] =
        [
            HeadMaps.Same(HeadMap.Contiguous(12, 1)), HeadMaps.Same(HeadMap.Contiguous(12, 6)),
            HeadMaps.Same(HeadMap.Strided(12, 6)), new(HeadMap.Contiguous(12, 12), HeadMap.OfSizes(7, 5)),
        ],
        ["with the encoder"] =
        [
            HeadMaps.Same(HeadMap.Strided(12, 2)), HeadMaps.Same(HeadMap.Contiguous(12, 3)), HeadMaps.Same(HeadMap.Contiguous(12, 4)),
            HeadMaps.Same(HeadMap.Strided(12, 4)), HeadMaps.Same(HeadMap.OfSizes(1, 11)), new(HeadMap.Strided(12, 6), HeadMap.Contiguous(12, 6)),
        ],
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => new(Named.Keys);

    public void Dispose() => _folder.Dispose();

    private static T5Config Config(string name)
    {
        string[] blocks =
        [
            "decoder.block.0.layer.0.SelfAttention", "decoder.block.1.layer.0.SelfAttention",
            "decoder.block.0.layer.1.EncDecAttention", "decoder.block.1.layer.1.EncDecAttention",
            "encoder.block.0.layer.0.SelfAttention", "encoder.block.1.layer.0.SelfAttention",
        ];
        var maps = Named[name];
        return SmallModels.Config with
        {
            Grouping = new(null, maps.Length == 4 ? Decoder : Decoder | Sites.Encoder, blocks.Zip(maps).ToDictionary(each => each.First, each => each.Second)),
        };
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesWhatItsExpansionComputes(string name)
    {
        using var model = SmallModels.Create(Config(name));
        using var folded = ModelFolding.Fold(model);
        Assert.Equal(model.Config, folded.Config);
        using var expanded = ModelFolding.Expand(model);
        Assert.Null(expanded.Config.Grouping);
        Assert.All(expanded.Attentions, block => Assert.Equal(HeadMaps.Same(HeadMap.Contiguous(12, 12)), block.Attention.Maps));
        foreach (var other in new[] { folded, expanded })
        {
            AssertSameFunction(model, other);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ItWritesWhatItsExpansionWrites(string name)
    {
        using var model = SmallModels.Create(Config(name));
        using var expanded = ModelFolding.Expand(model);
        using var scope = NewDisposeScope();
        var (input, mask, _) = SmallModels.Batch();
        var greedy = T5Generation.DefaultOptions(model.Config) with { MaxNewTokens = 12 };
        foreach (var options in new[] { greedy, greedy with { NumBeams = 3, NumReturnSequences = 2 } })
        {
            Assert.Equal(expanded.Generate(input, options, mask).Tokens, model.Generate(input, options, mask).Tokens);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ItIsSavedAndLoadedBitForBit(string name)
    {
        using var model = SmallModels.Create(Config(name));
        T5Folder.Save(model, _folder.Path("model"));
        using var loaded = T5Folder.Load(_folder.Path("model"));
        Assert.Equal(model.Config, loaded.Config);
        Assert.Equal(model.Attentions.Select(block => block.Attention.Maps), loaded.Attentions.Select(block => block.Attention.Maps));
        foreach (var ((parameter, expected), (_, actual)) in model.named_parameters().Zip(loaded.named_parameters()))
        {
            Assert.True(expected.equal(actual).all().item<bool>(), parameter);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ItsCacheHoldsItsKeyHeadsAndItsValueHeads(string name)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create(Config(name));
        var (input, mask, decoder) = SmallModels.Batch();
        using var cache = model.NewCache(8);
        model.Decode(decoder, model.Encode(input, mask), mask, cache: cache);
        var expected = 0L;
        foreach (var (site, block, _, attention) in model.Attentions.Where(block => block.Site != Sites.Encoder))
        {
            var held = site == Sites.DecoderSelf ? cache.Self(block) : cache.Cross(block);
            Assert.Equal([2, attention.Maps.Key.Groups, site == Sites.DecoderSelf ? 7 : 9, 5], held.Keys!.shape);
            Assert.Equal([2, attention.Maps.Value.Groups, site == Sites.DecoderSelf ? 7 : 9, 5], held.Values!.shape);
            expected += (attention.Maps.Key.Groups + attention.Maps.Value.Groups) * 5 * sizeof(float);
        }

        Assert.Equal(expected, cache.BytesPerToken);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ItsGradientIsTheSumOverThoseThatItsHeadsServe(string name)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create(Config(name));
        model.to(ScalarType.Float64);
        using var expanded = ModelFolding.Expand(model);
        var (input, mask, labels) = SmallModels.Batch();
        foreach (var each in new[] { model, expanded })
        {
            T5.Loss(each.forward(input, mask, T5.ShiftRight(labels)), labels).backward();
        }

        foreach (var (_, _, block, attention) in model.Attentions)
        {
            Assert.Equal(0, Closeness.MaxDifference(model.get_parameter($"{block}.q.weight")!, expanded.get_parameter($"{block}.q.weight")!));
            foreach (var (projection, map) in new[] { ("k", attention.Maps.Key), ("v", attention.Maps.Value) })
            {
                var perHead = expanded.get_parameter($"{block}.{projection}.weight")!.grad!.view(12, 5, 24);
                var actual = model.get_parameter($"{block}.{projection}.weight")!.grad!.view(map.Groups, 5, 24);
                for (var group = 0; group < map.Groups; group++)
                {
                    var sum = map.Members(group).Select(head => perHead[head]).Aggregate((all, next) => all.add(next));
                    // The loss itself is in float32.
                    Closeness.AssertRelativelyWithin(1e-5, sum, actual[group], $"the gradient of {block}.{projection}'s head {group}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NoStepLeavesATensorBehind(string name)
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create(Config(name));
        var (input, mask, labels) = SmallModels.Batch();
        void Train()
        {
            using var decoder = T5.ShiftRight(labels);
            using var logits = model.forward(input, mask, decoder);
            using var loss = T5.Loss(logits, labels);
            loss.backward();
        }

        using var encoded = model.Encode(input, mask);
        using var cache = model.NewCache(40);
        void Decode()
        {
            using var token = labels.narrow(1, 0, 1);
            using var logits = model.Decode(token, encoded, mask, cache: cache);
        }

        foreach (var step in new Action[] { Train, Decode })
        {
            step();   // the first one makes gradients, and fills the cache
            var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            for (var i = 0; i < 10; i++)
            {
                step();
            }

            Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }
    }

    private static void AssertSameFunction(T5 expected, T5 actual)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (input, mask, decoder) = SmallModels.Batch();
        var (encoded, encodedToo) = (expected.Encode(input, mask), actual.Encode(input, mask));
        var whole = expected.Decode(decoder, encoded, mask);
        Closeness.AssertWithin(1e-5, whole, actual.Decode(decoder, encodedToo, mask), "logits");
        using var cache = actual.NewCache(decoder.size(1));
        for (var step = 0; step < decoder.size(1); step++)
        {
            Closeness.AssertWithin(1e-5, whole.narrow(1, step, 1), actual.Decode(decoder.narrow(1, step, 1), encodedToo, mask, cache: cache), $"step {step}");
        }
    }
}
