using FsCheck;
using FsCheck.Fluent;

namespace Wgqa.Generators.Tests.Mistakes;

/// <summary>A way to spoil a declaration.</summary>
/// <param name="Rule">The rule that it violates; empty where C# itself refuses it.</param>
/// <param name="Spoiling">Writes the mistake over what the declaration says in its place.</param>
internal sealed record Mistake(string Rule, Spoiling Spoiling)
{
    private static readonly Gen<int> NotPositive = Gen.OneOf(Gen.Elements(0, -1, int.MinValue), Gen.Choose(-100, -1));
    private static readonly Gen<int> Undefined = Gen.OneOf(Gen.Elements(-1, int.MaxValue, int.MinValue), Gen.Choose(16, 100).Select(number => number * 16));
    private static readonly Gen<int> Number = Gen.OneOf(Gen.Choose(1, 12), Gen.Constant(int.MaxValue));

    // No share, and no positive number.
    private static readonly Gen<string> Fraction = Gen.Elements("0", "-0.0", "-1", "double.NaN", "double.NegativeInfinity", "double.PositiveInfinity", "-1e-300");

    // Heads, and a number that does not divide them.
    private static readonly Gen<(int Heads, int Other)> Indivisible =
        from heads in Gen.OneOf(Gen.Choose(3, 64), Gen.Elements(int.MaxValue, int.MaxValue - 1))
        from other in Gen.Choose(2, Math.Min(heads, 100) - 1)
        where heads % other != 0
        select (heads, other);

    private static readonly string[] LearnedWeightings = ["Scalar", "Row", "Column", "Dense"];
    private static readonly string[] Maps = ["Map", "KeyMap", "ValueMap"];
    private static readonly string[] Sides = ["", "Key", "Value"];

    private static readonly (string Rule, Gen<Spoiling> Ways)[] Ways =
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
            ["public int Fold() => 1;", "int Maps;", "class Shape { }", "event System.Action forward;", "delegate void Info();", "void _q<T>(T x) { }"],
            (wrong, members) => wrong with { Members = members })),
        ("WGQA009", Class(["public X(int size) { }", "X() { }", "private X(X other) { }"], (wrong, members) => wrong with { Members = members })),
        ("WGQA010", from heads in NotPositive from numbers in Gen.Elements("", ", Groups = 2", ", GroupSize = 3") select Numbers($"Heads = {heads}{numbers}")),
        ("WGQA011", from groups in NotPositive from numbers in Gen.Elements("", "Heads = 12, ") from side in Gen.Elements(Sides) select Numbers($"{numbers}{side}Groups = {groups}")),
        ("WGQA011", from groups in NotPositive select Elsewhere($"GroupsAt(Groups = {groups})")),
        ("WGQA012", from size in NotPositive from numbers in Gen.Elements("", "Heads = 12, ") from side in Gen.Elements(Sides) select Numbers($"{numbers}{side}GroupSize = {size}")),
        ("WGQA012", from size in NotPositive from side in Gen.Elements(Sides) select Elsewhere($"GroupsAt({side}GroupSize = {size})")),
        ("WGQA013", from groups in Number from size in Number from side in Gen.Elements(Sides) select Numbers($"{side}Groups = {groups}, {side}GroupSize = {size}")),
        ("WGQA014", from heads in Gen.Choose(1, 64) from more in Number select Numbers($"Heads = {heads}, Groups = {(int)Math.Min((long)heads + more, int.MaxValue)}")),
        ("WGQA015", Indivisible.Select(pair => Numbers($"Groups = {pair.Other}, Heads = {pair.Heads}"))),
        ("WGQA015", Indivisible.Select(pair => Numbers($"Heads = {pair.Heads}") + Elsewhere($"GroupsAt(ValueGroups = {pair.Other})"))),
        ("WGQA016", Indivisible.Select(pair => Numbers($"Heads = {pair.Heads}, GroupSize = {pair.Other}"))),
        ("WGQA017", from word in Gen.Elements("Weighting", "Init", "Pooling", "Merge") from number in Undefined select Words($"{word} = ({word})({number})")),
        ("WGQA017", from number in Undefined select Sites($"(Sites)({number})")),
        ("WGQA018", from init in Gen.Elements("Mean", "Normal") from weighting in Gen.Elements("", ", Weighting = None", ", Merge = Live") select Words($"Init = {init}{weighting}")),
        ("WGQA019", from weighting in Gen.Elements(LearnedWeightings) from pooling in Gen.Elements("Average", "FirstHead") select Words($"Pooling = {pooling}, Weighting = {weighting}")),
        ("WGQA020", from pooling in Gen.Elements("Average", "FirstHead", "RandomHead") select Words($"Merge = Live, Pooling = {pooling}")),
        ("WGQA021", from weighting in Gen.Elements(LearnedWeightings) from init in Gen.Elements("", ", Init = Normal") select Words($"Merge = Once, Weighting = {weighting}{init}")),
        ("WGQA022", Gen.Elements("0", "(Sites)0", "default", "DecoderSelf & Encoder").Select(Sites)),
        ("WGQA023", from number in Number from numbers in Gen.Elements("KeyGroups = 2, ValueGroups = 4", "KeyGroupSize = 2, ValueGroups = 4") select Numbers($"Groups = {number}, {numbers}")),
        ("WGQA024", from name in Gen.Elements(Maps) from value in Gen.Elements("null", "\"0011\"", "1", "new int[0]", "typeof(int)", "Merge.Live", "new[] { \"0\" }") select Map($"{name} = {value}")),
        ("WGQA024", from value in Gen.Elements("new object[] { 0, null }", "new object[] { 0, new[] { 1 } }", "new object[] { new object[0] }", "new long[] { 0, 1 }", "(int[])null") select Map($"Map = {value}")),
        ("WGQA025", from name in Gen.Elements(Maps) from entry in Gen.Elements(-1, int.MinValue) select Map($"Heads = 2, {name} = new[] {{ 0, {entry} }}")),
        ("WGQA026", from name in Gen.Elements(Maps) from entry in Gen.Elements(2, 3, int.MaxValue) select Map($"{name} = new[] {{ 0, {entry}, 0 }}")),
        ("WGQA027", from heads in Gen.OneOf(Gen.Choose(4, 64), Gen.Choose(1, 2), Gen.Constant(int.MaxValue)) select Map($"Heads = {heads}, Map = new[] {{ 0, 1, 1 }}")),
        ("WGQA027", Gen.Constant(Map("KeyMap = new[] { 0, 1, 1 }, ValueMap = new[] { 0, 1 }"))),
        ("WGQA028", from groups in Gen.Choose(3, 9) from side in Gen.Elements(Sides) select Map($"{side}Groups = {groups}, Map = new[] {{ 1, 0, 1 }}")),
        ("WGQA029", from other in Gen.Elements("Layout = Strided", "GroupSize = 2", "KeyMap = Searched", "KeyGroupSize = 1") select Map($"Map = new[] {{ 0, 1, 1 }}, {other}")),
        ("WGQA030", Gen.Elements("GroupsAt", "GroupsAt()", "GroupsAt(Layers = new[] { 3 })").Select(Elsewhere)),
        ("WGQA031", from sites in Gen.Elements("Encoder", "Self | DecoderSelf") select Elsewhere($"GroupsAt(Sites = {sites}, Groups = 1)") + Sites("DecoderCross")),
        ("WGQA032", from layers in Gen.Elements("new[] { -1 }", "new[] { 0, int.MinValue, 0 }", "new int[0]", "null", "new int[] { }") select Elsewhere($"GroupsAt(Layers = {layers}, Groups = 1)")),
        ("WGQA033", from layers in Gen.Elements("", ", Layers = new[] { 1 }", ", Layers = new[] { 2, 1, 2 }") select Elsewhere($"GroupsAt(Groups = 1, Layers = new[] {{ 1 }}), GroupsAt(Groups = 1{layers})")),
        ("WGQA034", from number in Gen.Elements("Groups = 2", "KeyGroups = 1", "ValueGroupSize = 1") select Map("Map = new[] { 1, 0, 1 }") + Elsewhere($"GroupsAt({number})")),
        ("WGQA035", Gen.Elements("Blend", "Align", "Perturbed(Mode = (Mode)9)", "KeyDriven").Select(addition => Undeclared + Add(addition))),
        ("WGQA035", Gen.Constant(Undeclared + Elsewhere("GroupsAt(Groups = -1)") + Add(""))),
        ("WGQA036", from addition in Gen.Elements("Blend", "Align", "KeyDriven") from numbers in Gen.Elements("", "Heads = 4, GroupSize = 1", "GroupSize = 1") select Map(numbers) + Add(addition)),
        ("WGQA036", Gen.Constant(Map("Groups = 1") + Add("KeyDriven"))),
        ("WGQA037", from map in Gen.Elements("Layout = Strided", "KeyMap = Searched, ValueMap = Searched", "Map = Searched") select Map($"Groups = 2, {map}") + Add("KeyDriven")),
        ("WGQA038", from numbers in Gen.Elements("KeyGroups = 2, ValueGroups = 4", "Groups = 2, ValueGroupSize = 3") select Map(numbers) + Add("KeyDriven")),
        ("WGQA039", Gen.Elements("Blend, KeyDriven", "KeyDriven(Mode = Faithful), Blend").Select(additions => Map("Groups = 2") + Add(additions))),
        ("WGQA040", from window in NotPositive from words in Gen.Elements("", "Allocation = Difference, ") select Map("Groups = 2") + Add($"KeyDriven({words}Window = {window})")),
        ("WGQA041", Gen.Elements("Window = 1", "Beta = 0.5", "Allocation = Difference, Beta = 1").Select(arguments => Map("Groups = 2") + Add($"KeyDriven({arguments})"))),
        ("WGQA042", from beta in Fraction from words in Gen.Elements("", "Allocation = MovingAverage, ") select Map("Groups = 2") + Add($"KeyDriven({words}Beta = {beta})")),
        ("WGQA042", Gen.Constant(Map("Groups = 2") + Add("KeyDriven(Allocation = MovingAverage, Beta = 1.0001)"))),
        ("WGQA043", from scale in Fraction from words in Gen.Elements("", "Mode = Faithful, ") select Add($"Perturbed({words}Scale = {scale})")),
        ("WGQA044", from scale in Gen.Elements("1", "0.25", "double.Epsilon") select Add($"Perturbed(Scale = {scale}, Mode = Faithful)")),
        ("WGQA045", from fold in Gen.Elements("public static object Frozen(X block) => block.Fold();", "static System.Func<object> Later(X block) => block.Fold;", "object Own() => this.Fold();")
            from addition in Gen.Elements("Blend", "Perturbed(Mode = Faithful)")
            select Map("Groups = 2") + Add(addition) + Member(fold)),
        ("", Gen.Elements("Groups = 2, Groups = 2", "Groups = null", "Gruops = 2", "2", "Groups = 2.5", "Heads = 1 / 0", "Groups = \"2\"", "Map = new[] { 0, x }", "Map = new[] { 1, null }", "Map = new int[2, 2]").Select(Numbers)),
        ("", Gen.Elements("Weighting = Columns", "Weighting = Mean", "Init = 1", "Merge = null", "Pooling = (Pooling)\"FirstHead\"").Select(Words)),
        ("", Gen.Elements("Blend, Blend", "Blend(2)", "KeyDriven(Window = 1.5)", "Perturbed(Scale = \"1\")", "Align(Calibration = Weight)", "KeyDriven, KeyDriven").Select(Add)),
        ("", Gen.Elements("GroupsAt(Layers = new[] { \"0\" })", "GroupsAt(Layers = 1, Groups = 1)", "GroupsAt(1)", "GroupsAt(Groups = null)").Select(Elsewhere)),
    ];

    private static Spoiling Undeclared => new(declaration => declaration with { IsDeclared = false });

    /// <summary>Any mistake.</summary>
    public static Gen<Mistake> Any { get; } = Gen.Elements(Ways).SelectMany(way => way.Ways, (way, spoiling) => new Mistake(way.Rule, spoiling));

    /// <summary>The rules that some mistake violates.</summary>
    public static IEnumerable<string> Rules => Ways.Select(way => way.Rule).Distinct();

    /// <summary>Any violation of a rule.</summary>
    public static Gen<Mistake> Of(string rule) =>
        Gen.Elements(Ways.Where(way => way.Rule == rule)).SelectMany(way => way.Ways, (_, spoiling) => new Mistake(rule, spoiling));

    private static Gen<Spoiling> Class(string[] ways, Func<Declaration, string, Declaration> spoil) =>
        Gen.Elements(ways).Select(way => new Spoiling(declaration => spoil(declaration, way)));

    private static Spoiling Numbers(string arguments) => new(declaration => declaration with { Numbers = arguments, IsDeclared = true });

    // With a map, or with no numbers at all, not everything may be said elsewhere and added.
    private static Spoiling Map(string arguments) => new(declaration => declaration with { Numbers = arguments, Elsewhere = "", Additions = "", IsDeclared = true });

    private static Spoiling Words(string arguments) => new(declaration => declaration with { Words = arguments });

    private static Spoiling Sites(string value) => new(declaration => declaration with { Sites = $"Sites = {value}" });

    private static Spoiling Elsewhere(string attributes) => new(declaration => declaration with { Elsewhere = attributes });

    private static Spoiling Add(string attributes) => new(declaration => declaration with { Additions = attributes });

    private static Spoiling Member(string member) => new(declaration => declaration with { Members = member });
}
