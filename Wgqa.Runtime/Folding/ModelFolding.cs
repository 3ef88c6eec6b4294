using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Folding;

/// <summary>From a trained variant to a plain model that computes the same function: nothing learned is left beside the projections.</summary>
public static class ModelFolding
{
    /// <summary>
    /// The plain grouped-query model of the same function: keys and values [G·d, m] at the variant's sites. Folding a folded or
    /// multi-head model copies it. The result has the element type, device and mode of <paramref name="model"/>.
    /// </summary>
    /// <exception cref="UserException">The variant equals no plain grouped-query attention.</exception>
    public static T5 Fold(T5 model)
    {
        RefuseUnfoldable(model);
        var grouping = model.Config.Grouping is { } existing ? existing with { Variant = null } : null;
        return ModelConversion.Rebuild(model, new T5(model.Config with { Grouping = grouping }),
            static (projections, block) => ((GroupedQueryAttention)block).LoadGrouped(projections));
    }

    /// <summary>
    /// The multi-head model of the same function, each key/value head repeated for the query heads that it serves: what stock
    /// Hugging Face T5 loads. It computes and caches h heads again; only the checkpoint's shape is gained.
    /// </summary>
    /// <exception cref="UserException">The variant equals no plain grouped-query attention.</exception>
    public static T5 Expand(T5 model)
    {
        RefuseUnfoldable(model);
        var config = model.Config with { Grouping = null };
        return ModelConversion.Rebuild(model, new T5(config), (grouped, block) =>
        {
            HeadMap Map(Tensor projection) => HeadMap.Contiguous(config.Heads, (int)(projection.size(0) / config.HeadDim));
            using var key = HeadRepetition.Repeat(grouped.Key, Map(grouped.Key));
            using var value = HeadRepetition.Repeat(grouped.Value, Map(grouped.Value));
            ((GroupedQueryAttention)block).LoadGrouped(grouped with { Key = key, Value = value });
        });
    }

    private static void RefuseUnfoldable(T5 model)
    {
        if (model.Variant is { Info.Folds: not Foldability.Always } variant)
        {
            throw new UserException($"the variant {variant.Info.Name} equals no plain grouped-query attention, so it cannot be folded.");
        }
    }
}
