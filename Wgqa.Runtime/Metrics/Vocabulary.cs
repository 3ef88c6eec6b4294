using System.Runtime.InteropServices;

namespace Wgqa.Metrics;

/// <summary>Numbers for tokens, so that texts are compared as integers.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The token's number, the same for equal tokens.</summary>
    public int this[string token]
    {
        get
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, token, out var known);
            if (!known)
            {
                number = _numbers.Count - 1;
            }

            return number;
        }
    }
}
