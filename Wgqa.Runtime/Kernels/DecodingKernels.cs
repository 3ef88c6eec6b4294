using System.Runtime.InteropServices;
using System.Text;
using Wgqa.Attention;
using static TorchSharp.torch;

namespace Wgqa.Kernels;

/// <summary>
/// What decoding computes with where the library of <see cref="NativeKernels"/> is: products with few rows and attention of few targets, which read weights and
/// caches once from where they lie; libtorch's products pack a weight first, whatever few rows it is for. On the CPU, in float32 and bfloat16, without gradients.
/// </summary>
internal static unsafe class DecodingKernels
{
    private static readonly delegate* unmanaged<byte*> Name = (delegate* unmanaged<byte*>)NativeKernels.PortableEntry("wgqa_decoding_kernels");
    private static readonly delegate* unmanaged<byte*, int> Choose = (delegate* unmanaged<byte*, int>)NativeKernels.PortableEntry("wgqa_use_decoding_kernels");
    private static readonly delegate* unmanaged<nint, nint, out nint, int> Product = (delegate* unmanaged<nint, nint, out nint, int>)NativeKernels.PortableEntry("wgqa_multiply");
    private static readonly delegate* unmanaged<nint, nint, nint, nint, nint, long, out int, int> Appended =
        (delegate* unmanaged<nint, nint, nint, nint, nint, long, out int, int>)NativeKernels.PortableEntry("wgqa_append");
    private static readonly delegate* unmanaged<nint, nint, nint, nint, int*, int*, long, out nint, int> Attention =
        (delegate* unmanaged<nint, nint, nint, nint, int*, int*, long, out nint, int>)NativeKernels.PortableEntry("wgqa_attend_few");

    /// <summary>The instruction set that they run with, such as <c>avx512</c> or <c>avx512bf16</c>; null where there are none.</summary>
    public static string? InstructionSet => Name is null ? null : Marshal.PtrToStringUTF8((nint)Name());

    /// <summary>Whether they are there, and not withheld.</summary>
    public static bool AreAvailable => Product is not null && !NativeKernels.AreWithheld;

    /// <summary>Runs them with another instruction set from now on.</summary>
    /// <returns>Whether this processor has it.</returns>
    public static bool Use(string instructionSet)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(instructionSet + '\0'))
        {
            return Choose is not null && Choose(name) == 0;
        }
    }

    /// <summary>x·Wᵀ.</summary>
    /// <param name="x">[…, m].</param>
    /// <param name="weight">[n, m].</param>
    /// <returns>[…, n], the caller's to dispose; null where the kernel does not take these tensors, because there are too many rows for one.</returns>
    public static Tensor? Multiply(Tensor x, Tensor weight)
    {
        if (!AreAvailable)
        {
            return null;
        }

        NativeKernels.Done(Product(x.Handle, weight.Handle, out var y), x, weight);
        return y == 0 ? null : Tensor.UnsafeCreateTensor(y);
    }

    /// <summary>x·Wᵀ for keys and for values, written to where they belong in a cache.</summary>
    /// <param name="x">[b, 1, m].</param>
    /// <param name="key">[Gk·d, m].</param>
    /// <param name="keys">[b, Gk, room, d].</param>
    /// <param name="value">[Gv·d, m].</param>
    /// <param name="values">[b, Gv, room, d].</param>
    /// <param name="position">The place of the new token.</param>
    /// <returns>Whether it was done.</returns>
    public static bool Append(Tensor x, Tensor key, Tensor keys, Tensor value, Tensor values, long position)
    {
        if (!AreAvailable)
        {
            return false;
        }

        NativeKernels.Done(Appended(x.Handle, key.Handle, keys.Handle, value.Handle, values.Handle, position, out var done), x, key, keys, value, values);
        return done != 0;
    }

    /// <summary>softmax(q·kᵀ + bias)·v.</summary>
    /// <param name="q">[b, t, h·d].</param>
    /// <param name="k">[b, G, s, d].</param>
    /// <param name="v">[b, G, s, d].</param>
    /// <param name="bias">Broadcastable to [b, h, t, s]; or null.</param>
    /// <param name="maps">h query heads over G key heads and G value heads.</param>
    /// <returns>[b, t, h·d], the caller's to dispose; null where the kernel does not take these: too many targets, or values are shared otherwise than keys.</returns>
    public static Tensor? Attend(Tensor q, Tensor k, Tensor v, Tensor? bias, HeadMaps maps)
    {
        if (!AreAvailable || !maps.Key.Equals(maps.Value))
        {
            return null;
        }

        nint y;
        fixed (int* heads = maps.Key.OrderedHeads)
        fixed (int* starts = maps.Key.GroupStarts)
        {
            NativeKernels.Done(Attention(q.Handle, k.Handle, v.Handle, bias?.Handle ?? 0, heads, starts, maps.Key.Heads, out y), q, k, v, bias);
        }

        return y == 0 ? null : Tensor.UnsafeCreateTensor(y);
    }
}
