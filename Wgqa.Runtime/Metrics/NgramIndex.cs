using System.Runtime.InteropServices;

namespace Wgqa.Metrics;

/// <summary>
/// Gives numbers to the n-grams of a few texts that are compared with each other, so that equal n-grams have equal numbers
/// and counts are arrays. An n-gram is its first n−1 tokens' number and its last token.
/// </summary>
internal sealed class NgramIndex
{
    /// <summary>The number to extend for an n-gram of one token.</summary>
    public const int Empty = -1;

    private readonly Dictionary<long, int> _numbers = [];

    /// <summary>How many n-grams have a number.</summary>
    public int Count => _numbers.Count;

    /// <summary>The number of the n-gram that is <paramref name="prefix"/> followed by <paramref name="token"/>.</summary>
    public int Extend(int prefix, int token)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, ((long)prefix << 32) | (uint)token, out var known);
        if (!known)
        {
            number = _numbers.Count - 1;
        }

        return number;
    }

    /// <summary>Forgets all n-grams and keeps the memory.</summary>
    public void Clear() => _numbers.Clear();
}
