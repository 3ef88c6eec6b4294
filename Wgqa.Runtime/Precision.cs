namespace Wgqa;

/// <summary>What a model's matrix products are computed in.</summary>
public enum Precision
{
    /// <summary>The weights' own type, float32 unless the model was loaded in another.</summary>
    Float32,

    /// <summary>
    /// bfloat16, from weights that stay float32: they are cast where they are multiplied, and merged before that. Norms, softmax,
    /// residual sums, position bias and loss are computed in float32.
    /// </summary>
    BFloat16,
}

/// <summary>A module that can compute in another precision than its weights have.</summary>
public interface IMixedPrecision
{
    /// <summary>What matrix products are computed in from now on.</summary>
    Precision Precision { get; set; }
}
