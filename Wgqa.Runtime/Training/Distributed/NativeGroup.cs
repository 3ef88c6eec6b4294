using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Wgqa.Training.Distributed;

/// <summary>
/// The entries of compat/native/distributed.cpp, which are part of the library that the local TorchSharp stands on. Another TorchSharp
/// does not load that library, and a libtorch without c10d leaves the entries out: both are found out here, once.
/// </summary>
internal static unsafe class NativeGroup
{
    private const string Library = "libWgqaTorch.so";

    private static readonly nint Loaded = Load();

    /// <summary>What can be opened: 1 Gloo, 2 NCCL, both added.</summary>
    public static readonly int Backends = Loaded != 0 && NativeLibrary.TryGetExport(Loaded, "wgqa_group_backends", out var entry)
        ? ((delegate* unmanaged<int>)entry)()
        : 0;

    private static readonly delegate* unmanaged<byte*> Error = (delegate* unmanaged<byte*>)Entry("wgqa_error");
    private static readonly delegate* unmanaged<int, byte*, int, byte*, int, int, int, long, nint*, int> OpenEntry =
        (delegate* unmanaged<int, byte*, int, byte*, int, int, int, long, nint*, int>)Entry("wgqa_group_open");

    private static readonly delegate* unmanaged<nint, void> CloseEntry = (delegate* unmanaged<nint, void>)Entry("wgqa_group_close");
    private static readonly delegate* unmanaged<nint, nint, int, nint*, int> ReduceEntry = (delegate* unmanaged<nint, nint, int, nint*, int>)Entry("wgqa_group_reduce");
    private static readonly delegate* unmanaged<nint, nint, int, nint*, int> BroadcastEntry = (delegate* unmanaged<nint, nint, int, nint*, int>)Entry("wgqa_group_broadcast");
    private static readonly delegate* unmanaged<nint, int> WaitEntry = (delegate* unmanaged<nint, int>)Entry("wgqa_group_wait");
    private static readonly delegate* unmanaged<nint, byte*, byte*, long, int> PutEntry = (delegate* unmanaged<nint, byte*, byte*, long, int>)Entry("wgqa_group_put");
    private static readonly delegate* unmanaged<nint, byte*, long, nint*, byte**, long*, int> GetEntry =
        (delegate* unmanaged<nint, byte*, long, nint*, byte**, long*, int>)Entry("wgqa_group_get");

    private static readonly delegate* unmanaged<nint, void> FreeBytesEntry = (delegate* unmanaged<nint, void>)Entry("wgqa_group_free_bytes");
    private static readonly delegate* unmanaged<nint, nint*, nint*, int*, int, nint*, int, int, nint*, int> BucketsOpenEntry =
        (delegate* unmanaged<nint, nint*, nint*, int*, int, nint*, int, int, nint*, int>)Entry("wgqa_buckets_open");

    private static readonly delegate* unmanaged<nint, void> BucketsCloseEntry = (delegate* unmanaged<nint, void>)Entry("wgqa_buckets_close");
    private static readonly delegate* unmanaged<nint, int> ArmEntry = (delegate* unmanaged<nint, int>)Entry("wgqa_buckets_arm");
    private static readonly delegate* unmanaged<nint, float*, int*, int> LaunchEntry = (delegate* unmanaged<nint, float*, int*, int>)Entry("wgqa_buckets_launch");
    private static readonly delegate* unmanaged<nint, float*, int> BucketsWaitEntry = (delegate* unmanaged<nint, float*, int>)Entry("wgqa_buckets_wait");

    /// <summary>Opens a group, once all its processes are there.</summary>
    /// <exception cref="ExternalException">They did not come.</exception>
    public static nint Open(int backend, World world, TimeSpan timeout)
    {
        nint group;
        fixed (byte* host = Text(world.Address), prefix = Text($"wgqa/{world.Attempt}"))
        {
            var serves = world.IsFirst && world.FirstKeepsStore;
            Check(OpenEntry(backend, host, world.Port, prefix, serves ? 1 : 0, world.Rank, world.Size, (long)timeout.TotalMilliseconds, &group));
        }

        return group;
    }

    public static void Close(nint group) => CloseEntry(group);

    /// <summary>Begins to sum values in place; the handle goes to <see cref="Wait"/>.</summary>
    public static nint Sum(nint group, Tensor values)
    {
        nint pending;
        Check(ReduceEntry(group, values.Handle, 0, &pending));
        GC.KeepAlive(values);
        return pending;
    }

    /// <summary>Begins to give everyone the first process's values.</summary>
    public static nint Broadcast(nint group, Tensor values)
    {
        nint pending;
        Check(BroadcastEntry(group, values.Handle, 0, &pending));
        GC.KeepAlive(values);
        return pending;
    }

    public static void Wait(nint pending) => Check(WaitEntry(pending));

    /// <summary>Leaves bytes for the other processes, under a name that is used once.</summary>
    public static void Put(nint group, string name, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* key = Text(name), data = bytes)
        {
            Check(PutEntry(group, key, data, bytes.Length));
        }
    }

    /// <summary>Bytes that another process leaves, waited for.</summary>
    public static byte[] Get(nint group, string name, TimeSpan timeout)
    {
        nint read;
        byte* bytes;
        long count;
        fixed (byte* key = Text(name))
        {
            Check(GetEntry(group, key, (long)timeout.TotalMilliseconds, &read, &bytes, &count));
        }

        byte[] copied = [.. new ReadOnlySpan<byte>(bytes, (int)count)];
        FreeBytesEntry(read);
        return copied;
    }

    /// <summary>Hooks onto parameters: each with its place in a bucket, and that bucket's number.</summary>
    public static nint OpenBuckets(nint group, IReadOnlyList<(Tensor Parameter, Tensor Home, int Bucket)> parameters, IReadOnlyList<Tensor> buckets, bool early)
    {
        nint opened;
        fixed (nint* values = parameters.Select(static one => one.Parameter.Handle).ToArray(), homes = parameters.Select(static one => one.Home.Handle).ToArray())
        fixed (int* numbers = parameters.Select(static one => one.Bucket).ToArray())
        fixed (nint* flats = buckets.Select(static bucket => bucket.Handle).ToArray())
        {
            Check(BucketsOpenEntry(group, values, homes, numbers, parameters.Count, flats, buckets.Count, early ? 1 : 0, &opened));
        }

        GC.KeepAlive(parameters);
        return opened;
    }

    public static void CloseBuckets(nint buckets) => BucketsCloseEntry(buckets);

    /// <summary>From here on, gradients go into their buckets.</summary>
    public static void Arm(nint buckets) => Check(ArmEntry(buckets));

    /// <summary>Sums what is not under way yet; says which parameters had a gradient here, and how many buckets were under way before.</summary>
    public static int Launch(nint buckets, Span<float> had)
    {
        int before;
        fixed (float* flags = had)
        {
            Check(LaunchEntry(buckets, flags, &before));
        }

        return before;
    }

    /// <summary>Waits for all buckets; what no process had a gradient for has none afterwards.</summary>
    public static void WaitForBuckets(nint buckets, ReadOnlySpan<float> had)
    {
        fixed (float* flags = had)
        {
            Check(BucketsWaitEntry(buckets, flags));
        }
    }

    private static nint Load()
    {
        using var _ = zeros(1);   // whoever provides TorchSharp has loaded its libraries after this
        return NativeLibrary.TryLoad(Library, out var library) ? library : 0;
    }

    private static nint Entry(string name) => Backends != 0 ? NativeLibrary.GetExport(Loaded, name) : 0;

    private static byte[] Text(string text) => [.. System.Text.Encoding.UTF8.GetBytes(text), 0];

    private static void Check(int failed)
    {
        if (failed != 0)
        {
            throw new ExternalException(Marshal.PtrToStringUTF8((nint)Error()));
        }
    }
}
