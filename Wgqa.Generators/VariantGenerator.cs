using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Wgqa.Generators.Emission;
using Wgqa.Generators.Model;
using Wgqa.Generators.Reading;

namespace Wgqa.Generators;

/// <summary>
/// The pipeline: attribute in, C# out. Every stage hands on values that compare by content, so an edit that changes no
/// declaration stops at the first.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class VariantGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var variants = context.SyntaxProvider
            .ForAttributeWithMetadataName(VariantReader.AttributeName, static (node, _) => node is TypeDeclarationSyntax, VariantReader.Spec)
            .Where(static spec => spec is not null)
            .Select(static (spec, _) => spec!)
            .WithTrackingName(Stages.Variants);

        var types = variants.Select(static (spec, _) => spec.Type).Collect();

        var fileNames = types
            .Select(static (types, _) => FileNames.For(types.Select(type => type.MetadataName)))
            .WithTrackingName(Stages.FileNames);

        var files = variants
            .Combine(fileNames)
            .Select(static (pair, _) => new VariantFile(pair.Right.Of(pair.Left.Type.MetadataName), pair.Left))
            .WithTrackingName(Stages.Files);

        var catalog = types
            .Combine(context.CompilationProvider.Select(CatalogReader.Namespace))
            .Select(static (pair, _) => pair.Right is { } name ? CatalogSpec.From(name, pair.Left) : null)
            .WithTrackingName(Stages.Catalog);

        context.RegisterSourceOutput(files, static (output, file) => output.AddSource(file.Name, Text(VariantEmitter.Emit(file))));
        context.RegisterSourceOutput(catalog, static (output, spec) =>
        {
            if (spec is not null)
            {
                output.AddSource(FileNames.Catalog, Text(CatalogEmitter.Emit(spec)));
            }
        });
    }

    private static SourceText Text(string source) => SourceText.From(source, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
