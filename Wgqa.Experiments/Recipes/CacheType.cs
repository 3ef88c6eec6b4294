namespace Wgqa.Experiments.Recipes;

/// <summary>The element types in which a key/value cache is counted.</summary>
internal static class CacheType
{
    /// <summary>Bytes of one element.</summary>
    /// <exception cref="UserException">It is none of the types.</exception>
    public static int BytesOf(string dtype) => dtype switch
    {
        "float32" => 4,
        "bfloat16" or "float16" => 2,
        _ => throw new UserException($"--dtype is '{dtype}'; it must be float32, bfloat16 or float16."),
    };
}
