using System.Globalization;
using System.Text;

namespace Wgqa.Generators.Model;

/// <summary>
/// Names for the files of an assembly's variants. The compiler compares them without case and drops all of a
/// generator's output when two are equal, but <c>Gqa</c> and <c>gqa</c> are two classes.
/// </summary>
/// <param name="Namesakes">Classes whose name some other file has but for case, in ordinal order.</param>
internal sealed record FileNames(EquatableArray<string> Namesakes)
{
    /// <summary>The catalogue's file.</summary>
    public const string Catalog = "VariantCatalog.g.cs";

    /// <summary>Finds the namesakes among classes, given by <see cref="TypeSpec.MetadataName"/>.</summary>
    public static FileNames For(IEnumerable<string> classes) => new(new EquatableArray<string>(
        classes
            .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .Where(same => same.Count() > 1 || string.Equals(same.Key + ".g.cs", Catalog, StringComparison.OrdinalIgnoreCase))
            .SelectMany(same => same)
            .OrderBy(name => name, StringComparer.Ordinal)));

    /// <summary>The name of a class's file: the class's own, and a number when it has namesakes.</summary>
    public string Of(string name)
    {
        var namesakes = Namesakes.Where(other => string.Equals(other, name, StringComparison.OrdinalIgnoreCase)).ToList();
        return Allowed(name) + (namesakes.Count > 0 ? $"({namesakes.IndexOf(name) + 1})" : "") + ".g.cs";
    }

    // An identifier may hold more kinds of character than a file's name; no identifier holds a parenthesis.
    private static string Allowed(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsLetterOrDigit(letter) || letter is '.' or '+' or '_')
            {
                text.Append(letter);
            }
            else
            {
                text.Append('(').Append(((int)letter).ToString("X4", CultureInfo.InvariantCulture)).Append(')');
            }
        }

        return text.ToString();
    }
}
