using TorchSharp;
using Wgqa.Conversion;
using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Runtime.Tests.Models;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Conversion;

[Trait(TestDevice.Trait, TestDevice.Any)]
public class ModelCalibrationTests
{
    private static readonly Seq2SeqExample[] Examples =
    [
        new([5, 9, 11, 2, 3, 1], [7, 8, 1]),
        new([4, 1], [12, 13, 14, 15, 1]),
        new([6, 6, 31, 1], [20, 1]),
    ];

    [Fact]
    public void PaddingChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var model = SmallModels.Create();
        using var padded = ModelCalibration.Of(model, [Batch(0, 1, 2)]);
        using var alone = ModelCalibration.Of(model, [Batch(0), Batch(1), Batch(2)]);
        foreach (var (_, _, block, _) in model.Attentions)
        {
            Closeness.AssertRelativelyWithin(1e-5, alone.InputCovariance(block), padded.InputCovariance(block), block);
        }
    }

    [Fact]
    public void CovariancesAreTheSecondMomentsOfWhatBlocksRead()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var model = SmallModels.Create(SmallModels.Config with { DecoderStartTokenId = 3 });
        using var calibration = ModelCalibration.Of(model, [Batch(0), Batch(1)]);

        // Each block's inputs again, from the embedding, the blocks' outputs and the norms.
        var embedding = model.get_parameter("shared.weight")!;
        var rows = new Dictionary<string, List<Tensor>>();
        foreach (var example in new[] { 0, 1 })
        {
            using var batch = Batch(example);
            var read = T5.ShiftRight(batch.Labels, model.Config.DecoderStartTokenId, model.Config.PadTokenId);
            var (encoderInputs, decoderInputs) = (new List<Tensor> { embedding[batch.InputIds] }, new List<Tensor> { embedding[read] });
            model.Encoder.Observe = (_, x) => encoderInputs.Add(x.clone().MoveToOtherDisposeScope(scope));
            model.Decoder.Observe = (_, x) => decoderInputs.Add(x.clone().MoveToOtherDisposeScope(scope));
            var encoded = model.Encode(batch.InputIds, null);
            model.Decode(read, encoded, null);
            (model.Encoder.Observe, model.Decoder.Observe) = (null, null);
            foreach (var (site, index, block, _) in model.Attentions)
            {
                var x = site switch
                {
                    Sites.Encoder => Normed(encoderInputs[index], $"encoder.block.{index}.layer.0.layer_norm.weight"),
                    Sites.DecoderSelf => Normed(decoderInputs[index], $"decoder.block.{index}.layer.0.layer_norm.weight"),
                    _ => encoded,
                };
                rows.TryAdd(block, []);
                rows[block].Add(x.view(-1, model.Config.ModelDim).to_type(ScalarType.Float64));
            }
        }

        Assert.Equal(6, rows.Count);
        foreach (var (block, seen) in rows)
        {
            var all = cat([.. seen], 0);
            Closeness.AssertRelativelyWithin(1e-5, all.transpose(0, 1).matmul(all).div(all.size(0)), calibration.InputCovariance(block), block);
            Assert.Equal(ScalarType.Float64, calibration.InputCovariance(block).dtype);
        }

        Tensor Normed(Tensor x, string norm) => x.mul(x.square().mean([-1L], keepdim: true).add(model.Config.LayerNormEpsilon).rsqrt()).mul(model.get_parameter(norm)!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CalibratingLeavesTheModelAndTheMemoryAsTheyWere(bool training)
    {
        using var model = SmallModels.Create();
        model.train(training);
        ModelCalibration.Of(model, [Batch(0, 1)]).Dispose();   // on a device, a position bias keeps its last lengths
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var batch = Batch(0, 1);
        ModelCalibration.Of(model, [batch]).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        Assert.Equal(training, model.training);
        Assert.All(model.modules().OfType<AttentionLayer>(), layer => Assert.Null(layer.Observe));
    }

    [Fact]
    public void DropoutTakesNoPart()
    {
        using var model = SmallModels.Create();
        model.train();
        using var once = ModelCalibration.Of(model, [Batch(0, 1)]);
        using var again = ModelCalibration.Of(model, [Batch(0, 1)]);
        const string Block = "decoder.block.1.layer.0.SelfAttention";
        Assert.Equal(0, Closeness.MaxDifference(once.InputCovariance(Block), again.InputCovariance(Block)));
    }

    [Fact]
    public void NothingToCalibrateOnIsSaid()
    {
        using var model = SmallModels.Create();
        model.train();
        Assert.Equal("calibration data must hold at least 1 token of source and target text.", Assert.Throws<UserException>(() => ModelCalibration.Of(model, [])).Message);
        Assert.True(model.training);
        using var calibration = ModelCalibration.Of(model, [Batch(0)]);
        Assert.Contains("no block decoder.block.7", Assert.Throws<UserException>(() => calibration.InputCovariance("decoder.block.7.layer.0.SelfAttention")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ConversionHandsEachBlockItsCovariance()
    {
        using var model = SmallModels.Create();
        using var calibration = ModelCalibration.Of(model, [Batch(0, 1, 2)]);
        using var target = new T5(model.Config);
        var seen = new List<Tensor?>();
        ModelConversion.Rebuild(model, target, (projections, _, _) => seen.Add(projections.InputCovariance), calibration);
        Assert.Equal(model.Attentions.Select(block => calibration.InputCovariance(block.Name)), seen);
        Assert.All(seen, covariance => Assert.False(covariance!.IsInvalid));
    }

    private static Seq2SeqBatch Batch(params int[] examples) => Seq2SeqBatch.Collate(Examples, examples, device: TestDevice.Current);
}
