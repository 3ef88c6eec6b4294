using TorchSharp;
using Wgqa.Data;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Conversion;

/// <summary>
/// What each attention block of a model makes its keys and values from, over calibration data: the mean of x·xᵀ over all tokens, with which heads are
/// compared by what they compute instead of by their weights. No activation is kept. It owns the tensors: dispose it.
/// </summary>
public sealed class ModelCalibration : IDisposable
{
    private readonly Dictionary<string, Tensor> _covariances;

    private ModelCalibration(Dictionary<string, Tensor> covariances) => _covariances = covariances;

    /// <summary>
    /// Runs the model over the batches, in evaluation mode, and leaves it as it was. Padding is left out: by the batch's mask in the encoder and in
    /// cross-attention, and in decoder self-attention where there is no label.
    /// </summary>
    /// <param name="model">A multi-head model.</param>
    /// <param name="batches">Calibration data on the model's device. Each batch is disposed once it has been seen.</param>
    /// <exception cref="UserException">The batches hold no token.</exception>
    public static ModelCalibration Of(T5 model, IEnumerable<Seq2SeqBatch> batches)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var training = model.training;
        var layers = model.named_modules().Where(static named => named.Item2 is AttentionLayer)
            .ToDictionary(static named => named.Item1, static named => (AttentionLayer)named.Item2, StringComparer.Ordinal);
        var moments = new Dictionary<string, SecondMoment>(StringComparer.Ordinal);
        var (sourceMask, targetMask, memory) = ((Tensor?)null, (Tensor?)null, (SecondMoment?)null);
        foreach (var (site, _, block, _) in model.Attentions)
        {
            // Every cross-attention reads the same encoder output: one of them sees it for all.
            if (site == Sites.DecoderCross && memory is not null)
            {
                moments[block] = memory;
                continue;
            }

            var moment = moments[block] = new SecondMoment(model);
            memory = site == Sites.DecoderCross ? moment : memory;
            layers[block[..block.LastIndexOf('.')]].Observe = inputs => moment.Add(inputs, site == Sites.DecoderSelf ? targetMask! : sourceMask!);
        }

        try
        {
            model.eval();
            foreach (var batch in batches)
            {
                using var seen = batch;
                using var step = NewDisposeScope();
                var read = T5.ShiftRight(batch.Labels, model.Config.DecoderStartTokenId, model.Config.PadTokenId);   // (b, t)
                using Scalar hidden = 0, ignored = T5.IgnoredLabel;
                (sourceMask, targetMask) = (batch.AttentionMask.ne(hidden), batch.Labels.ne(ignored));               // (b, s), (b, t)
                model.forward(batch.InputIds, batch.AttentionMask, read);
            }
        }
        finally
        {
            foreach (var layer in layers.Values)
            {
                layer.Observe = null;
            }

            model.train(training);
        }

        return new(moments.ToDictionary(named => named.Key, named => named.Value.Mean(), StringComparer.Ordinal));
    }

    /// <summary>The second moment of one block's inputs: [m, m] float64 on the model's device. It stays the calibration's.</summary>
    /// <param name="block">The block's registered name, as <see cref="T5.Attentions"/> gives it.</param>
    /// <exception cref="UserException">The model calibrated with has no such block.</exception>
    public Tensor InputCovariance(string block) => _covariances.TryGetValue(block, out var covariance)
        ? covariance
        : throw new UserException($"the calibration was made with a model that has no block {block}.");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var covariance in _covariances.Values)
        {
            covariance.Dispose();
        }
    }

    private sealed class SecondMoment(T5 model)
    {
        private readonly Tensor _sum = zeros([model.Config.ModelDim, model.Config.ModelDim], ScalarType.Float64, model.parameters().First().device);
        private long _tokens;

        public void Add(Tensor inputs, Tensor mask)
        {
            using var scope = NewDisposeScope();
            var kept = mask.view(-1).nonzero().view(-1);                                                             // (n)
            var rows = inputs.reshape(-1, inputs.size(2)).index_select(0, kept).to_type(ScalarType.Float64);         // (n, m)
            _sum.addmm_(rows.transpose(0, 1), rows);                                                                 // (m, m)
            _tokens += rows.size(0);
        }

        public Tensor Mean() => _tokens > 0
            ? _sum.div(_tokens).DetachFromDisposeScope()
            : throw new UserException("calibration data must hold at least 1 token of source and target text.");
    }
}
