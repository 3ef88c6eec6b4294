using System.Globalization;
using System.Text.RegularExpressions;

namespace Wgqa.Package.Tests;

/// <summary><c>dotnet new wgqa</c>, installed from its package into a collection of templates of its own.</summary>
[Collection(nameof(PackedPackages))]
public sealed partial class TemplateTests : IClassFixture<TemplateTests.Installed>
{
    private readonly PackedPackages _packed;

    public TemplateTests(PackedPackages packed, Installed installed)
    {
        _packed = packed;
        _ = installed;
    }

    [Fact]
    public void ANewProjectRuns()
    {
        New("MyAttention");
        _packed.Run("MyAttention", "build", "-warnaserror").Succeeded();
        var said = _packed.Run("MyAttention", "bin/Debug/net10.0/MyAttention.dll").Succeeded();

        var losses = Loss().Matches(said).ToDictionary(static match => match.Groups["model"].Value, static match => Number(match.Groups["loss"].Value));
        Assert.Equal(["multi-head", "converted", "fine-tuned", "folded"], losses.Keys);
        Assert.True(losses["fine-tuned"] < losses["converted"], said);
        Assert.Equal(losses["fine-tuned"], losses["folded"], 0.002);
        Assert.InRange(Number(Difference().Match(said).Groups["error"].Value), 0, 1e-4);
        Assert.Contains("32 elements per token and block instead of 128", said, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsAndTheNameReachTheSources()
    {
        New("other-attention.2", "--groups", "4", "--weighting", "Row", "--torch", "cuda-linux");
        var declaration = File.ReadAllText(_packed.PathOf("other-attention.2", "MyVariant.cs"));
        Assert.Contains("namespace other_attention._2;", declaration, StringComparison.Ordinal);
        Assert.Contains("[KvGrouping(Heads = 8, Groups = 4, Weighting = Row)]", declaration, StringComparison.Ordinal);
        var project = File.ReadAllText(_packed.PathOf("other-attention.2", "other-attention.2.csproj"));
        Assert.Contains($"""<PackageReference Include="Wgqa" Version="{PackedPackages.Version}" />""", project, StringComparison.Ordinal);
        Assert.Contains($"""<PackageReference Include="TorchSharp-cuda-linux" Version="{Origin.VersionOf("TorchSharp-cuda-linux")}" />""", project, StringComparison.Ordinal);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private void New(string name, params string[] options) =>
        _packed.Run("", ["new", "wgqa", "-n", name, "--no-update-check", "--debug:custom-hive", _packed.PathOf("hive"), .. options]).Succeeded();

    [GeneratedRegex(@"^(?<model>\S+) +loss (?<loss>\S+)", RegexOptions.Multiline)]
    private static partial Regex Loss();

    [GeneratedRegex(@"difference of a logit (?<error>\S+)")]
    private static partial Regex Difference();

    /// <summary>The template package, installed.</summary>
    public sealed class Installed
    {
        public Installed(PackedPackages packed) =>
            packed.Run("", "new", "install", packed.FileOf("Wgqa.Templates"), "--debug:custom-hive", packed.PathOf("hive")).Succeeded();
    }
}
