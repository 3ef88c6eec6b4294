using FsCheck;
using FsCheck.Fluent;

namespace Wgqa.Generators.Tests.Mistakes;

/// <summary>A way to spoil a declaration.</summary>
/// <param name="Rule">The rule that it violates; empty where C# itself refuses it.</param>
/// <param name="Spoil">Writes the mistake over what the declaration says in its place.</param>
internal sealed record Mistake(string Rule, Func<Declaration, Declaration> Spoil)
{
    private static readonly Gen<int> NotPositive = Gen.OneOf(Gen.Elements(0, -1, int.MinValue), Gen.Choose(-100, -1));
    private static readonly Gen<int> Undefined = Gen.OneOf(Gen.Elements(-1, int.MaxValue, int.MinValue), Gen.Choose(16, 100).Select(number => number * 16));
    private static readonly Gen<int> Number = Gen.OneOf(Gen.Choose(1, 12), Gen.Constant(int.MaxValue));

    // Heads, and a number that does not divide them.
    private static readonly Gen<(int Heads, int Other)> Indivisible =
        from heads in Gen.OneOf(Gen.Choose(3, 64), Gen.Elements(int.MaxValue, int.MaxValue - 1))
        from other in Gen.Choose(2, Math.Min(heads, 100) - 1)
        where heads % other != 0
        select (heads, other);

    private static readonly string[] LearnedWeightings = ["Scalar", "Row", "Column"];

    private static readonly (string Rule, Gen<Func<Declaration, Declaration>> Ways)[] Ways =
    [
        ("WGQA001", Class(["public sealed", "internal", "", "public sealed unsafe"], (wrong, modifiers) => wrong with { Modifiers = modifiers })),
        ("WGQA002", Class(
            ["class Outer", "public static class Outer", "struct Outer", "interface IOuter", "public record Outer(int Size)", "class Outer { } partial class Outer"],
            (wrong, container) => wrong with { Container = container })),
        ("WGQA003", Class(["public static partial", "public abstract partial"], (wrong, modifiers) => wrong with { Modifiers = modifiers, Keyword = "class" })),
        ("WGQA003", Class(["record", "struct", "record struct", "interface"], (wrong, keyword) => wrong with { Modifiers = "public partial", Keyword = keyword })),
        ("WGQA004", Class(["<T>", "<TKey, TValue>", "<T> where T : struct"], (wrong, parameters) => wrong with { TypeParameters = parameters, Base = "" })),
        ("WGQA005", Class(["partial class Outer<T>", "public readonly partial record struct Outer<T>(T Value)"], (wrong, container) => wrong with { Container = container })),
        ("WGQA006", Class(["file sealed partial", "file partial"], (wrong, modifiers) => wrong with { Modifiers = modifiers, Container = "" })),
        ("WGQA007", Class(
            ["System.Random", "System.Exception", "System.IO.MemoryStream, System.ICloneable", "System.Collections.Generic.List<int>"],
            (wrong, parent) => wrong with { Base = $" : {parent}", TypeParameters = "" })),
        ("WGQA008", Class(
            ["public int Fold() => 1;", "int Groups;", "class Shape { }", "event System.Action forward;", "delegate void Info();", "void _q<T>(T x) { }"],
            (wrong, members) => wrong with { Members = members })),
        ("WGQA009", Class(["public X(int size) { }", "X() { }", "private X(X other) { }"], (wrong, members) => wrong with { Members = members })),
        ("WGQA010", from heads in NotPositive from numbers in Gen.Elements("", ", Groups = 2", ", GroupSize = 3") select Numbers($"Heads = {heads}{numbers}")),
        ("WGQA011", from groups in NotPositive from numbers in Gen.Elements("", "Heads = 12, ") select Numbers($"{numbers}Groups = {groups}")),
        ("WGQA012", from size in NotPositive from numbers in Gen.Elements("", "Heads = 12, ") select Numbers($"{numbers}GroupSize = {size}")),
        ("WGQA013", from groups in Number from size in Number select Numbers($"Groups = {groups}, GroupSize = {size}")),
        ("WGQA014", from heads in Gen.Choose(1, 64) from more in Number select Numbers($"Heads = {heads}, Groups = {(int)Math.Min((long)heads + more, int.MaxValue)}")),
        ("WGQA015", Indivisible.Select(pair => Numbers($"Groups = {pair.Other}, Heads = {pair.Heads}"))),
        ("WGQA016", Indivisible.Select(pair => Numbers($"Heads = {pair.Heads}, GroupSize = {pair.Other}"))),
        ("WGQA017", from word in Gen.Elements("Weighting", "Init", "Pooling", "Merge") from number in Undefined select Words($"{word} = ({word})({number})")),
        ("WGQA017", from number in Undefined select Sites($"(Sites)({number})")),
        ("WGQA018", from init in Gen.Elements("Mean", "Normal") from weighting in Gen.Elements("", ", Weighting = None", ", Merge = Live") select Words($"Init = {init}{weighting}")),
        ("WGQA019", from weighting in Gen.Elements(LearnedWeightings) from pooling in Gen.Elements("Average", "FirstHead") select Words($"Pooling = {pooling}, Weighting = {weighting}")),
        ("WGQA020", from pooling in Gen.Elements("Average", "FirstHead", "RandomHead") select Words($"Merge = Live, Pooling = {pooling}")),
        ("WGQA021", from weighting in Gen.Elements(LearnedWeightings) from init in Gen.Elements("", ", Init = Normal") select Words($"Merge = Once, Weighting = {weighting}{init}")),
        ("WGQA022", Gen.Elements("0", "(Sites)0", "default", "DecoderSelf & Encoder").Select(Sites)),
        ("", Gen.Elements("Groups = 2, Groups = 2", "Groups = null", "Gruops = 2", "2", "Groups = 2.5", "Heads = 1 / 0", "Groups = \"2\"").Select(Numbers)),
        ("", Gen.Elements("Weighting = Columns", "Weighting = Mean", "Init = 1", "Merge = null", "Pooling = (Pooling)\"FirstHead\"").Select(Words)),
    ];

    /// <summary>Any mistake.</summary>
    public static Gen<Mistake> Any { get; } = Gen.Elements(Ways).SelectMany(way => way.Ways, (way, spoil) => new Mistake(way.Rule, spoil));

    /// <summary>The rules that some mistake violates.</summary>
    public static IEnumerable<string> Rules => Ways.Select(way => way.Rule).Distinct();

    /// <summary>Any violation of a rule.</summary>
    public static Gen<Mistake> Of(string rule) =>
        Gen.Elements(Ways.Where(way => way.Rule == rule)).SelectMany(way => way.Ways, (_, spoil) => new Mistake(rule, spoil));

    private static Gen<Func<Declaration, Declaration>> Class(string[] ways, Func<Declaration, string, Declaration> spoil) =>
        Gen.Elements(ways).Select(way => new Func<Declaration, Declaration>(declaration => spoil(declaration, way)));

    private static Func<Declaration, Declaration> Numbers(string arguments) => declaration => declaration with { Numbers = arguments };

    private static Func<Declaration, Declaration> Words(string arguments) => declaration => declaration with { Words = arguments };

    private static Func<Declaration, Declaration> Sites(string value) => declaration => declaration with { Sites = $"Sites = {value}" };
}
