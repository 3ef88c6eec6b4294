using System.Globalization;
using System.Text.RegularExpressions;

namespace Wgqa.Package.Tests;

/// <summary>The package in somebody else's project: warnings as errors, nullable, versions managed centrally.</summary>
[Collection(nameof(PackedPackages))]
public sealed partial class ConsumerTests(ConsumerProject consumer) : IClassFixture<ConsumerProject>
{
    [Fact]
    public void ADeclaredVariantTrainsAndFolds()
    {
        var said = Line().Match(consumer.Said);
        Assert.True(said.Success, consumer.Said);
        Assert.Equal("ColumnGqa", said.Groups["variants"].Value);
        var (before, after) = (Number("before"), Number("after"));
        Assert.True(double.IsFinite(before) && after < before, $"one step took the loss from {before} to {after}");
        Assert.InRange(Number("error"), 0, 1e-5);

        double Number(string name) => double.Parse(said.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void GeneratedCodeIsInTheBuild() => Assert.Equal(["Consumer.ColumnGqa.g.cs", "VariantCatalog.g.cs"], consumer.Generated);

    [Fact]
    public void DiagnosticsComeFromThePackage()
    {
        Assert.NotEqual(0, consumer.Refusal.ExitCode);
        Assert.Contains("Refused.cs(4,", consumer.Refusal.Output, StringComparison.Ordinal);
        Assert.Contains("error WGQA015: 12 heads cannot be split into 5 equal groups", consumer.Refusal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingOfTheCompilersIsBesideTheProgram()
    {
        Assert.Contains("Wgqa.Runtime.dll", consumer.Output);
        Assert.DoesNotContain(consumer.Output, static file => file.StartsWith("Wgqa.Generators", StringComparison.Ordinal) || file.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^(?<variants>.+): loss (?<before>\S+) then (?<after>\S+), fold error (?<error>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
