using System.Globalization;

namespace Wgqa.Metrics;

/// <summary>
/// What BLEU does where no n-gram of some order matches: otherwise one zero makes the geometric mean zero.
/// Source: Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU" (WMT 2014).
/// </summary>
public sealed record BleuSmoothing
{
    private BleuSmoothing(string name, double value) => (Name, Value) = (name, value);

    /// <summary>sacrebleu's name: <c>exp</c>, <c>floor</c>, <c>add-k</c> or <c>none</c>.</summary>
    public string Name { get; }

    /// <summary>The floor, or k; 0 where the method has no value.</summary>
    public double Value { get; }

    /// <summary>Method 3, NIST's: the first order without a match counts 1/2 of a match, the next 1/4, and so on. The default.</summary>
    public static BleuSmoothing Exponential { get; } = new("exp", 0);

    /// <summary>Nothing: an order without a match makes the score zero.</summary>
    public static BleuSmoothing None { get; } = new("none", 0);

    /// <summary>Method 1: an order without a match counts <paramref name="value"/> of a match.</summary>
    public static BleuSmoothing Floor(double value = 0.1) => new("floor", value);

    /// <summary>Method 2: <paramref name="k"/> is added to matches and totals of every order above the first.</summary>
    public static BleuSmoothing AddK(double k = 1) => new("add-k", k);

    /// <summary>The method called <paramref name="name"/>, with its default value where none is given.</summary>
    /// <exception cref="UserException">There is none of that name, or it takes no such value.</exception>
    public static BleuSmoothing Named(string name, double? value = null)
    {
        if (value is { } given && !(given >= 0 && double.IsFinite(given)))
        {
            throw new UserException($"The value of BLEU's smoothing '{name}' is {given.ToString(CultureInfo.InvariantCulture)}: it must be a number of at least 0.");
        }

        return name switch
        {
            "exp" when value is null => Exponential,
            "none" when value is null => None,
            "floor" => value is { } floor ? Floor(floor) : Floor(),
            "add-k" => value is { } k ? AddK(k) : AddK(),
            "exp" or "none" => throw new UserException($"BLEU's smoothing '{name}' takes no value; floor and add-k do."),
            _ => throw new UserException($"BLEU has no smoothing '{name}': it is one of exp, floor, add-k, none."),
        };
    }

    /// <inheritdoc />
    public override string ToString() => Name is "floor" or "add-k" ? string.Create(CultureInfo.InvariantCulture, $"{Name}[{Value:0.00}]") : Name;
}
