using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Wgqa.CodeFixes;

/// <summary>A written number of groups, or size of groups, and the heads that it should split.</summary>
/// <param name="Argument">The argument, <c>Groups = 5</c>.</param>
/// <param name="Name">Its name; one that ends in <c>GroupSize</c> is a size.</param>
/// <param name="Number">Its value.</param>
/// <param name="Heads">The heads that the class fixes; null when it fixes none.</param>
internal sealed record Split(AttributeArgumentSyntax Argument, string Name, int Number, int? Heads)
{
    // Fewer groups, or smaller ones.
    private const string Below = "below";

    // More groups, or larger ones.
    private const string Above = "above";

    private bool IsSize => Name.EndsWith("GroupSize", StringComparison.Ordinal);

    /// <summary>The split that a finding points at; null when it points at none.</summary>
    public static async Task<Split?> Of(FoundInDocument found, CancellationToken cancellation)
    {
        if (await Written.At(found.Document, found.Finding.Location.SourceSpan, cancellation).ConfigureAwait(false) is not AttributeArgumentSyntax argument
            || argument.Name() is not { } name
            || argument.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } declaration)
        {
            return null;
        }

        var model = await found.Document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        var attributes = model.GetDeclaredSymbol(declaration, cancellation)!.GetAttributes();
        var written = attributes.FirstOrDefault(attribute => attribute.ApplicationSyntaxReference is { } place
            && place.SyntaxTree == argument.SyntaxTree && place.Span.Contains(argument.Span));
        return written is not null && Value(written, name) is { } number
            ? new(argument, name, number, attributes.Select(FixedHeads).FirstOrDefault(heads => heads > 0))
            : null;
    }

    /// <summary>The valid numbers next to the written one, the nearer first.</summary>
    public IEnumerable<(string Direction, int Number)> Nearest()
    {
        var valid = Heads is { } heads ? Divisors(heads) : [1];
        return valid.Where(number => number < Number).Reverse().Take(1).Select(number => (Below, number))
            .Concat(valid.Where(number => number > Number).Take(1).Select(number => (Above, number)))
            .OrderBy(nearest => Math.Abs((long)nearest.number - Number));
    }

    /// <summary>What writing <paramref name="number"/> would say.</summary>
    public string Describe(int number) => Heads is not { } heads ? $"{Name} = {number}"
        : IsSize ? $"{Name} = {number} ({Count(heads / number, "group")})"
        : $"{Name} = {number} ({Count(heads / number, "head")} each)";

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    // A head map has an entry for each head.
    private static int? FixedHeads(AttributeData attribute) => Value(attribute, "Heads") ?? attribute.NamedArguments
        .Where(argument => argument.Key.EndsWith("Map", StringComparison.Ordinal) && argument.Value is { Kind: TypedConstantKind.Array, IsNull: false })
        .Select(argument => (int?)argument.Value.Values.Length)
        .FirstOrDefault();

    private static int? Value(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value is { Kind: TypedConstantKind.Primitive, Value: int number } ? number : null;

    private static ImmutableArray<int> Divisors(int heads)
    {
        var small = ImmutableArray.CreateBuilder<int>();
        for (var number = 1; (long)number * number <= heads; number++)
        {
            if (heads % number == 0)
            {
                small.Add(number);
            }
        }

        return [.. small, .. Enumerable.Reverse(small).Select(number => heads / number).Where(number => (long)number * number > heads)];
    }
}
