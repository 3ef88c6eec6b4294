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
            config.For(variant);
            return null;
        }
        catch (UserException error)
        {
            return error.Message;
        }
    }
}
