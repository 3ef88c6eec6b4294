#nullable disable // As in TorchSharp, whose callers see no annotation here.

using TorchSharp.Dispatch;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that modules register and optimizers change.</summary>
public class Parameter : Tensor
{
    /// <summary>Takes over <paramref name="data"/>, and its place in its dispose scope: data is no longer valid then.</summary>
    public Parameter(Tensor data, bool requires_grad = true) : base(data.with_requires_grad(requires_grad).MoveHandle(), false)
    {
        DisposeScope.ReplaceWith(data, this);
    }

    private Parameter(nint handle) : base(handle)
    {
    }

    /// <summary>Another handle on the same tensor, in the current dispose scope.</summary>
    internal static Parameter Another(Tensor tensor) => new(Native.wgqa_alias(tensor.Handle));
}
