namespace Wgqa.Package.Tests;

/// <summary>tests/Consumer as a checkout of its own beside the packages: restored, built and run once, then given a declaration to refuse.</summary>
public sealed class ConsumerProject
{
    private const string Folder = "tests/Consumer";

    public ConsumerProject(PackedPackages packed)
    {
        var source = Path.Combine(Origin.Root, Folder);
        foreach (var file in Directory.EnumerateFiles(source).Select(Path.GetFileName))
        {
            Directory.CreateDirectory(packed.PathOf(Folder));
            File.Copy(Path.Combine(source, file!), packed.PathOf(Folder, file!));
        }

        string[] torch = PackedPackages.TorchPackage is { } package ? [$"-p:TorchPackage={package}", $"-p:TorchPackageVersion={Origin.VersionOf(package)}"] : [];
        packed.Run(Folder, ["build", .. torch]).Succeeded();
        Said = packed.Run(Folder, "bin/Debug/net10.0/Consumer.dll").Succeeded();
        Generated = NamesIn("obj/Debug/net10.0/generated/Wgqa.Generators/Wgqa.Generators.VariantGenerator");
        Output = NamesIn("bin/Debug/net10.0");

        File.WriteAllText(packed.PathOf(Folder, "Refused.cs"),
            """
            using Wgqa;
            namespace Consumer;
            /// <summary>Refused.</summary>
            [KvGrouping(Heads = 12, Groups = 5)] public sealed partial class Refused;
            """);
        Refusal = packed.Run(Folder, ["build", "--no-restore", .. torch]);

        IReadOnlyList<string> NamesIn(string folder) => [.. Directory.EnumerateFiles(packed.PathOf(Folder, folder)).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
    }

    /// <summary>What the program printed.</summary>
    public string Said { get; }

    /// <summary>The files that the generator wrote into the build.</summary>
    public IReadOnlyList<string> Generated { get; }

    /// <summary>The files that the build left beside the program.</summary>
    public IReadOnlyList<string> Output { get; }

    /// <summary>The build with the declaration that must be refused.</summary>
    internal Dotnet.Result Refusal { get; }
}
