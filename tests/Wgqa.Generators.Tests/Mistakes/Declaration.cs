namespace Wgqa.Generators.Tests.Mistakes;

/// <summary>A declaration of the class X by the places where it can be wrong, each of which one mistake can spoil.</summary>
internal sealed record Declaration
{
    /// <summary>Arguments: heads and how they are shared.</summary>
    public string Numbers { get; init; } = "";

    /// <summary>Arguments: how heads are merged.</summary>
    public string Words { get; init; } = "";

    /// <summary>Arguments: the sites.</summary>
    public string Sites { get; init; } = "";

    /// <summary>An attribute: other groups somewhere.</summary>
    public string Elsewhere { get; init; } = "";

    /// <summary>Attributes: what is added.</summary>
    public string Additions { get; init; } = "";

    /// <summary>Whether there is a <c>[KvGrouping]</c> at all.</summary>
    public bool IsDeclared { get; init; } = true;

    public string Modifiers { get; init; } = "public sealed partial";

    public string Keyword { get; init; } = "class";

    public string TypeParameters { get; init; } = "";

    public string Base { get; init; } = "";

    public string Members { get; init; } = "";

    /// <summary>The head of a type around the class, if there is one.</summary>
    public string Container { get; init; } = "";

    /// <summary>Whether the arguments are written in reverse.</summary>
    public bool Reversed { get; init; }

    public override string ToString()
    {
        var arguments = new[] { Numbers, Words, Sites }.Where(part => part.Length > 0);
        var grouping = IsDeclared ? $"KvGrouping({string.Join(", ", Reversed ? arguments.Reverse() : arguments)})" : "";
        var attributes = string.Join(" ", new[] { grouping, Elsewhere, Additions }.Where(part => part.Length > 0).Select(part => $"[{part}]"));
        var declaration = $"{attributes} {Modifiers} {Keyword} X{TypeParameters}{Base} {{ {Members} }}";
        return Container.Length > 0 ? $"{Container} {{ {declaration} }}" : declaration;
    }
}
