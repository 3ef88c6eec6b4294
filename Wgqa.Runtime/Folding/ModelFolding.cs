using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Models;

namespace Wgqa.Folding;

/// <summary>From a trained variant to a plain model that computes the same function: nothing learned is left beside the projections.</summary>
public static class ModelFolding
{
    /// <summary>
    /// The plain grouped-query model of the same function: at the variant's sites, keys [Gk·d, m] and values [Gv·d, m] with each
    /// block's head maps. Folding a folded or multi-head model copies it. The result has the element type, device and mode of <paramref name="model"/>.
    /// </summary>
    /// <exception cref="UserException">The variant equals no plain grouped-query attention, or not before it is frozen.</exception>
    public static T5 Fold(T5 model)
    {
        RefuseUnfoldable(model);
        var grouping = model.Config.Grouping is { } existing
            ? new KeyValueGrouping(variant: null, existing.Sites, model.Attentions.Where(block => existing.Sites.HasFlag(block.Site)).ToDictionary(block => block.Name, block => block.Attention.Maps))
            : null;
        return ModelConversion.Rebuild(model, new T5(model.Config with { Grouping = grouping }),
            static (projections, _, block) => ((GroupedQueryAttention)block).LoadGrouped(projections));
    }

    /// <summary>
    /// The multi-head model of the same function, each key/value head repeated for the query heads that it serves: what stock
    /// Hugging Face T5 loads. It computes and caches h heads again; only the checkpoint's shape is gained.
    /// </summary>
    /// <exception cref="UserException">The variant equals no plain grouped-query attention, or not before it is frozen.</exception>
    public static T5 Expand(T5 model)
    {
        RefuseUnfoldable(model);
        return ModelConversion.Rebuild(model, new T5(model.Config with { Grouping = null }), static (grouped, from, block) =>
        {
            using var key = HeadRepetition.Repeat(grouped.Key, from.Maps.Key);
            using var value = HeadRepetition.Repeat(grouped.Value, from.Maps.Value);
            ((GroupedQueryAttention)block).LoadGrouped(grouped with { Key = key, Value = value });
        });
    }

    private static void RefuseUnfoldable(T5 model)
    {
        switch (model.Variant?.Info)
        {
            case { Folds: Foldability.Never } never:
                throw new UserException($"the variant {never.Name} cannot be folded: {never.ObstacleToFolding}.");
            case { Folds: Foldability.WhenFrozen } running when model.Config.Grouping is { Frozen: false }:
                throw new UserException($"the variant {running.Name} makes its head maps while running, so it can only be folded once they are frozen.");
        }
    }
}
