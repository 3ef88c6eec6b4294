using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Attention;

/// <summary>
/// libtorch's own fused attention, which never writes the scores to memory, for what our kernels do not take. It is used where the libtorch at hand has a kernel for such tensors and it was
/// found faster (results/speed/newer-libtorch.md); <c>WGQA_FUSED_ATTENTION=0</c> goes without, <c>=1</c> uses it wherever there is one.
/// </summary>
internal static class FusedAttention
{
    private const int LeastTargets = 16;

    private static readonly ConcurrentDictionary<Kind, bool> HasKernel = new();

    [ThreadStatic]
    private static bool? _asked;

    /// <summary>What decides which kernel libtorch takes, other than sizes.</summary>
    private readonly record struct Kind(DeviceType Device, int Index, ScalarType Type, long Width, bool Biased, bool Trained, bool BiasTrained);

    private static bool? Asked => _asked ?? Environment.GetEnvironmentVariable("WGQA_FUSED_ATTENTION") switch { "0" => false, "1" => true, _ => null };

    /// <summary>Always uses it where libtorch has a kernel, or never, on this thread until disposed: for comparing the two.</summary>
    internal static IDisposable Ask(bool always)
    {
        _asked = always;
        return new Asking();
    }

    /// <summary>dropout(softmax(q·kᵀ + bias))·v, each key/value head serving h/g consecutive query heads; null where the operators are to compute it.</summary>
    /// <param name="q">[b, t, h·d].</param>
    /// <param name="k">[b, g, s, d].</param>
    /// <param name="v">[b, g, s, d].</param>
    /// <param name="bias">[b or 1, h or 1, t or 1, s]; or null.</param>
    /// <param name="heads">Query heads h.</param>
    /// <param name="probability">Of dropping a probability.</param>
    /// <returns>[b, t, h·d], the caller's to dispose.</returns>
    public static Tensor? Attend(Tensor q, Tensor k, Tensor v, Tensor? bias, int heads, double probability) =>
        IsWanted(q, k, v, bias, probability) ? Computed(q, k, v, bias, heads, probability) : null;

    /// <summary>As above, by libtorch's function whether it has a kernel for these or not.</summary>
    internal static Tensor Computed(Tensor q, Tensor k, Tensor v, Tensor? bias, int heads, double probability)
    {
        using var scope = NewDisposeScope();
        var (b, t, g, d) = (q.size(0), q.size(1), k.size(1), k.size(3));
        var n = heads / g;
        // The heads of a group become rows of its one head, and libtorch's 1/√d, which T5 does not have, is undone beforehand.
        using Scalar scale = Math.Sqrt(d);
        var rows = q.view(b, t, g, n, d).permute(0, 2, 3, 1, 4).reshape(b, g, n * t, d).mul(scale);      // (b, g, n·t, d)
        var placed = bias is null || (bias.size(1) == 1 && bias.size(2) == 1)
            ? bias
            : bias.expand(-1, heads, t, -1).reshape(bias.size(0), g, n * t, -1);                         // (b or 1, g, n·t, s)
        var y = nn.functional.scaled_dot_product_attention(rows, k, v, placed?.to_type(q.dtype), probability);   // (b, g, n·t, d)
        return y.view(b, g, n, t, d).permute(0, 3, 1, 2, 4).reshape(b, t, heads * d)                     // (b, t, h·d)
            .MoveToOuterDisposeScope();
    }

    private static bool IsWanted(Tensor q, Tensor k, Tensor v, Tensor? bias, double probability)
    {
        if (Asked == false || k.dtype != q.dtype || (bias is not null && bias.dim() != 4) || !KeepsScores(q.dtype, k.size(3)))
        {
            return false;
        }

        var graph = is_grad_enabled();
        var trained = graph && (q.requires_grad || k.requires_grad || v.requires_grad);
        var kind = new Kind(q.device_type, q.device_index, q.dtype, k.size(3), bias is not null, trained, graph && bias is { requires_grad: true });
        return (Asked == true || IsFaster(kind, q.size(1), probability)) && HasKernel.GetOrAdd(kind, Finds);
    }

    // 1/√d is undone exactly where it is a power of two; elsewhere q is rounded once more, which float32 can afford.
    private static bool KeepsScores(ScalarType type, long d) =>
        type is ScalarType.Float32 or ScalarType.Float64 || (long.IsPow2(d) && long.TrailingZeroCount(d) % 2 == 0);

    // On the CPU, measured: float32 alone gains (bfloat16 takes ten times as long as the operators), and no kernel drops probabilities or has a gradient for the bias. On CUDA the kernels do all
    // of that; a step of few targets is left to the operators there.
    private static bool IsFaster(Kind kind, long targets, double probability) => kind.Device == DeviceType.CPU
        ? kind.Type == ScalarType.Float32 && probability == 0 && !kind.BiasTrained
        : targets >= LeastTargets;

    /// <summary>Whether libtorch has a kernel for such tensors: for a query that lies as [b, t, h, d] in memory, a kernel's result lies likewise, and that of operators as [b, h, t, d].</summary>
    private static bool Finds(Kind kind)
    {
        const int Rows = 16;
        using var scope = NewDisposeScope();
        using var graph = set_grad_enabled(kind.Trained || kind.BiasTrained);
        Tensor Zeros(bool trained, params long[] shape) => zeros(shape, kind.Type, new Device(kind.Device, kind.Index), trained);
        Tensor Heads() => Zeros(kind.Trained, 1, Rows, 2, kind.Width).transpose(1, 2);   // (1, 2, t, d)
        return !nn.functional.scaled_dot_product_attention(Heads(), Heads(), Heads(), kind.Biased ? Zeros(kind.BiasTrained, 1, 2, Rows, Rows) : null).is_contiguous();
    }

    private sealed class Asking : IDisposable
    {
        public void Dispose() => _asked = null;
    }
}
