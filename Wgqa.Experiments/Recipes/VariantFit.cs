using Wgqa.Models;

namespace Wgqa.Experiments.Recipes;

/// <summary>Whether a variant can replace a model's attention.</summary>
internal static class VariantFit
{
    /// <summary>Why it cannot, in a sentence; null where it can.</summary>
    public static string? Obstacle(AttentionVariant variant, T5Config config)
    {
        try
        {
            Require(variant, config);
            return null;
        }
        catch (UserException error)
        {
            return error.Message;
        }
    }

    /// <exception cref="UserException">It cannot.</exception>
    public static void Require(AttentionVariant variant, T5Config config)
    {
        foreach (var site in Enum.GetValues<Sites>().Where(site => variant.Info.Sites.HasFlag(site)))
        {
            for (var layer = 0; layer < (site == Sites.Encoder ? config.EncoderLayers : config.DecoderLayers); layer++)
            {
                variant.MapsFor(config.Shape with { Site = site, Layer = layer });
            }
        }
    }
}
