using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Wgqa.Generators.Reading;

/// <summary>The named arguments that an attribute writes; unwritten ones are absent, not zero.</summary>
internal sealed class WrittenArguments(AttributeData attribute, CancellationToken cancellation)
{
    private string? _name;

    /// <summary>The attribute's name as it is written.</summary>
    public string Name => _name ??= attribute.AttributeClass!.Name.Substring(0, attribute.AttributeClass.Name.Length - nameof(Attribute).Length);

    /// <summary>The whole attribute.</summary>
    public Location Everything => Syntax?.GetLocation() ?? Location.None;

    /// <summary>Whether the compiler already refuses an argument, so that what is missing here says nothing.</summary>
    public bool HaveErrors => attribute.AttributeConstructor is null || attribute.NamedArguments.Any(argument => HasError(argument.Value));

    private AttributeSyntax? Syntax => attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) as AttributeSyntax;

    /// <summary>Whether an argument is written.</summary>
    public bool Has(string name) => Written(name) is not null;

    /// <summary>What is written for <paramref name="name"/>, of whatever type; null when unwritten.</summary>
    public TypedConstant? Written(string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
            {
                return argument.Value;
            }
        }

        return null;
    }

    /// <summary>The number written for <paramref name="name"/>: an integer, or the value under an enum word. Null when unwritten.</summary>
    public int? Number(string name) => Written(name) is { Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum, Value: int number } ? number : null;

    /// <summary>The fraction written for <paramref name="name"/>. Null when unwritten.</summary>
    public double? Fraction(string name) => Written(name) is { Kind: TypedConstantKind.Primitive, Value: double number } ? number : null;

    /// <summary>The integers of an array. Null when it is not one.</summary>
    public static ImmutableArray<int>? Integers(TypedConstant written)
    {
        if (written is not { Kind: TypedConstantKind.Array, IsNull: false })
        {
            return null;
        }

        var integers = ImmutableArray.CreateBuilder<int>(written.Values.Length);
        foreach (var value in written.Values)
        {
            if (value is not { Kind: TypedConstantKind.Primitive, Value: int number })
            {
                return null;
            }

            integers.Add(number);
        }

        return integers.MoveToImmutable();
    }

    /// <summary>The word of an enumeration of the language; null when unwritten, or, with a finding, when it has no such word.</summary>
    public T? Word<T>(ImmutableArray<Diagnostic>.Builder findings)
        where T : struct, Enum
    {
        if (Number(typeof(T).Name) is not { } number)
        {
            return null;
        }

        if (!Enum.IsDefined(typeof(T), number))
        {
            findings.Add(Diagnostic.Create(Rules.WordsAreDefined, Place(typeof(T).Name), typeof(T).Name, number));
            return null;
        }

        return (T)Enum.ToObject(typeof(T), number);
    }

    /// <summary>Where <paramref name="name"/> is written: the whole argument, <c>Groups = 5</c>.</summary>
    public Location Place(string name) =>
        Syntax?.ArgumentList?.Arguments.FirstOrDefault(one => one.NameEquals?.Name.Identifier.ValueText == name)?.GetLocation() ?? Everything;

    /// <summary>An argument's value as it is written.</summary>
    public string Text(string name) =>
        Syntax?.ArgumentList?.Arguments.FirstOrDefault(one => one.NameEquals?.Name.Identifier.ValueText == name)?.Expression.ToString() ?? "";

    private static bool HasError(TypedConstant value) =>
        value.Kind == TypedConstantKind.Error || (value.Kind == TypedConstantKind.Array && !value.IsNull && value.Values.Any(HasError));
}
