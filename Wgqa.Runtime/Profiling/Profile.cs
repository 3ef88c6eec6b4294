using System.Globalization;

namespace Wgqa.Profiling;

/// <summary>The time of one part of the work.</summary>
/// <param name="Name">The part.</param>
/// <param name="Seconds">In all steps together.</param>
public sealed record PartTime(string Name, double Seconds);

/// <summary>Where the time of some steps went.</summary>
public sealed record Profile
{
    // What is left is many operators that take next to nothing.
    private const int OperatorsShown = 12;

    /// <summary>What a step is, such as <c>step</c> or <c>decoding step</c>.</summary>
    public required string Of { get; init; }

    /// <summary>Steps measured.</summary>
    public required int Steps { get; init; }

    /// <summary>Part by part, those that took no time left out. Together they are all the time measured.</summary>
    public required IReadOnlyList<PartTime> Parts { get; init; }

    /// <summary>Operator by operator, what took longest first; null where they cannot be told apart.</summary>
    public IReadOnlyList<OperatorTime>? Operators { get; init; }

    /// <summary>Managed memory that was allocated, in bytes.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>Tensors that there were more after the steps than before them.</summary>
    public required long TensorsMore { get; init; }

    /// <summary>All the time measured, in seconds.</summary>
    public double Seconds => Parts.Sum(static part => part.Seconds);

    /// <summary>As it is shown, line by line.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Line($"where a {Of}'s time goes ({Steps} steps of {1000 * Seconds / Steps:N1} ms)");
        foreach (var part in Parts)
        {
            yield return Line($"  {part.Name,-10} {PerStep(part.Seconds),10:N2} ms {Share(part.Seconds),6:0.0} %");
        }

        yield return Line($"  {AllocatedBytes / Steps / 1024.0:N1} KiB of managed memory allocated in a step, {TensorsMore} tensors more than before");
        if (Operators is null)
        {
            yield return "operators are not told apart: only the TorchSharp in compat/ can time them";
            yield break;
        }

        var inside = Operators.Sum(static one => one.Seconds);
        yield return Line($"operators on all threads, each without those that it calls ({(double)Operators.Sum(static one => one.Calls) / Steps:N0} calls in a step, {Share(inside):0.0} % of its time)");
        foreach (var one in Operators.Take(OperatorsShown))
        {
            yield return Operator(one.Name, one.Calls, one.Seconds);
        }

        if (Operators.Count > OperatorsShown)
        {
            var others = Operators.Skip(OperatorsShown).ToArray();
            yield return Operator($"{others.Length} others", others.Sum(static one => one.Calls), others.Sum(static one => one.Seconds));
        }
    }

    private string Operator(string name, long calls, double seconds) =>
        Line($"  {name,-34} {(double)calls / Steps,8:N1} calls {PerStep(seconds),10:N2} ms {Share(seconds),6:0.0} %");

    private double PerStep(double seconds) => 1000 * seconds / Steps;

    private double Share(double seconds) => 100 * seconds / Seconds;

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
