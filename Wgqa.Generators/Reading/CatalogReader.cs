using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>Reads where an assembly's catalogue belongs.</summary>
internal static class CatalogReader
{
    /// <summary>The catalogue's namespace; null in an assembly that does not reference the runtime.</summary>
    /// <remarks>
    /// It runs after every edit, so it asks for the references' names: asking the compilation for a type by its name would
    /// have it merge the declarations of all files first.
    /// </remarks>
    public static string? Namespace(Compilation compilation, CancellationToken cancellation) =>
        compilation.ReferencedAssemblyNames.Any(assembly => assembly.Name == "Wgqa.Runtime") ? Identifier.Namespace(compilation.AssemblyName ?? "") : null;
}
