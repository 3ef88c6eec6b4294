using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Dispatch;

/// <summary>
/// An operator of libtorch's dispatcher, named as in its schema and looked up on first use. Arguments follow the schema's
/// order; those left out at the end take the schema's defaults, so that newer libtorch versions may add some.
/// </summary>
internal sealed class Op(string name, string overload = "")
{
    /// <summary>Words of scratch memory on the stack: shapes and short tensor lists fit.</summary>
    private const int StackWords = 48;

    private nint _handle;

    /// <summary>Whether this libtorch has the operator: some are newer than others.</summary>
    internal bool Exists => _handle != 0 || Native.wgqa_find(name, overload, out _handle) == 0;

    /// <summary>Calls the operator for its one tensor.</summary>
    internal unsafe torch.Tensor Call(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return Made(result);
    }

    /// <summary>Calls an in-place operator and returns the managed tensor it changed, its first argument.</summary>
    internal unsafe torch.Tensor InPlace(params ReadOnlySpan<Arg> args)
    {
        Invoke(args, null, 0);
        return args[0].Tensor!;
    }

    /// <summary>Calls an operator that writes to <paramref name="target"/>, one of its arguments.</summary>
    internal unsafe torch.Tensor Into(torch.Tensor target, params ReadOnlySpan<Arg> args)
    {
        Invoke(args, null, 0);
        return target;
    }

    internal unsafe void Run(params ReadOnlySpan<Arg> args) => Invoke(args, null, 0);

    internal unsafe (torch.Tensor, torch.Tensor) Call2(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[2];
        Invoke(args, results, 2);
        return (Made(results[0]), Made(results[1]));
    }

    internal unsafe (torch.Tensor, torch.Tensor, torch.Tensor) Call3(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[3];
        Invoke(args, results, 3);
        return (Made(results[0]), Made(results[1]), Made(results[2]));
    }

    internal unsafe (torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor) Call4(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeValue[4];
        Invoke(args, results, 4);
        return (Made(results[0]), Made(results[1]), Made(results[2]), Made(results[3]));
    }

    /// <summary>Calls an operator that returns a list of tensors.</summary>
    internal unsafe torch.Tensor[] CallList(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        if (result.Tag != Tag.TensorList)
        {
            throw new InvalidOperationException($"{name} returned no list of tensors.");
        }

        var tensors = new torch.Tensor[result.Count];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = new torch.Tensor(((nint*)result.Pointer)[i]);
        }

        Native.wgqa_free_list(result.Pointer);
        return tensors;
    }

    internal unsafe bool CallBool(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return result.Bits != 0;
    }

    internal unsafe long CallInt(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return result.Bits;
    }

    /// <summary>Calls an operator that returns a number: what <c>item</c> does.</summary>
    internal unsafe Scalar CallScalar(params ReadOnlySpan<Arg> args)
    {
        NativeValue result;
        Invoke(args, &result, 1);
        return Scalar.From(result);
    }

    private torch.Tensor Made(in NativeValue result) => result.Tag == Tag.Tensor
        ? new torch.Tensor((nint)result.Bits)
        : throw new InvalidOperationException($"{name} returned no tensor.");

    [SkipLocalsInit]
    private unsafe void Invoke(ReadOnlySpan<Arg> args, NativeValue* results, int capacity)
    {
        var op = _handle != 0 ? _handle : Find();
        var words = 0;
        foreach (ref readonly var arg in args)
        {
            words += arg.Words;
        }

        var values = stackalloc NativeValue[args.Length];
        var onStack = stackalloc long[StackWords];
        var scratch = words <= StackWords ? onStack : (long*)NativeMemory.Alloc((nuint)words, sizeof(long));
        try
        {
            var free = scratch;
            for (var i = 0; i < args.Length; i++)
            {
                args[i].Write(&values[i], free);
                free += args[i].Words;
            }

            // The tensors of the arguments live on: the caller's span refers to them from its stack frame.
            Native.Check(Native.wgqa_call(op, values, args.Length, results, capacity));
        }
        finally
        {
            if (scratch != onStack)
            {
                NativeMemory.Free(scratch);
            }
        }
    }

    private nint Find()
    {
        Native.Check(Native.wgqa_find(name, overload, out var found));
        return _handle = found;
    }
}
