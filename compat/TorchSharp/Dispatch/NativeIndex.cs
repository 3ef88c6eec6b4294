using System.Runtime.InteropServices;

namespace TorchSharp.Dispatch;

/// <summary>One index of <c>tensor[…]</c>, laid out as <c>Index</c> in native/torch.cpp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeIndex
{
    internal IndexKind Kind;
    internal long Start;
    internal long Stop;
    internal long Step;
    internal nint Tensor;
}

internal enum IndexKind : long
{
    NewAxis = 0,
    Single = 1,
    Ellipsis = 2,
    Bool = 3,
    Tensor = 4,
    Slice = 5,
}
