using System.Runtime.InteropServices;

namespace TorchSharp.Dispatch;

/// <summary>What kind of value crosses the border; the same numbers as <c>Tag</c> in native/torch.cpp.</summary>
internal enum Tag
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    IntList = 5,
    DoubleList = 6,
    BoolList = 7,
    TensorList = 8,
    OptionalTensors = 9,
    String = 10,
    Device = 11,
    Generator = 12,
    Default = 13,
    OneInt = 14,
    Complex = 15,
}

/// <summary>An argument or result as native code sees it: 16 bytes, laid out as <c>Value</c> in native/torch.cpp.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct NativeValue
{
    [FieldOffset(0)] internal Tag Tag;
    [FieldOffset(4)] internal int Count;
    [FieldOffset(8)] internal long Bits;
    [FieldOffset(8)] internal double Real;
    [FieldOffset(8)] internal void* Pointer;
}
