#nullable disable // As in TorchSharp, whose callers see no annotation here.

namespace TorchSharp.Modules;

/// <summary>A group's settings; null means the optimizer's default. Saved as doubles, the initial rate first.</summary>
public class OptimizerOptions
{
    public double? LearningRate { get; set; }

    /// <summary>The rate when the group was added: what schedules multiply.</summary>
    public double InitialLearningRate { get; set; }

    public virtual void SaveStateDict(BinaryWriter writer)
    {
        writer.Write(InitialLearningRate);
        writer.Write(LearningRate.Value);
    }

    public virtual void LoadStateDict(BinaryReader reader)
    {
        InitialLearningRate = reader.ReadDouble();
        LearningRate = reader.ReadDouble();
    }

    public virtual void LoadStateDict(OptimizerOptions source)
    {
        InitialLearningRate = source.InitialLearningRate;
        LearningRate = source.LearningRate;
    }
}
