namespace Wgqa.Generators.Model;

/// <summary>A file to write.</summary>
/// <param name="Name">Its name, unique in the assembly.</param>
/// <param name="Spec">What it says.</param>
internal sealed record VariantFile(string Name, VariantSpec Spec);
