namespace Wgqa.Generators.Model;

/// <summary>Where a class is declared and what it is called, enough to write its other half.</summary>
/// <param name="Namespace">With dots; empty for the global namespace.</param>
/// <param name="Containers">The types around it, outermost first.</param>
/// <param name="Name">Its own name, without <c>@</c>.</param>
/// <param name="IsReachable">Whether the rest of the assembly can name it: it is not private or protected in its container.</param>
internal sealed record TypeSpec(string Namespace, EquatableArray<ContainerSpec> Containers, string Name, bool IsReachable)
{
    /// <summary>Namespace and containers with dots, as a person writes it.</summary>
    public string FullName => string.Join(".", Parts);

    /// <summary>The same with <c>+</c> between a container and what it contains: no two classes share it.</summary>
    public string MetadataName =>
        (Namespace.Length > 0 ? Namespace + "." : "") + string.Join("+", Containers.Select(container => container.Name).Append(Name));

    /// <summary>The same as an expression that nothing in scope can hide.</summary>
    public string Global => "global::" + string.Join(".", Parts.SelectMany(part => part.Split('.')).Select(Identifier.Escape));

    private IEnumerable<string> Parts =>
        (Namespace.Length > 0 ? [Namespace] : Enumerable.Empty<string>())
            .Concat(Containers.Select(container => container.Name))
            .Append(Name);
}

/// <summary>A type around a variant.</summary>
/// <param name="Keyword"><c>class</c>, <c>struct</c>, <c>record</c>, <c>record struct</c> or <c>interface</c>.</param>
/// <param name="Name">Its name, without <c>@</c>.</param>
internal sealed record ContainerSpec(string Keyword, string Name);
