namespace Wgqa.Metrics;

/// <summary>The longest common subsequence of two token sequences. One instance is used by one thread at a time.</summary>
internal sealed class CommonSubsequence
{
    private int[] _table = [];

    /// <summary>Its length.</summary>
    public int Length(ReadOnlySpan<int> reference, ReadOnlySpan<int> candidate)
    {
        // One row is enough for the length.
        var row = Table(candidate.Length + 1);
        row[..(candidate.Length + 1)].Clear();
        foreach (var token in reference)
        {
            var diagonal = 0;
            var left = 0;
            for (var j = 1; j <= candidate.Length; j++)
            {
                var above = row[j];
                left = candidate[j - 1] == token ? diagonal + 1 : Math.Max(above, left);
                row[j] = left;
                diagonal = above;
            }
        }

        return row[candidate.Length];
    }

    /// <summary>
    /// Marks the places in <paramref name="reference"/> of one longest common subsequence: of several, the one that
    /// rouge_score reads out of its table, going up on a tie.
    /// </summary>
    public void Mark(ReadOnlySpan<int> reference, ReadOnlySpan<int> candidate, Span<bool> marks)
    {
        var width = candidate.Length + 1;
        var lengths = Table((reference.Length + 1) * width);
        lengths[..width].Clear();
        for (var i = 1; i <= reference.Length; i++)
        {
            var token = reference[i - 1];
            var above = lengths.Slice((i - 1) * width, width);
            var row = lengths.Slice(i * width, width);
            row[0] = 0;
            for (var j = 1; j < width; j++)
            {
                row[j] = candidate[j - 1] == token ? above[j - 1] + 1 : Math.Max(above[j], row[j - 1]);
            }
        }

        for (var (i, j) = (reference.Length, candidate.Length); i > 0 && j > 0;)
        {
            if (reference[i - 1] == candidate[j - 1])
            {
                marks[--i] = true;
                j--;
            }
            else if (lengths[(i * width) + j - 1] > lengths[((i - 1) * width) + j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }
    }

    private Span<int> Table(int size)
    {
        if (_table.Length < size)
        {
            _table = new int[Math.Max(size, 2 * _table.Length)];
        }

        return _table;
    }
}
