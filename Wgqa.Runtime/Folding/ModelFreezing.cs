using Wgqa.Conversion;
using Wgqa.Models;

namespace Wgqa.Folding;

/// <summary>From a variant that makes its head maps while running to one whose maps stay as they are: uneven, static, and foldable.</summary>
public static class ModelFreezing
{
    /// <summary>
    /// The same variant with each block's head maps made permanent as training has left them, every weight copied. The result has
    /// the element type, device and mode of <paramref name="model"/>. Freezing a frozen model copies it.
    /// </summary>
    /// <exception cref="UserException">The model has no variant that makes its head maps while running.</exception>
    public static T5 Freeze(T5 model)
    {
        if (model is not { Variant: { Info.Folds: Foldability.WhenFrozen } variant, Config.Grouping: { } grouping })
        {
            throw new UserException(model.Variant is { } other
                ? $"the variant {other.Info.Name} makes no head maps while running that could be frozen."
                : "the model has no variant, so it has no head maps that could be frozen.");
        }

        var maps = model.Attentions.Where(block => grouping.Sites.HasFlag(block.Site)).ToDictionary(block => block.Name, block => block.Attention.Maps);
        var config = model.Config with { Grouping = new KeyValueGrouping(variant.Info.Name, grouping.Sites, maps) { Frozen = true } };
        var frozen = new T5(config, variant);
        return ModelConversion.Fill(model, frozen, () =>
        {
            ModelConversion.CopyParameters(model, frozen, static _ => true);
            var buffers = model.named_buffers().ToDictionary(b => b.Item1, b => b.Item2, StringComparer.Ordinal);
            foreach (var (name, buffer) in frozen.named_buffers())
            {
                buffer.copy_(buffers[name]);
            }
        });
    }
}
