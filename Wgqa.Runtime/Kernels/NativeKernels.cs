using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Kernels;

/// <summary>
/// Operators of several at once, with gradients, in the native half of the stand-in for TorchSharp: each reads and writes memory once where a chain of libtorch's operators
/// does so for each of them. This class alone decides whether they are there and whether they take a tensor; where not, callers compute the same by TorchSharp's own operators.
/// </summary>
/// <remarks><c>WGQA_KERNELS=0</c> in the environment does without them.</remarks>
internal static unsafe class NativeKernels
{
    // Below this a block of targets would be mostly empty; decoding has ways of its own.
    private const long LeastTargets = 8;

    private static readonly nint Shim = Environment.GetEnvironmentVariable("WGQA_KERNELS") != "0" ? StandIn.Library : 0;
    private static readonly nint Library = Shim != 0 && Fused() ? Shim : 0;
    private static readonly delegate* unmanaged<byte*> ErrorLine = (delegate* unmanaged<byte*>)StandIn.Entry("wgqa_error");
    private static readonly delegate* unmanaged<nint, nint, double, int, out nint, int> Norm = (delegate* unmanaged<nint, nint, double, int, out nint, int>)Entry("wgqa_rms_norm");
    private static readonly delegate* unmanaged<nint, nint, long, out nint, int> Entropy = (delegate* unmanaged<nint, nint, long, out nint, int>)Entry("wgqa_cross_entropy");
    private static readonly delegate* unmanaged<nint, nint, nint, long, out nint, int> Head = (delegate* unmanaged<nint, nint, nint, long, out nint, int>)Entry("wgqa_head_loss");
    private static readonly delegate* unmanaged<nint, nint, double, long, out nint, int> Sum = (delegate* unmanaged<nint, nint, double, long, out nint, int>)Entry("wgqa_add_dropped");
    private static readonly delegate* unmanaged<nint, double, long, out nint, int> Drop = (delegate* unmanaged<nint, double, long, out nint, int>)Entry("wgqa_dropped");
    private static readonly delegate* unmanaged<nint, int, out nint, int> Convert = (delegate* unmanaged<nint, int, out nint, int>)Entry("wgqa_cast");
    private static readonly delegate* unmanaged<long, double, long, out nint, int> Draw = (delegate* unmanaged<long, double, long, out nint, int>)Entry("wgqa_draw_kept");
    private static readonly delegate* unmanaged<nint, nint, nint, nint, nint, long, nint, double, out nint, int> Attention =
        (delegate* unmanaged<nint, nint, nint, nint, nint, long, nint, double, out nint, int>)Entry("wgqa_attend");
    private static readonly delegate* unmanaged<nint, nint, nint, nint, double, double, double, double, double, int> Adam =
        (delegate* unmanaged<nint, nint, nint, nint, double, double, double, double, double, int>)Entry("wgqa_adamw");
    private static readonly delegate* unmanaged<nint, out double, int> Squares = (delegate* unmanaged<nint, out double, int>)Entry("wgqa_sum_of_squares");

    [ThreadStatic]
    private static bool _withheld;

    /// <summary>Whether the library has kernels for this processor.</summary>
    public static bool Available => Library != 0 && !_withheld;

    /// <summary>Whether this thread does without kernels for now.</summary>
    internal static bool AreWithheld => _withheld;

    /// <summary>Does without them on this thread until disposed: for comparing the two.</summary>
    public static IDisposable Withhold()
    {
        _withheld = true;
        return new Withheld();
    }

    /// <summary>weight · x / √(mean x² + ε) over the last axis.</summary>
    /// <param name="x">[…, m].</param>
    /// <param name="weight">[m].</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="type">The result's type, float32 or bfloat16.</param>
    /// <returns>x's shape, the caller's to dispose; null where the kernel does not take these tensors, as in what follows.</returns>
    public static Tensor? RmsNorm(Tensor x, Tensor weight, double epsilon, ScalarType type) =>
        Takes(x) && Takes(weight) && type is ScalarType.Float32 or ScalarType.BFloat16
            ? Made(Norm(x.Handle, weight.Handle, epsilon, (int)type, out var y), y, x, weight)
            : null;

    /// <summary>Mean cross-entropy over the labels that are not <paramref name="ignored"/>: a float32 scalar.</summary>
    /// <param name="logits">[…, V].</param>
    /// <param name="labels">[…] int64.</param>
    /// <param name="ignored">The label at which no loss is taken.</param>
    public static Tensor? CrossEntropy(Tensor logits, Tensor labels, long ignored) =>
        TakesNarrow(logits) ? Made(Entropy(logits.Handle, labels.Handle, ignored, out var loss), loss, logits, labels) : null;

    /// <summary>Mean cross-entropy of hidden·weightᵀ over the labels that are not <paramref name="ignored"/>, a block of rows after the other: a float32 scalar. With gradients on, they are computed here.</summary>
    /// <param name="hidden">[…, m].</param>
    /// <param name="weight">[V, m], of the same type.</param>
    /// <param name="labels">[…] int64.</param>
    /// <param name="ignored">The label at which no loss is taken: its rows are left out.</param>
    public static Tensor? HeadLoss(Tensor hidden, Tensor weight, Tensor labels, long ignored) =>
        TakesNarrow(hidden) && weight.dtype == hidden.dtype ? Made(Head(hidden.Handle, weight.Handle, labels.Handle, ignored, out var loss), loss, hidden, weight, labels) : null;

    /// <summary>residual + dropout(x), in float32.</summary>
    /// <param name="residual">Any shape.</param>
    /// <param name="x">The same shape.</param>
    /// <param name="probability">Of dropping an element; 0 draws nothing.</param>
    public static Tensor? AddDropped(Tensor residual, Tensor x, double probability) =>
        Takes(residual) && TakesNarrow(x) ? Made(Sum(residual.Handle, x.Handle, probability, Seed(probability), out var sum), sum, residual, x) : null;

    /// <summary>dropout(x), in its type.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="probability">Of dropping an element.</param>
    public static Tensor? Dropped(Tensor x, double probability) =>
        TakesNarrow(x) ? Made(Drop(x.Handle, probability, Seed(probability), out var y), y, x) : null;

    /// <summary>x in another type, or x itself under another name.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="type">The result's type.</param>
    /// <returns>x's shape, the caller's to dispose.</returns>
    public static Tensor Cast(Tensor x, ScalarType type) =>
        x.dtype != type && TakesNarrow(x) && type is ScalarType.Float32 or ScalarType.BFloat16 ? Made(Convert(x.Handle, (int)type, out var y), y, x) : x.to_type(type);

    /// <summary>dropout(softmax(q·kᵀ + bias + padding))·v, each key/value head serving h/g consecutive query heads.</summary>
    /// <param name="q">[b, t, h·d].</param>
    /// <param name="k">[b, g, s, d].</param>
    /// <param name="v">[b, g, s, d].</param>
    /// <param name="bias">[b or 1, h or 1, t or 1, s or 1]; or null.</param>
    /// <param name="padding">[b or 1, 1, 1, s], without a gradient; or null.</param>
    /// <param name="heads">Query heads h.</param>
    /// <param name="probability">Of dropping a probability.</param>
    /// <returns>[b, t, h·d].</returns>
    public static Tensor? Attend(Tensor q, Tensor k, Tensor v, Tensor? bias, Tensor? padding, int heads, double probability)
    {
        if (!TakesNarrow(q) || k.dtype != q.dtype || q.size(1) < LeastTargets || k.size(3) % 2 != 0 || (bias is not null && (!Takes(bias) || bias.dim() != 4)) || (padding is not null && !Takes(padding)))
        {
            return null;
        }

        using var kept = probability > 0 ? DrawKept(q.size(0) * heads, q.size(1), k.size(2), probability) : null;
        return Attend(q, k, v, bias, padding, heads, kept, probability);
    }

    /// <summary>As above, with what dropout keeps given.</summary>
    internal static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? bias, Tensor? padding, int heads, Tensor? kept, double probability) =>
        Made(Attention(q.Handle, k.Handle, v.Handle, bias?.Handle ?? 0, padding?.Handle ?? 0, heads, kept?.Handle ?? 0, 1 / (1 - probability), out var y), y, q, k, v, bias, padding, kept);

    /// <summary>A bit per probability that is kept: [rows·⌈t/32⌉·s·4] bytes, for each row and block of 32 targets a 32-bit word per source.</summary>
    internal static Tensor DrawKept(long rows, long targets, long sources, double probability) =>
        Made(Draw(rows * ((targets + 31) / 32) * sources * 32, probability, Seed(probability), out var kept), kept);

    /// <summary>values · decay + stride · mean / (√square + slack), after both moments have taken in the gradient; false where the kernel does not take these tensors.</summary>
    public static bool AdamW(Tensor values, Tensor mean, Tensor square, Tensor gradient, double decay, double keepMean, double keepSquare, double slack, double stride)
    {
        if (!Takes(values) || !Takes(gradient))
        {
            return false;
        }

        Done(Adam(values.Handle, mean.Handle, square.Handle, gradient.Handle, decay, keepMean, keepSquare, slack, stride), values, mean, square, gradient);
        return true;
    }

    /// <summary>The L2 norm of a contiguous tensor, summed in float64; null where the kernel does not take it.</summary>
    public static double? Norm2(Tensor x)
    {
        if (!Takes(x) || !x.is_contiguous())
        {
            return null;
        }

        Done(Squares(x.Handle, out var sum), x);
        return Math.Sqrt(sum);
    }

    private static bool Takes(Tensor x) => Available && x.device_type == DeviceType.CPU && x.dtype == ScalarType.Float32;

    private static bool TakesNarrow(Tensor x) => Available && x.device_type == DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.BFloat16;

    // From the global generator, so that a run's seed decides.
    private static long Seed(double probability) => probability > 0 ? Wgqa.Attention.DropoutMask.DrawSeed() : 0;

    private static Tensor Made(int failed, nint handle, params ReadOnlySpan<Tensor?> read)
    {
        Done(failed, read);
        return Tensor.UnsafeCreateTensor(handle);
    }

    /// <summary>Throws what an entry that failed says. The tensors whose handles it has read live until here.</summary>
    internal static void Done(int failed, params ReadOnlySpan<Tensor?> read)
    {
        foreach (var tensor in read)
        {
            GC.KeepAlive(tensor);
        }

        if (failed != 0)
        {
            throw new ExternalException(Error());
        }
    }

    /// <summary>What the last entry that failed on this thread said.</summary>
    internal static string Error() => Marshal.PtrToStringUTF8((nint)ErrorLine())!;

    private static bool Fused() => NativeLibrary.TryGetExport(Shim, "wgqa_kernels", out var supported) && ((delegate* unmanaged<int>)supported)() != 0;

    private static nint Entry(string name) => Library == 0 ? 0 : NativeLibrary.GetExport(Library, name);

    /// <summary>An entry that needs no particular processor; 0 without the library.</summary>
    internal static nint PortableEntry(string name) => Shim != 0 ? StandIn.Entry(name) : 0;

    private sealed class Withheld : IDisposable
    {
        public void Dispose() => _withheld = false;
    }
}
