using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

namespace Wgqa.Package.Tests;

/// <summary>What is in the packages.</summary>
[Collection(nameof(PackedPackages))]
public sealed class PackageTests(PackedPackages packed)
{
    /// <summary>The compiler of the first SDK that builds for net10.0: what the generator refers to must not be newer.</summary>
    private static readonly Version OldestCompiler = new(5, 0, 0, 0);

    private static IEnumerable<string> DiagnosticPages =>
        Directory.EnumerateFiles(Path.Combine(Origin.Root, "docs", "diagnostics"), "*.md").Select(static file => "docs/diagnostics/" + Path.GetFileName(file)).Order(StringComparer.Ordinal);

    [Fact]
    public void TheRuntimeAndTheCompilersHalfAreInOnePackage() => Assert.Equal(
        [
            "LICENSE", "README.md", "Wgqa.nuspec", "analyzers/dotnet/cs/Wgqa.CodeFixes.dll", "analyzers/dotnet/cs/Wgqa.Generators.dll",
            "build/Wgqa.props", "buildTransitive/Wgqa.props", .. DiagnosticPages, "lib/net10.0/Wgqa.Runtime.dll", "lib/net10.0/Wgqa.Runtime.xml",
        ],
        packed.Open("Wgqa").Files);

    [Fact]
    public void TheManifestSaysWhatNuGetAsksFor()
    {
        var package = packed.Open("Wgqa");
        Assert.Equal("Wgqa", package.Field("id"));
        Assert.Equal(PackedPackages.Version, package.Field("version"));
        Assert.Equal("MIT", package.Field("license"));
        Assert.Equal("README.md", package.Field("readme"));
        Assert.All(["authors", "description", "copyright", "tags"], field => Assert.NotEmpty(package.Field(field)!));
    }

    [Fact]
    public void APackageOfThisMachineDependsOnWhatItStandsOn() => Assert.Equal(
        new[] { "TorchSharp", "Microsoft.ML.Tokenizers" }
            .Select(package => PackedPackages.StandIns.SingleOrDefault(standIn => standIn.Value == package) is { Key: { } standIn } ? $"{standIn} {PackedPackages.Version}" : $"{package} {Origin.VersionOf(package)}")
            .Order(StringComparer.Ordinal),
        packed.Open("Wgqa").Dependencies.Order(StringComparer.Ordinal));

    [Fact]
    public void APublishedPackageDependsOnTorchSharpAndLeavesLibtorchToTheApp()
    {
        var package = packed.PackForPublication();
        Assert.Equal(Origin.Version, package.Field("version"));
        Assert.Equal([$"Microsoft.ML.Tokenizers {Origin.VersionOf("Microsoft.ML.Tokenizers")}", $"TorchSharp {Origin.VersionOf("TorchSharp")}"], package.Dependencies);
        Assert.Equal(packed.Open("Wgqa").Files, package.Files);
    }

    [Fact]
    public void WhatStandsOnFilesIsNotPacked()
    {
        var files = Directory.CreateDirectory(packed.PathOf("files")).FullName;
        File.WriteAllBytes(Path.Combine(files, "TorchSharp.dll"), []);
        var refusal = packed.TryPack("Wgqa.Runtime", "refused", "dll", Origin.TokenizerSource, "--no-build", $"-p:TorchSharpDir={files}");
        Assert.NotEqual(0, refusal.ExitCode);
        Assert.Contains("a package cannot depend on files", refusal.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(packed.PathOf("refused")));
    }

    [Fact]
    public void AStandInHasItsLibraryAndItsNativeHalf() => Assert.All(PackedPackages.StandIns, standIn =>
    {
        var package = packed.Open(standIn.Key);
        Assert.Contains($"lib/net10.0/{standIn.Value}.dll", package.Files);
        Assert.Single(package.Files, static file => file.StartsWith("runtimes/", StringComparison.Ordinal) && file.EndsWith(".so", StringComparison.Ordinal));
        Assert.Empty(package.Dependencies);
    });

    [Fact]
    public void TheSymbolsAreThoseOfTheLibraryAndHoldItsSources()
    {
        var symbols = packed.Open("Wgqa", "snupkg");
        Assert.Equal(["Wgqa.nuspec", "lib/net10.0/Wgqa.Runtime.pdb"], symbols.Files);

        using var pdb = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols["lib/net10.0/Wgqa.Runtime.pdb"]));
        var reader = pdb.GetMetadataReader();
        using var library = new PEReader(new MemoryStream(packed.Open("Wgqa")["lib/net10.0/Wgqa.Runtime.dll"]));
        var identity = library.ReadCodeViewDebugDirectoryData(library.ReadDebugDirectory().Single(static entry => entry.Type == DebugDirectoryEntryType.CodeView));
        Assert.Equal(identity.Guid, new BlobContentId(reader.DebugMetadataHeader!.Id).Guid);

        var embedded = new Guid("0E8A571B-6926-466E-B4AD-8AB04611F5FE");   // the portable PDB format's name for a document's text
        var model = reader.Documents.Single(document => reader.GetString(reader.GetDocument(document).Name).EndsWith("/Wgqa.Runtime/Models/T5.cs", StringComparison.Ordinal));
        Assert.Contains(reader.GetCustomDebugInformation(model), info => reader.GetGuid(reader.GetCustomDebugInformation(info).Kind) == embedded);
    }

    [Fact]
    public void NoLibraryTellsWhereItWasBuilt()
    {
        var root = Encoding.UTF8.GetBytes(Origin.Root);
        var package = packed.Open("Wgqa");
        Assert.All(package.Files.Where(static file => file.EndsWith(".dll", StringComparison.Ordinal)), file => Assert.Equal(-1, package[file].AsSpan().IndexOf(root)));
        var symbols = packed.Open("Wgqa", "snupkg");
        using var pdb = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols["lib/net10.0/Wgqa.Runtime.pdb"]));
        var reader = pdb.GetMetadataReader();
        Assert.All(reader.Documents, document => Assert.StartsWith("/_/", reader.GetString(reader.GetDocument(document).Name), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Wgqa.Generators")]
    [InlineData("Wgqa.CodeFixes", "Wgqa.Generators", "Microsoft.CodeAnalysis.Workspaces", "Microsoft.CodeAnalysis.CSharp.Workspaces", "System.Composition.AttributedModel")]
    public void TheCompilersHalfNeedsNothingThatItsHostHasNot(string assembly, params string[] editors)
    {
        string[] compilers = ["netstandard", "System.Memory", "System.Collections.Immutable", "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp"];
        using var library = new PEReader(new MemoryStream(packed.Open("Wgqa")[$"analyzers/dotnet/cs/{assembly}.dll"]));
        var reader = library.GetMetadataReader();
        var references = reader.AssemblyReferences.Select(reference => reader.GetAssemblyReference(reference).GetAssemblyName()).ToList();
        Assert.Subset(new HashSet<string>([.. compilers, .. editors]), references.Select(static reference => reference.Name!).ToHashSet());
        Assert.All(references.Where(static reference => reference.Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)),
            static reference => Assert.True(reference.Version <= OldestCompiler, $"{reference} is newer than {OldestCompiler}"));
    }

    [Fact]
    public void TheDocumentationHasTheLanguageAndTheModels()
    {
        var documentation = XDocument.Load(new MemoryStream(packed.Open("Wgqa")["lib/net10.0/Wgqa.Runtime.xml"]));
        var members = documentation.Descendants("member").Select(static member => (string)member.Attribute("name")!).ToHashSet();
        Assert.Superset(new HashSet<string> { "T:Wgqa.KvGroupingAttribute", "P:Wgqa.KvGroupingAttribute.Groups", "F:Wgqa.Weighting.Column", "T:Wgqa.Models.T5" }, members);
    }
}
