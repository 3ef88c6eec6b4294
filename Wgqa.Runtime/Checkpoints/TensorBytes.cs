using static TorchSharp.torch;

namespace Wgqa.Checkpoints;

/// <summary>The bytes of a tensor in memory, in pieces that fit a span.</summary>
internal static class TensorBytes
{
    private const long PieceBytes = 1 << 28;

    public delegate void Visit(Span<byte> piece, long offset);

    /// <summary>Shows <paramref name="visit"/> the tensor's own memory from front to back, with each piece's offset in bytes.</summary>
    /// <param name="tensor">Contiguous and on the CPU.</param>
    /// <param name="visit">May change the bytes.</param>
    public static void ForEachPiece(Tensor tensor, Visit visit)
    {
        using var frozen = no_grad();
        using var plain = tensor.detach();
        using var flat = plain.view(-1);
        var (count, width) = (flat.size(0), flat.element_size());
        var step = PieceBytes / width;
        for (var start = 0L; start < count; start += step)
        {
            using var piece = flat.narrow(0, start, Math.Min(step, count - start));
            visit(piece.bytes, start * width);
        }
    }
}
