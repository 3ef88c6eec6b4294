using Wgqa.Data;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>Rows that are beams of inputs: input after input, beam after beam.</summary>
internal static class RowLayout
{
    /// <summary>The input of each run of rows that share one, and the runs' length; where lengths differ, each row has an input to itself.</summary>
    /// <param name="rows">The rows that there will be, by what they are now.</param>
    /// <param name="beams">Rows that an input has now.</param>
    public static (int[] Inputs, int Beams) InputsOf(int[] rows, int beams)
    {
        int[] ofRow = Array.ConvertAll(rows, row => row / beams);
        var starts = Enumerable.Range(0, ofRow.Length).Where(row => row == 0 || ofRow[row] != ofRow[row - 1]).ToArray();
        var run = starts.Length > 1 ? starts[1] : ofRow.Length;
        return starts.Select((start, i) => start == i * run).All(even => even) && starts.Length * run == ofRow.Length
            ? ([.. starts.Select(start => ofRow[start])], run)
            : (ofRow, 1);
    }

    /// <summary>Whether each of <paramref name="count"/> things stays where it is.</summary>
    public static bool IsIdentity(int[] of, int count) => of.AsSpan().SequenceEqual(Enumerable.Range(0, count).ToArray());

    /// <summary>Rows as operators take them: [rows] int64, the caller's to dispose.</summary>
    public static Tensor Index(int[] rows, Device device) => tensor(Array.ConvertAll(rows, row => (long)row), dtype: ScalarType.Int64).Sent(device);

    /// <summary>What a session holds, replaced by some of its rows: <paramref name="held"/> is disposed.</summary>
    public static Tensor Pick(Tensor held, Tensor rows)
    {
        using var before = held;
        return held.index_select(0, rows).DetachFromDisposeScope();
    }
}
