using System.Collections.Concurrent;
using TorchSharp;
using Wgqa.Kernels;
using static TorchSharp.torch;

namespace Wgqa.Training;

/// <summary>The gradients of a stretch of a slab, [Length], and how many updates its parameters have had.</summary>
internal readonly record struct GradientPiece(Slab Slab, long Start, long Length, long Steps, Tensor Gradient);

/// <summary>A model's gradients at one moment.</summary>
internal sealed class FlatGradients(IReadOnlyList<GradientPiece> pieces, IReadOnlyList<Slot> slots) : IDisposable
{
    // Pieces are short enough for one thread: threads take turns and meet once, not after every operation.
    private const int PiecesAtOnce = 16;

    public IReadOnlyList<GradientPiece> Pieces => pieces;

    /// <summary>The parameters that have one.</summary>
    public IReadOnlyList<Slot> Slots => slots;

    /// <summary>The L2 norm of all of them together; 0 where there are none.</summary>
    public double Norm()
    {
        if (pieces.Any(static piece => piece.Gradient.device_type != DeviceType.CPU))
        {
            using var scope = NewDisposeScope();
            return stack([.. pieces.Select(static piece => piece.Gradient.norm().to_type(ScalarType.Float64))]).norm().ToDouble();   // waited for once
        }

        var norms = new double[pieces.Count];
        InTurns([.. pieces], (first, some) =>
        {
            foreach (var (place, piece) in some.Index())
            {
                norms[first + place] = NativeKernels.Norm2(piece.Gradient) ?? Plain(piece.Gradient);
            }
        });
        return Math.Sqrt(norms.Sum(static norm => norm * norm));

        static double Plain(Tensor gradient)
        {
            using var norm = gradient.norm();
            return norm.ToDouble();
        }
    }

    /// <summary>Does something to all pieces, some at a time, on as many threads as libtorch has; with the place of the first of them.</summary>
    public static void InTurns(GradientPiece[] pieces, Action<int, GradientPiece[]> action)
    {
        if (pieces.Length > 0)
        {
            var threads = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
            Parallel.ForEach(Partitioner.Create(0, pieces.Length, PiecesAtOnce), threads, range => action(range.Item1, pieces[range.Item1..range.Item2]));
        }
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
