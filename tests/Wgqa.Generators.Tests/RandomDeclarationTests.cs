using Microsoft.CodeAnalysis;

namespace Wgqa.Generators.Tests;

public sealed class RandomDeclarationTests
{
    private static readonly string[] Numbers = ["-2147483648", "-1", "0", "1", "2", "3", "4", "5", "6", "8", "12", "24", "2147483647"];

    private static readonly string[] Maps =
    [
        "Searched", "Searched", "LaidOut", "new[] { 0, 0, 1, 1 }", "new[] { 0, 1, 2, 0, 1, 2 }", "new[] { 1, 0, 0, 0 }", "new[] { 0, 2 }", "new int[0]", "(Map)7", "null",
    ];

    private static readonly (string Name, string[] Values)[] Arguments =
    [
        ("Heads", Numbers),
        ("Groups", Numbers),
        ("GroupSize", Numbers),
        ("KeyGroups", Numbers),
        ("KeyGroupSize", Numbers),
        ("ValueGroups", Numbers),
        ("ValueGroupSize", Numbers),
        ("Layout", ["Contiguous", "Strided", "Strided", "(Layout)2"]),
        ("Map", Maps),
        ("KeyMap", Maps),
        ("ValueMap", Maps),
        ("Weighting", ["None", "Scalar", "Row", "Column", "Dense", "(Weighting)5", "(Weighting)(-1)"]),
        ("Init", ["Mean", "Normal", "(Init)2"]),
        ("Pooling", ["Average", "FirstHead", "RandomHead", "(Pooling)99"]),
        ("Merge", ["Live", "Once", "(Merge)2"]),
        ("Sites", ["DecoderSelf", "Encoder | Self", "0", "(Sites)16", "(Sites)(-1)"]),
    ];

    private static readonly string[][] Additions =
    [
        ["KeyDriven", "KeyDriven(Mode = Faithful, Allocation = Difference, Window = 5)", "KeyDriven(Allocation = MovingAverage, Beta = 0.5)", "KeyDriven(Window = 3)"],
        ["Perturbed", "Perturbed(Mode = Faithful)", "Perturbed(Scale = 0.25)", "Perturbed(Scale = 0)"],
        ["Blend"],
        ["Align", "Align(Calibration = Activations)", "Align(Calibration = (Calibration)2)"],
        ["GroupsAt(Groups = 1)", "GroupsAt(Layers = new[] { 0, 2 }, GroupSize = 2)", "GroupsAt(Sites = Encoder, Groups = 2)", "GroupsAt(Layers = new[] { 3 }, KeyGroups = 2, ValueGroups = 1)"],
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
        var declarations = names.Select(name => $"[KvGrouping({Draw(random)})] {Add(random)}{string.Format(Classes[random.Next(Classes.Length)], name)}").ToList();
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
        Arguments.Where(_ => random.Next(8) == 0).Select(argument => $"{argument.Name} = {argument.Values[random.Next(argument.Values.Length)]}"));

    private static string Add(Random random) => string.Concat(
        Additions.Where(_ => random.Next(6) == 0).Select(kind => $"[{kind[random.Next(kind.Length)]}] "));
}
