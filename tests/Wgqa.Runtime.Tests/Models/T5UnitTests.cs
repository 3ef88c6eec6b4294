using Wgqa.Attention;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Models;

/// <summary>T5's parts against Hugging Face's, each alone.</summary>
public class T5UnitTests
{
    [Theory]
    [InlineData(true, 32, 128)]
    [InlineData(true, 32, 256)]
    [InlineData(true, 16, 64)]
    [InlineData(true, 8, 20)]
    [InlineData(false, 32, 128)]
    [InlineData(false, 32, 256)]
    [InlineData(false, 16, 64)]
    [InlineData(false, 8, 20)]
    public void BucketsAreHuggingFaces(bool bidirectional, int buckets, int maxDistance)
    {
        using var units = Golden.Open("units", "units");
        var positions = units["bucket.relative_position"].data<long>().ToArray();
        var expected = units[$"bucket.bidirectional={(bidirectional ? 1 : 0)}.num_buckets={buckets}.max_distance={maxDistance}"].data<int>().ToArray();
        Assert.Equal(expected, RelativePositionBias.Buckets(positions[0], positions[^1], buckets, maxDistance, bidirectional).Select(static bucket => (int)bucket));
    }

    [Theory]
    [InlineData(9, 128, false, -8, 4, 5)]
    [InlineData(10, 160, false, -10, 5, 6)]
    public void WhereALogarithmFallsOnAWholeBucketRoundingIsHuggingFaces(int buckets, int maxDistance, bool bidirectional, int position, int before, int bucket)
    {
        Assert.Equal([bucket], RelativePositionBias.Buckets(position, position, buckets, maxDistance, bidirectional));
        Assert.Equal([before], RelativePositionBias.Buckets(position + 1, position + 1, buckets, maxDistance, bidirectional));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PositionBiasIsItsBucketsWeightAtEveryPairOfPositions(bool bidirectional)
    {
        manual_seed(3);
        using var bias = new RelativePositionBias(heads: 3, buckets: 8, maxDistance: 20, bidirectional);
        var weight = bias.get_parameter("weight")!;
        var buckets = RelativePositionBias.Buckets(-29, 29, 8, 20, bidirectional);
        using var table = bias.forward(4, 30);   // the last 4 of 30 queries
        for (var i = 0; i < 4; i++)
        {
            for (var key = 0; key < 30; key++)
            {
                var bucket = buckets[29 + key - (26 + i)];
                for (var head = 0; head < 3; head++)
                {
                    Assert.Equal(weight[bucket, head].item<float>(), table[0, head, i, key].item<float>());
                }
            }
        }
    }

    [Theory]
    [InlineData(FeedForwardKind.Relu, "relu")]
    [InlineData(FeedForwardKind.GatedGelu, "gelu_new")]
    [InlineData(FeedForwardKind.GatedSilu, "silu")]
    [InlineData(FeedForwardKind.GatedRelu, "relu")]
    [InlineData(FeedForwardKind.Gelu, "gelu")]
    [InlineData(FeedForwardKind.Silu, "silu")]
    public void ActivationsAreHuggingFaces(FeedForwardKind kind, string name)
    {
        using var units = Golden.Open("units", "units");
        using var x = units["act.x"].requires_grad_();
        using var copy = x.clone();   // what is activated is a product's, and may be written over
        using var y = FeedForward.Activate(kind, copy);
        y.sum().backward();
        Closeness.AssertWithin(1e-6, units[$"act.{name}.y"], y, name);
        Closeness.AssertWithin(2e-6, units[$"act.{name}.dy"], x.grad!, "its derivative");
    }

    [Theory]
    [InlineData(FeedForwardKind.GatedSilu, true)]
    [InlineData(FeedForwardKind.GatedRelu, true)]
    [InlineData(FeedForwardKind.Gelu, false)]
    public void AGatedActivationIsMultipliedByASecondProduct(FeedForwardKind kind, bool gated)
    {
        manual_seed(5);
        using var dense = new FeedForward(SmallModels.Config with { FeedForward = kind });
        Assert.Equal(gated, dense.Linear is not null);
        using var x = randn(3, 24);
        using var scope = NewDisposeScope();
        var inner = FeedForward.Activate(kind, x.matmul(dense.Inner.t()));
        using var expected = (gated ? inner.mul(x.matmul(dense.Linear!.t())) : inner).matmul(dense.Outer.t());
        dense.eval();
        Closeness.AssertWithin(1e-6, expected, dense.forward(x), "wo(σ(wi x))");
    }

    [Fact]
    public void RmsNormForwardAndBackwardAreHuggingFaces()
    {
        using var units = Golden.Open("units", "units");
        using var norm = new RmsNorm(24, 1e-6);
        var weight = norm.get_parameter("weight")!;
        using (no_grad())
        {
            weight.copy_(units["rmsnorm.weight"]);
        }

        using var x = units["rmsnorm.x"].requires_grad_();
        using var y = norm.forward(x);
        y.backward([units["rmsnorm.gy"]]);
        Closeness.AssertWithin(1e-6, units["rmsnorm.y"], y, "norm");
        Closeness.AssertRelativelyWithin(5e-5, units["rmsnorm.gx"], x.grad!, "gradient of the input");
        Closeness.AssertRelativelyWithin(5e-5, units["rmsnorm.gweight"], weight.grad!, "gradient of the weight");
    }

    [Fact]
    public void LossIsCrossEntropyThatIgnoresMinusHundred()
    {
        using var units = Golden.Open("units", "units");
        using var logits = units["ce.logits"].requires_grad_();
        using var loss = T5.Loss(logits.unsqueeze(0), units["ce.target"].unsqueeze(0));
        loss.backward();
        Assert.Equal(units.Numbers.GetProperty("ce.loss").GetDouble(), loss.item<float>(), 5e-6);
        Closeness.AssertRelativelyWithin(5e-5, units["ce.grad"], logits.grad!, "gradient");
    }

    [Fact]
    public void ShiftRightStartsWithTheStartTokenAndHidesIgnoredLabels()
    {
        using var labels = tensor(new long[] { 7, 8, -100, 9, 1, -100 }).view(2, 3);
        using var shifted = T5.ShiftRight(labels, startTokenId: 3, padTokenId: 5);
        Assert.Equal([3, 7, 8, 3, 9, 1], shifted.data<long>().ToArray());
        using var second = tensor(new long[] { -100, 4 }).view(1, 2);
        using var hidden = T5.ShiftRight(second, startTokenId: 3, padTokenId: 5);
        Assert.Equal([3, 5], hidden.data<long>().ToArray());
    }

    [Fact]
    public void ARowOfNothingButPaddingStaysFinite()
    {
        using var model = SmallModels.Create();
        var (input, mask, decoder) = SmallModels.Batch();
        using var nothing = mask.mul(tensor(new long[] { 1, 0 }).view(2, 1));
        using var logits = model.forward(input, nothing, decoder);
        Assert.True(logits.isfinite().all().item<bool>());
    }

    [Fact]
    public void AMaskOfAnotherShapeIsRefused()
    {
        using var model = SmallModels.Create();
        var (input, mask, decoder) = SmallModels.Batch(source: 8);
        using var turned = mask.view(4, 4);
        Assert.Equal("attention_mask is [4, 4], and input_ids is [2, 8].", Assert.Throws<UserException>(() => model.forward(input, turned, decoder)).Message);
    }

    [Fact]
    public void FreshWeightsHaveHuggingFacesDeviations()
    {
        var config = SmallModels.Config with { VocabSize = 500, ModelDim = 100, HeadDim = 20, FeedForwardDim = 300, InitializerFactor = 0.5, TieWordEmbeddings = false };
        using var model = new T5(config);
        using var random = new Generator(11);
        model.Initialize(random);
        void Deviates(string name, double expected) =>
            Assert.InRange(model.get_parameter(name)!.std().item<float>() / (0.5 * expected), 0.93, 1.07);

        Deviates("shared.weight", 1);
        Deviates("lm_head.weight", 1);
        Deviates("encoder.block.1.layer.0.SelfAttention.q.weight", Math.Pow(100 * 20, -0.5));
        Deviates("decoder.block.0.layer.1.EncDecAttention.k.weight", Math.Pow(100, -0.5));
        Deviates("decoder.block.0.layer.0.SelfAttention.v.weight", Math.Pow(100, -0.5));
        Deviates("decoder.block.0.layer.0.SelfAttention.o.weight", Math.Pow(12 * 20, -0.5));
        Deviates("decoder.block.0.layer.2.DenseReluDense.wi.weight", Math.Pow(100, -0.5));
        Deviates("decoder.block.0.layer.2.DenseReluDense.wo.weight", Math.Pow(300, -0.5));
        Assert.Equal(0.5f, model.get_parameter("decoder.final_layer_norm.weight")!.min().item<float>());
    }

    [Fact]
    public void TheSameSeedDrawsTheSameWeights()
    {
        using var one = SmallModels.Create(seed: 5);
        using var two = SmallModels.Create(seed: 5);
        using var other = SmallModels.Create(seed: 6);
        foreach (var ((name, a), (_, b)) in one.named_parameters().Zip(two.named_parameters()))
        {
            Assert.True(a.equal(b).all().item<bool>(), name);
        }

        Assert.NotEqual(0, Closeness.MaxDifference(one.get_parameter("shared.weight")!, other.get_parameter("shared.weight")!));
    }

    [Fact]
    public void BucketsKeptOnADeviceServeEvaluationAndTraining()
    {
        using var anew = new RelativePositionBias(heads: 3, buckets: 8, maxDistance: 20, bidirectional: true);
        using var kept = new RelativePositionBias(heads: 3, buckets: 8, maxDistance: 20, bidirectional: true) { KeepsBuckets = true };
        kept.load_state_dict(anew.state_dict());
        using var scope = NewDisposeScope();
        foreach (var (t, s) in new[] { (4L, 4L), (4L, 4L), (1L, 6L), (4L, 4L) })
        {
            using (var inference = inference_mode())
            {
                Assert.True(kept.forward(t, s).equal(anew.forward(t, s)).all().item<bool>());
            }

            // Made in evaluation, they still serve a backward pass.
            kept.forward(t, s).square().sum().backward();
            anew.forward(t, s).square().sum().backward();
            Assert.True(kept.parameters().Single().grad!.allclose(anew.parameters().Single().grad!));
        }
    }
}
