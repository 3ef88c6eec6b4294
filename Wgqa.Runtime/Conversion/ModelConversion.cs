using TorchSharp;
using Wgqa.Attention;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Conversion;

/// <summary>Conversion of a trained multi-head model to a variant (GQA, section 2.1; WGQA, section 3).</summary>
public static class ModelConversion
{
    /// <summary>
    /// A new model with <paramref name="variant"/> at its sites and everything else copied: in the element type, on the device
    /// and in the mode of <paramref name="multiHead"/>, which stays as it is.
    /// </summary>
    /// <param name="multiHead">The trained model.</param>
    /// <param name="variant">What to put at the sites that it names.</param>
    /// <param name="random">Where <see cref="Pooling.RandomHead"/> draws from; null is the global generator.</param>
    /// <param name="calibration">What the model's blocks see on calibration data: needed by a variant that aligns heads by <see cref="Calibration.Activations"/>,
    /// which then also searches its map by it; else not looked at.</param>
    /// <exception cref="UserException">The model is grouped already, or the variant or the calibration does not fit it.</exception>
    public static T5 Convert(T5 multiHead, AttentionVariant variant, Generator? random = null, ModelCalibration? calibration = null)
    {
        var config = multiHead.Config;
        if (config.Grouping is { } grouping)
        {
            throw new UserException($"only a multi-head model can be converted to {variant.Info.Name}, and this one has {grouping.KeyValueHeads} already.");
        }

        // The declaration decides what heads are compared by, not whether there happens to be data.
        if (variant.Info.Alignment != Calibration.Activations)
        {
            calibration = null;
        }

        // A declaration may leave its head maps to a search among the heads that it finds.
        var blocks = multiHead.Attentions.ToDictionary(block => block.Name, block => block.Attention);
        var maps = config.GroupingOf(variant, block =>
        {
            using var projections = blocks[block.Name].Fold();
            return variant.MapsFor(config.ShapeAt(block.Site, block.Layer), projections with { InputCovariance = calibration?.InputCovariance(block.Name) });
        });
        return Rebuild(multiHead, new T5(config with { Grouping = maps }, variant), (projections, _, block) =>
        {
            if (block is GroupedQueryAttention plain)
            {
                plain.LoadGrouped(projections);
            }
            else
            {
                block.LoadMultiHead(projections, random);
            }
        }, calibration);
    }

    /// <summary>Fills a freshly built model from another of the same shape, attention blocks by way of their projections.</summary>
    /// <param name="source">The model copied from.</param>
    /// <param name="target">The model filled, and returned; disposed when something is thrown.</param>
    /// <param name="carry">Takes one block's folded projections over from the first block to the second; they are disposed afterwards.</param>
    /// <param name="calibration">Of the source: its blocks' input covariances go with their projections, and stay the calibration's.</param>
    internal static T5 Rebuild(
        T5 source, T5 target, Action<AttentionProjections, IGroupedAttention, IGroupedAttention> carry, ModelCalibration? calibration = null) => Fill(source, target, () =>
    {
        var blocks = source.Attentions.Zip(target.Attentions).ToList();

        // The position bias lies within a block and is no projection: it is copied like everything outside.
        CopyParameters(source, target, name => name.EndsWith("relative_attention_bias.weight", StringComparison.Ordinal)
            || !blocks.Any(block => name.StartsWith(block.Second.Name, StringComparison.Ordinal)));
        foreach (var (from, to) in blocks)
        {
            using var projections = from.Attention.Fold();
            carry(projections with { InputCovariance = calibration?.InputCovariance(from.Name) }, from.Attention, to.Attention);
        }
    });

    /// <summary>Gives a freshly built model another's element type, device and mode, and fills it.</summary>
    /// <param name="source">The other model.</param>
    /// <param name="target">The model filled, and returned; disposed when something is thrown.</param>
    /// <param name="fill">Copies the values.</param>
    internal static T5 Fill(T5 source, T5 target, Action fill)
    {
        try
        {
            var sample = source.parameters().First();
            target.to(sample.device, sample.dtype);
            using (no_grad())
            {
                fill();
            }

            target.train(source.training);
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Copies those parameters that are asked for; the source has all of them.</summary>
    internal static void CopyParameters(T5 source, T5 target, Func<string, bool> which)
    {
        var originals = source.named_parameters().ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);
        foreach (var (name, parameter) in target.named_parameters().Where(p => which(p.Item1)))
        {
            parameter.copy_(originals[name]);
        }
    }
}
