#nullable disable // As in TorchSharp, whose callers see no annotation here.

using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What an optimizer remembers of one parameter. Its tensors belong to no dispose scope.</summary>
public abstract class OptimizerState
{
    protected Parameter _parameter;

    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    /// <summary>Starts afresh, and frees what was there.</summary>
    public abstract void Initialize(OptimizerOptions options);

    public abstract void SaveStateDict(BinaryWriter writer);

    public abstract void LoadStateDict(BinaryReader reader);

    /// <summary>Takes over copies, on the parameter's device.</summary>
    public abstract void LoadStateDict(OptimizerState source);

    public virtual bool ApproximatelyEquals(OptimizerState other) => false;

    public virtual void to(Device device)
    {
    }

    protected static void SaveConditionalStateTensor(BinaryWriter writer, Tensor tensor)
    {
        writer.Write(tensor is not null);
        tensor?.Save(writer);
    }

    /// <summary>Reads a tensor that may be absent into one that may be.</summary>
    protected static void LoadConditionalStateTensor(BinaryReader reader, ref Tensor result, Device device)
    {
        if (reader.ReadBoolean())
        {
            TensorExtensionMethods.Load(ref result, reader);
            Move(ref result, device);
        }
        else
        {
            result?.Dispose();
            result = null;
        }
    }

    internal Tensor ZerosLikeParameter() => zeros_like(_parameter).DetachFromDisposeScope();

    internal static void Move(ref Tensor tensor, Device device) => tensor = tensor?.to(device, disposeAfter: true).DetachFromDisposeScope();

    internal void Replace(ref Tensor tensor, Tensor source)
    {
        tensor?.Dispose();
        tensor = source?.to(_parameter.device, copy: true).DetachFromDisposeScope();
    }
}
