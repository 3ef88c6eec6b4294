using Wgqa.Conversion;
using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Text;

namespace Wgqa.Experiments.Recipes;

/// <summary>Converting a multi-head model to a variant, with calibration data where the variant compares heads by what they compute.</summary>
internal static class VariantConversion
{
    // A second moment of m × m numbers settles with some thousands of tokens.
    private const int CalibrationPairs = 64;
    private const int BatchSize = 16;

    /// <summary>The converted model; the multi-head one stays as it is.</summary>
    /// <param name="multiHead">The trained model.</param>
    /// <param name="variant">What to convert to.</param>
    /// <param name="tokenizer">Loads the model's, which only calibration asks for.</param>
    /// <param name="task">What <paramref name="pairs"/> are.</param>
    /// <param name="pairs">Training pairs, of which the first few are calibrated with; null where there are none.</param>
    /// <exception cref="UserException">The variant needs calibration data, or does not fit.</exception>
    public static T5 Convert(T5 multiHead, AttentionVariant variant, Func<T5Tokenizer> tokenizer, TextTask task, IReadOnlyList<TextPair>? pairs) => Convert(
        multiHead,
        variant,
        () => pairs is null
            ? throw new UserException($"the variant {variant.Info.Name} compares heads by what they compute; --data has to name pairs of texts to calibrate with.")
            : task.Encoder(tokenizer()).Encode(pairs.Take(CalibrationPairs)).Chunk(BatchSize));

    /// <summary>The converted model; the multi-head one stays as it is.</summary>
    /// <param name="multiHead">The trained model.</param>
    /// <param name="variant">What to convert to.</param>
    /// <param name="examples">The batches to calibrate with, asked for by a variant that compares heads by what they compute.</param>
    /// <exception cref="UserException">The variant does not fit.</exception>
    public static T5 Convert(T5 multiHead, AttentionVariant variant, Func<IEnumerable<IReadOnlyList<Seq2SeqExample>>> examples)
    {
        if (variant.Info.Alignment != Calibration.Activations)
        {
            return ModelConversion.Convert(multiHead, variant);
        }

        var device = multiHead.parameters().First().device;
        using var calibration = ModelCalibration.Of(multiHead, examples().Select(batch => new Seq2SeqBatch(PaddedBatch.Of(batch), device)));
        return ModelConversion.Convert(multiHead, variant, calibration: calibration);
    }
}
