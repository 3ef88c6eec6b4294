using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>Reads where an assembly's catalogue belongs.</summary>
internal static class CatalogReader
{
    /// <summary>The catalogue's namespace; null in an assembly that does not reference the runtime.</summary>
    public static string? Namespace(Compilation compilation, CancellationToken cancellation) =>
        compilation.GetTypeByMetadataName("Wgqa.AttentionVariant") is null ? null : Identifier.Namespace(compilation.AssemblyName ?? "");
}
