using static TorchSharp.torch;

namespace Wgqa.Conversion;

/// <summary>
/// The inner products W_i·C·W_jᵀ of a projection's heads in the metric C: all that grouping and aligning heads need to know of the weights. With C the
/// second moment of the inputs, they are the inner products of what the heads compute; with C = I, of their weights. Float64, on the CPU.
/// </summary>
internal sealed class HeadGram : IDisposable
{
    private readonly Tensor _products;   // [h·d, h·d]

    private HeadGram(Tensor products, int heads) => (_products, Heads, Energy) = (products, heads, products.trace().item<double>());

    /// <summary>Heads h.</summary>
    public int Heads { get; }

    /// <summary>Σ ‖W_i‖²_C over all heads: what a loss is a part of.</summary>
    public double Energy { get; }

    private int Width => (int)(_products.size(0) / Heads);

    /// <summary>The products of one projection's heads.</summary>
    /// <param name="projection">[h·d, m].</param>
    /// <param name="metric">C, [m, m]; null is the identity.</param>
    /// <param name="heads">Heads h.</param>
    /// <exception cref="UserException">The projection has no such heads, the metric is of another width, or a number is not finite.</exception>
    public static HeadGram Of(Tensor projection, Tensor? metric, int heads)
    {
        if (projection.size(0) % heads != 0)
        {
            throw new UserException($"a projection of {projection.size(0)} rows cannot be split into {heads} heads.");
        }

        if (metric is not null && metric.size(0) != projection.size(1))
        {
            throw new UserException($"the inputs were calibrated with width {metric.size(0)}, and the projection takes width {projection.size(1)}.");
        }

        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var weight = projection.to(ScalarType.Float64, CPU);                                        // (h·d, m)
        var measured = metric is null ? weight : weight.matmul(metric.to(ScalarType.Float64, CPU)); // (h·d, m)
        var gram = new HeadGram(measured.matmul(weight.transpose(0, 1)).MoveToOuterDisposeScope(), heads);
        if (!double.IsFinite(gram.Energy))
        {
            gram.Dispose();
            throw new UserException("heads cannot be compared: a weight, or a calibrated input, is not a finite number.");
        }

        return gram;
    }

    /// <summary>The products among some heads: [n·d, n·d], the caller's to dispose.</summary>
    public Tensor Among(IReadOnlyList<int> members)
    {
        using var scope = NewDisposeScope();
        var chosen = tensor(members.Select(member => (long)member).ToArray());
        var width = members.Count * Width;
        return Blocks().index_select(0, chosen).index_select(2, chosen)   // (n, d, n, d)
            .reshape(width, width).MoveToOuterDisposeScope();
    }

    /// <summary>⟨W_i, W_j⟩_C of each pair of heads, h × h: the trace of their products.</summary>
    public double[,] Similarities()
    {
        using var scope = NewDisposeScope();
        return Table(Blocks().diagonal(0, 1, 3).sum(-1L));                // (h, h)
    }

    /// <summary>
    /// The largest ⟨R·W_i, W_j⟩_C that an orthogonal R gives each pair of heads, h × h: the nuclear norm of their products.
    /// </summary>
    public double[,] AlignedSimilarities()
    {
        using var scope = NewDisposeScope();
        var similarities = Similarities();
        var blocks = Blocks().transpose(1, 2);                            // (h, h, d, d)
        for (var i = 1; i < Heads; i++)
        {
            var norms = linalg.svdvals(blocks[i].narrow(0, 0, i)).sum(-1L).data<double>();   // (i)
            for (var j = 0; j < i; j++)
            {
                similarities[i, j] = similarities[j, i] = norms[j];
            }
        }

        return similarities;
    }

    /// <inheritdoc/>
    public void Dispose() => _products.Dispose();

    private Tensor Blocks() => _products.view(Heads, Width, Heads, Width);   // (h, d, h, d)

    private double[,] Table(Tensor values)
    {
        var flat = values.contiguous().data<double>().ToArray();
        var table = new double[Heads, Heads];
        Buffer.BlockCopy(flat, 0, table, 0, Buffer.ByteLength(flat));
        return table;
    }
}
