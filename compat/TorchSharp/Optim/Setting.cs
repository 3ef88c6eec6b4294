#nullable disable // As in TorchSharp, whose callers see no annotation here.

namespace TorchSharp.Modules;

/// <summary>The ranges of optimizers' settings.</summary>
internal static class Setting
{
    public static void MustNotBeNegative(double value, string name)
    {
        if (value < 0)
        {
            throw new ArgumentException($"Invalid {name}: {value}");
        }
    }

    public static void MustBeInUnitInterval(double value, string name)
    {
        if (value is < 0 or >= 1)
        {
            throw new ArgumentException($"Invalid {name}: {value}");
        }
    }
}
