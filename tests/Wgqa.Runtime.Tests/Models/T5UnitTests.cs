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
        Assert.Equal(expected, positions.Select(p => RelativePositionBias.Bucket(p, buckets, maxDistance, bidirectional)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PositionBiasIsItsBucketsWeightAtEveryPairOfPositions(bool bidirectional)
    {
        manual_seed(3);
        using var bias = new RelativePositionBias(heads: 3, buckets: 8, maxDistance: 20, bidirectional);
        var weight = bias.get_parameter("weight")!;
        using var table = bias.forward(4, 30);   // the last 4 of 30 queries
        for (var i = 0; i < 4; i++)
        {
            for (var key = 0; key < 30; key++)
            {
                var bucket = RelativePositionBias.Bucket(key - (26 + i), 8, 20, bidirectional);
                for (var head = 0; head < 3; head++)
                {
                    Assert.Equal(weight[bucket, head].item<float>(), table[0, head, i, key].item<float>());
                }
            }
        }
    }

    [Fact]
    public void GeluTanhIsGeluNew()
    {
        using var units = Golden.Open("units", "units");
        using var x = units["act.x"].requires_grad_();
        using var y = FeedForward.GeluTanh(x);
        y.sum().backward();
        Closeness.AssertWithin(1e-6, units["act.gelu_new.y"], y, "gelu_new");
        Closeness.AssertWithin(2e-6, units["act.gelu_new.dy"], x.grad!, "its derivative");
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
