namespace TorchSharp;

public static partial class torch
{
    /// <summary>What division does with the remainder.</summary>
    public enum RoundingMode
    {
        /// <summary>True division: integers give a floating-point result.</summary>
        None = 0,

        /// <summary>Towards zero.</summary>
        trunc = 1,

        /// <summary>Towards minus infinity.</summary>
        floor = 2,
    }
}
