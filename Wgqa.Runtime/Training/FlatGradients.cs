using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>The gradients of a stretch of a slab, [Length], and how many updates its parameters have had.</summary>
internal readonly record struct GradientPiece(Slab Slab, long Start, long Length, long Steps, Tensor Gradient);

/// <summary>A model's gradients at one moment.</summary>
internal sealed class FlatGradients(IReadOnlyList<GradientPiece> pieces, IReadOnlyList<Slot> slots) : IDisposable
{
    public IReadOnlyList<GradientPiece> Pieces => pieces;

    /// <summary>The parameters that have one.</summary>
    public IReadOnlyList<Slot> Slots => slots;

    /// <summary>The L2 norm of all of them together; 0 where there are none.</summary>
    public double Norm()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        return Math.Sqrt(pieces
            .GroupBy(static piece => piece.Slab, static piece => piece.Gradient.norm().to_type(ScalarType.Float64))
            .Sum(static norms => stack(norms.ToArray()).square().sum().ToDouble()));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var piece in pieces)
        {
            piece.Gradient.Dispose();
        }
    }
}
