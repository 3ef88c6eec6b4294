using Wgqa.Testing;

namespace Wgqa.Package.Tests;

/// <summary>
/// Every package of the repository, packed once for all tests into a folder that looks like somebody else's machine: its own
/// home, its own folder of restored packages, and no source of packages but the one just filled.
/// </summary>
public sealed class PackedPackages : IDisposable
{
    private const string LibtorchPackage = "TorchSharp-cpu";   // that a package built for publication is built with

    private readonly TemporaryFolder _machine = new();

    public PackedPackages()
    {
        try
        {
            // What is built is packed as it is; where that cannot be packed, it is built once more over the stand-ins.
            string[] builds = Origin.IsPackable ? ["--no-build"] : Isolated("built", Directory.CreateDirectory(_machine.Path("empty")).FullName);
            TryPack("Wgqa.sln", Feed, Origin.TorchSource, Origin.TokenizerSource, builds).Succeeded();
            _machine.Write("nuget.config",
                $"""
                <configuration>
                  <config><add key="globalPackagesFolder" value="restored" /></config>
                  <packageSources><clear /><add key="packed" value="{Feed}" /></packageSources>
                  <fallbackPackageFolders><clear />{(StandIns.Count == 2 ? "" : $"<add key=\"others\" value=\"{OthersPackages()}\" />")}</fallbackPackageFolders>
                </configuration>
                """);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The version that was packed.</summary>
    public static string Version => StandIns.Count > 0 ? Origin.Version + "-local" : Origin.Version;

    /// <summary>The packages that stand in for others here, and which those are.</summary>
    public static IReadOnlyDictionary<string, string> StandIns { get; } =
        new[] { (Origin.TorchSource, "Wgqa.TorchSharp.Local", "TorchSharp"), (Origin.TokenizerSource, "Wgqa.Tokenizers.Local", "Microsoft.ML.Tokenizers") }
            .Where(static part => part.Item1 == "local").ToDictionary(static part => part.Item2, static part => part.Item3);

    /// <summary>The package that brings libtorch to an app here; null where the stand-in does.</summary>
    public static string? TorchPackage => Origin.TorchSource switch { "cpu" => "TorchSharp-cpu", "cuda" => "TorchSharp-cuda-linux", _ => null };

    /// <summary>Where the packages are.</summary>
    private string Feed => _machine.Path("artifacts", "packages");

    /// <summary>Reads a package that was packed.</summary>
    internal PackageFile Open(string id, string extension = "nupkg") => new(FileOf(id, extension));

    /// <summary>Where a package that was packed is.</summary>
    internal string FileOf(string id, string extension = "nupkg") => Path.Combine(Feed, $"{id}.{Version}.{extension}");

    /// <summary>A path on that machine.</summary>
    internal string PathOf(params string[] parts) => _machine.Path(parts);

    /// <summary>Runs the SDK in a folder of that machine.</summary>
    internal Dotnet.Result Run(string folder, params string[] arguments) => Dotnet.Run(_machine.Path(folder), _machine.Path("home"), arguments);

    /// <summary>The package <c>Wgqa</c> as one would publish it, built against packages of the names that it then depends on.</summary>
    /// <remarks>Where those cannot be restored, packages of the same names hold the stand-ins' libraries: enough to compile against.</remarks>
    internal PackageFile PackForPublication()
    {
        if (StandIns.Count == 0)
        {
            return Open("Wgqa");
        }

        var named = Directory.CreateDirectory(_machine.Path("named")).FullName;
        foreach (var (standIn, package) in StandIns)
        {
            var library = $"lib/net10.0/{package}.dll";
            HandmadePackage.Write(named, package, Origin.VersionOf(package), (library, Open(standIn)[library]));
        }

        if (Origin.TorchSource == "local")
        {
            HandmadePackage.Write(named, LibtorchPackage, Origin.VersionOf(LibtorchPackage));
        }

        TryPack("Wgqa.Runtime", "published", "cpu", "nuget", [.. Isolated("built-to-publish", named), "-p:RunAnalyzers=false"]).Succeeded();
        return new(_machine.Path("published", $"Wgqa.{Origin.Version}.nupkg"));
    }

    /// <summary>Packs a project of the repository into a folder of that machine.</summary>
    internal Dotnet.Result TryPack(string project, string output, string torchSource, string tokenizerSource, params IEnumerable<string> options) =>
        Dotnet.Run(Origin.Root, _machine.Path("home"),
            ["pack", project, "-c", Origin.Configuration, "-o", _machine.Path(output), $"-p:TorchSource={torchSource}", $"-p:TokenizerSource={tokenizerSource}", .. options]);

    public void Dispose() => _machine.Dispose();

    /// <summary>Options of a build beside the repository's own, with what it has restored already and one source of packages.</summary>
    private string[] Isolated(string name, string source) =>
    [
        "--artifacts-path", _machine.Path(name), $"-p:RestorePackagesPath={_machine.Path(name, "restored")}",
        $"-p:RestoreFallbackFolders={OthersPackages()}", $"-p:RestoreSources={source}",
    ];

    /// <summary>
    /// The packages of others that this repository's build has restored. None of ours: an earlier one may be there under the same version. And none that
    /// has a stand-in here: another project may have restored the real one, which would be found before ours of that name.
    /// </summary>
    private string OthersPackages()
    {
        var others = _machine.Path("others");
        if (!Directory.Exists(others))
        {
            Directory.CreateDirectory(others);
            HashSet<string> replaced = new([.. StandIns.Values, .. Origin.TorchSource == "local" ? [LibtorchPackage] : Array.Empty<string>()], StringComparer.OrdinalIgnoreCase);
            foreach (var package in new DirectoryInfo(Origin.PackageFolder).EnumerateDirectories().Where(package => !package.Name.StartsWith("wgqa", StringComparison.Ordinal) && !replaced.Contains(package.Name)))
            {
                Directory.CreateSymbolicLink(Path.Combine(others, package.Name), package.FullName);
            }
        }

        return others;
    }
}

/// <summary>The tests that share one packing.</summary>
[CollectionDefinition(nameof(PackedPackages))]
public sealed class PackedPackagesCollection : ICollectionFixture<PackedPackages>;
