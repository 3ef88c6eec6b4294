using Microsoft.CodeAnalysis;

namespace Wgqa.Generators.Tests;

public sealed class RandomDeclarationTests
{
    private static readonly string[] Numbers = ["-2147483648", "-1", "0", "1", "2", "3", "4", "5", "6", "8", "12", "24", "2147483647"];

    private static readonly (string Name, string[] Values)[] Arguments =
    [
        ("Heads", Numbers),
        ("Groups", Numbers),
        ("GroupSize", Numbers),
        ("Weighting", ["None", "Scalar", "Row", "Column", "(Weighting)4", "(Weighting)(-1)"]),
        ("Init", ["Mean", "Normal", "(Init)2"]),
        ("Pooling", ["Average", "FirstHead", "RandomHead", "(Pooling)99"]),
        ("Merge", ["Live", "Once", "(Merge)2"]),
        ("Sites", ["DecoderSelf", "Encoder | Self", "0", "(Sites)16", "(Sites)(-1)"]),
    ];

    private static readonly string[] Classes =
    [
        "public sealed partial class {0};", "public sealed partial class {0};", "public sealed partial class {0};", "public sealed partial class {0};",
        "internal partial class {0} {{ public int Size => 1; }}", "public class {0};", "public static partial class {0};", "public sealed partial record {0};",
        "public sealed partial class {0}<T>;", "public sealed partial class {0}(int size) {{ public int Size => size; }}", "public sealed partial class {0} {{ public int Fold() => 1; }}",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ADeclarationIsEitherWrittenAndCleanOrRefusedWithAReason(int seed)
    {
        var random = new Random(seed);
        var names = Enumerable.Range(0, 200).Select(number => $"V{number}").ToList();
        var declarations = names.Select(name => $"[KvGrouping({Draw(random)})] {string.Format(Classes[random.Next(Classes.Length)], name)}").ToList();
        var (output, result) = Declared.Generate(Declared.Compilation(Declared.Usings + string.Join("\n", declarations)));

        var written = result.GeneratedSources.Select(source => source.HintName[..^".g.cs".Length]).ToHashSet();
        var refused = (await Declared.Findings(output)).Select(Line).Select(line => names[line]).ToHashSet();
        Assert.All(names, name => Assert.True(written.Contains(name) != refused.Contains(name), declarations.First(text => text.Contains($" {name}"))));
        Assert.InRange(written.Count, 10, 190);
        Assert.DoesNotContain(output.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error
            && (diagnostic.Location.SourceTree!.FilePath != "File0.cs" || (diagnostic.Id != "CS1591" && written.Contains(names[Line(diagnostic)]))));

        static int Line(Diagnostic diagnostic) =>
            diagnostic.Location.GetLineSpan().StartLinePosition.Line - Declared.Usings.Count(letter => letter == '\n');
    }

    private static string Draw(Random random) => string.Join(
        ", ",
        Arguments.Where(_ => random.Next(4) == 0).Select(argument => $"{argument.Name} = {argument.Values[random.Next(argument.Values.Length)]}"));
}
