using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace TorchSharp.Dispatch;

/// <summary>The entries of libWgqaTorch (native/torch.cpp). Those that can fail return 0, or 1 with a message in <see cref="wgqa_error"/>.</summary>
internal static unsafe partial class Native
{
    private const string Library = "WgqaTorch";

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, LibTorch.Resolve);

    /// <summary>A device in one word: the type in the low byte, the index + 1 above it (−1 is "no index").</summary>
    internal static long Packed(DeviceType type, int index) => (byte)type | ((long)(index + 1) << 8);

    /// <summary>Throws what TorchSharp throws when libtorch has thrown, with the first line of libtorch's message.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(int failed)
    {
        if (failed != 0)
        {
            Throw();
        }
    }

    /// <summary>As <see cref="Check(int)"/>; what owns the handles of the call lives until it has returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(int failed, object owner)
    {
        Check(failed);
        GC.KeepAlive(owner);
    }

    private static void Throw() => throw new ExternalException(Marshal.PtrToStringUTF8((nint)wgqa_error()));

    [LibraryImport(Library)] internal static partial byte* wgqa_error();
    [LibraryImport(Library)] internal static partial byte* wgqa_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int wgqa_find(string name, string overload, out nint op);

    [LibraryImport(Library)] internal static partial int wgqa_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity);
    [LibraryImport(Library)] internal static partial void wgqa_free_list(void* handles);

    [LibraryImport(Library)] internal static partial void wgqa_free(nint tensor);
    [LibraryImport(Library)] internal static partial nint wgqa_alias(nint tensor);

    // Queries that take nanoseconds and cannot call back: the transition to native code would cost more than they do.
    [LibraryImport(Library), SuppressGCTransition] internal static partial int wgqa_same(nint left, nint right);
    [LibraryImport(Library), SuppressGCTransition] internal static partial long wgqa_dim(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial long wgqa_numel(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial long wgqa_element_size(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int wgqa_dtype(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial long wgqa_device(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int wgqa_requires_grad(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int wgqa_is_leaf(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int wgqa_is_sparse(nint tensor);
    [LibraryImport(Library), SuppressGCTransition] internal static partial void wgqa_sizes(nint tensor, long* sizes);
    [LibraryImport(Library)] internal static partial int wgqa_strides(nint tensor, long* strides);
    [LibraryImport(Library)] internal static partial int wgqa_storage_offset(nint tensor, out long offset);
    [LibraryImport(Library)] internal static partial int wgqa_is_contiguous(nint tensor, out int contiguous);
    [LibraryImport(Library)] internal static partial int wgqa_data(nint tensor, out nint data);
    [LibraryImport(Library)] internal static partial int wgqa_storage(nint tensor, out nint data, out long bytes);

    [LibraryImport(Library)]
    internal static partial int wgqa_from_blob(nint data, long* sizes, int dims, int dtype, delegate* unmanaged<nint, void> release, nint context, out nint tensor);

    [LibraryImport(Library)] internal static partial int wgqa_index(nint tensor, NativeIndex* indices, int count, out nint result);
    [LibraryImport(Library)] internal static partial int wgqa_index_put(nint tensor, NativeIndex* indices, int count, nint value);

    [LibraryImport(Library)] internal static partial int wgqa_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] internal static partial int wgqa_grad(nint tensor, out nint gradient);
    [LibraryImport(Library)] internal static partial int wgqa_set_grad(nint tensor, nint gradient);
    [LibraryImport(Library)] internal static partial int wgqa_retain_grad(nint tensor);

    [LibraryImport(Library)]
    internal static partial int wgqa_backward(nint* roots, int rootCount, nint* gradients, int gradientCount, int retainGraph, int createGraph, nint* inputs, int inputCount);

    [LibraryImport(Library)]
    internal static partial int wgqa_gradients(nint* outputs, int outputCount, nint* inputs, int inputCount, nint* gradients, int gradientCount, int retainGraph, int createGraph, int allowUnused, nint* results);

    [LibraryImport(Library), SuppressGCTransition] internal static partial int wgqa_grad_enabled();
    [LibraryImport(Library), SuppressGCTransition] internal static partial void wgqa_set_grad_enabled(int value);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int wgqa_inference_enabled();
    [LibraryImport(Library)] internal static partial nint wgqa_enter_inference(int value);
    [LibraryImport(Library)] internal static partial void wgqa_leave_inference(nint guard);
    [LibraryImport(Library)] internal static partial int wgqa_anomaly_enabled();
    [LibraryImport(Library)] internal static partial int wgqa_anomaly_checks_nan();
    [LibraryImport(Library)] internal static partial void wgqa_set_anomaly(int enabled, int checkNan);

    [LibraryImport(Library)] internal static partial int wgqa_manual_seed(ulong seed);
    [LibraryImport(Library)] internal static partial int wgqa_default_generator(long device, out nint generator);
    [LibraryImport(Library)] internal static partial int wgqa_new_generator(ulong seed, long device, out nint generator);
    [LibraryImport(Library)] internal static partial void wgqa_free_generator(nint generator);
    [LibraryImport(Library)] internal static partial int wgqa_generator_seed(nint generator, out ulong seed);
    [LibraryImport(Library)] internal static partial int wgqa_set_generator_seed(nint generator, ulong seed);
    [LibraryImport(Library)] internal static partial int wgqa_reseed_generator(nint generator, out ulong seed);
    [LibraryImport(Library)] internal static partial int wgqa_generator_state(nint generator, out nint state);
    [LibraryImport(Library)] internal static partial int wgqa_set_generator_state(nint generator, nint state);

    [LibraryImport(Library)] internal static partial int wgqa_threads();
    [LibraryImport(Library)] internal static partial int wgqa_interop_threads();
    [LibraryImport(Library)] internal static partial int wgqa_set_threads(int count);
    [LibraryImport(Library)] internal static partial int wgqa_set_interop_threads(int count);
    [LibraryImport(Library)] internal static partial int wgqa_default_dtype();
    [LibraryImport(Library)] internal static partial int wgqa_set_default_dtype(int dtype);
    [LibraryImport(Library)] internal static partial int wgqa_device_count(int type);
    [LibraryImport(Library)] internal static partial int wgqa_synchronize(long device);
    [LibraryImport(Library)] internal static partial int wgqa_has_cudnn();
    [LibraryImport(Library)] internal static partial int wgqa_context_get(int which, out int value);
    [LibraryImport(Library)] internal static partial int wgqa_context_set(int which, int value);
}
