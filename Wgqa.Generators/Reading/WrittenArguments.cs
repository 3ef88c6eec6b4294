using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Wgqa.Generators.Reading;

/// <summary>The named arguments that a declaration writes; unwritten ones are absent, not zero.</summary>
internal sealed class WrittenArguments(AttributeData attribute, CancellationToken cancellation)
{
    /// <summary>The number written for <paramref name="name"/>: an integer, or the value under an enum word. Null when unwritten.</summary>
    public int? Number(string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
            {
                return argument.Value.Value as int?;
            }
        }

        return null;
    }

    /// <summary>Whether the compiler already refuses an argument, so that what is missing here says nothing.</summary>
    public bool HaveErrors
    {
        get
        {
            foreach (var argument in attribute.NamedArguments)
            {
                if (argument.Value.Kind == TypedConstantKind.Error)
                {
                    return true;
                }
            }

            return attribute.AttributeConstructor is null;
        }
    }

    /// <summary>Where <paramref name="name"/> is written: the whole argument, <c>Groups = 5</c>.</summary>
    public Location Place(string name)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax)
        {
            return Location.None;
        }

        var argument = syntax.ArgumentList?.Arguments.FirstOrDefault(one => one.NameEquals?.Name.Identifier.ValueText == name);
        return (argument ?? (SyntaxNode)syntax).GetLocation();
    }
}
