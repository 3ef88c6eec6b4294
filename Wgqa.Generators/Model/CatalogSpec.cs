namespace Wgqa.Generators.Model;

/// <summary>An assembly's variants.</summary>
/// <param name="Namespace">The catalogue's namespace: the assembly's name made an identifier.</param>
/// <param name="Types">The classes as <see cref="TypeSpec.Global"/>.</param>
internal sealed record CatalogSpec(string Namespace, EquatableArray<string> Types)
{
    /// <summary>The catalogue of what the assembly can name, in ordinal order whatever the order of declaration.</summary>
    public static CatalogSpec From(string @namespace, IEnumerable<TypeSpec> types) => new(
        @namespace,
        new(types.Where(type => type.IsReachable).OrderBy(type => type.FullName, StringComparer.Ordinal).Select(type => type.Global)));
}
