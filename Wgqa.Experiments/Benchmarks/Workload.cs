using Wgqa.Data;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>Batches made by formula, the same here and in the peer's script; nothing is padded.</summary>
internal static class Workload
{
    /// <summary>[rows, columns] int64 ids from 3 up.</summary>
    public static Tensor Ids(int rows, int columns, int seed, int vocabulary, Device? device = null)
    {
        using var scope = NewDisposeScope();
        var r = arange(rows, ScalarType.Int64).unsqueeze(1);
        var c = arange(columns, ScalarType.Int64).unsqueeze(0);
        return r.mul(7919).add(c.mul(104729)).add(seed * 1299709L).remainder(vocabulary - 3).add(3).to(device ?? CPU).MoveToOuterDisposeScope();
    }

    /// <summary>Pairs of full length.</summary>
    public static Seq2SeqExample[] Examples(int rows, int source, int target, int seed, int vocabulary)
    {
        using var inputs = Ids(rows, source, seed, vocabulary);
        using var labels = Ids(rows, target, seed + 1, vocabulary);
        return [.. Enumerable.Range(0, rows).Select(row => new Seq2SeqExample(Row(inputs, row), Row(labels, row)))];
    }

    private static int[] Row(Tensor ids, int row)
    {
        using var one = ids[row];
        return [.. one.data<long>().Select(id => (int)id)];
    }
}
