using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Wgqa.Generators.Emission;

namespace Wgqa.Generators.Tests;

/// <summary>Generated code compiles with every warning an error, whatever is declared and wherever.</summary>
public sealed class CleanlinessTests
{
    private static readonly string[] Numbers =
    [
        "", "Groups = 1", "Groups = 2", "Groups = 6", "GroupSize = 1", "GroupSize = 2", "GroupSize = 7", "Heads = 12", "Heads = 12, Groups = 1",
        "Heads = 12, Groups = 6", "Heads = 12, Groups = 12", "Heads = 128, GroupSize = 8", "Heads = 1", "Heads = 2147483647",
    ];

    private static readonly string[] Words =
    [
        "", "Pooling = Average", "Pooling = FirstHead, Merge = Once", "Pooling = RandomHead", "Merge = Live", "Merge = Live, Weighting = None, Sites = Self",
        "Weighting = Scalar", "Weighting = Row", "Weighting = Column, Merge = Live",
        "Weighting = Scalar, Init = Normal", "Weighting = Row, Init = Normal, Sites = Encoder | DecoderCross", "Weighting = Column, Init = Mean",
    ];

    // What says which heads share a group, and what is added; {0} is where the words go.
    private static readonly string[] Sharings =
    [
        "[KvGrouping(GroupSize = 2, Layout = Strided{0})]", "[KvGrouping(Heads = 12, Groups = 4, Layout = Strided{0})]", "[KvGrouping(Groups = 1, Layout = Strided{0})]",
        "[KvGrouping(Map = new[] {{ 0, 0, 0, 1 }}{0})]", "[KvGrouping(Map = new[] {{ 0, 1, 1, 0 }}{0})]", "[KvGrouping(KeyMap = new[] {{ 0, 0, 0, 1 }}, ValueMap = Searched, ValueGroups = 3{0})]",
        "[KvGrouping(KeyMap = new[] {{ 0, 0, 0, 1 }}, ValueMap = new[] {{ 0, 1, 1, 1 }}{0})]",
        "[KvGrouping(KeyGroups = 2, ValueGroupSize = 3{0})]", "[KvGrouping(Heads = 12, KeyGroups = 2{0})]", "[KvGrouping(KeyGroupSize = 4, ValueGroupSize = 2, Layout = Strided{0})]",
        "[KvGrouping(Groups = 5, Map = Searched{0})]", "[KvGrouping(GroupSize = 2, KeyMap = Searched, ValueMap = Searched{0})]", "[KvGrouping(Heads = 12, KeyGroups = 2, KeyMap = Searched{0}), Align]",
        "[KvGrouping(GroupSize = 2{0}), GroupsAt(Sites = DecoderCross, Groups = 1), GroupsAt(Sites = DecoderSelf, Layers = new[] {{ 3, 0 }}, KeyGroups = 2)]",
        "[KvGrouping(Heads = 12, Groups = 5, Map = Searched{0}), GroupsAt(Layers = new[] {{ 0 }}, Groups = 7)]",
        "[KvGrouping(GroupSize = 2{0}), KeyDriven]", "[KvGrouping(Heads = 12, Groups = 6{0}), KeyDriven(Mode = Faithful)]",
        "[KvGrouping(Groups = 2{0}), KeyDriven(Allocation = Difference, Window = 300), Align]", "[KvGrouping(GroupSize = 2{0}), KeyDriven(Allocation = MovingAverage, Beta = 0.5), GroupsAt(Layers = new[] {{ 1 }}, Groups = 2)]",
        "[KvGrouping(GroupSize = 2{0}), Perturbed]", "[KvGrouping(GroupSize = 2{0}), KeyDriven, Perturbed(Scale = 0.25)]", "[KvGrouping(GroupSize = 2{0}), Perturbed(Mode = Faithful)]",
        "[KvGrouping(GroupSize = 2{0}), Blend]", "[KvGrouping(Heads = 12, KeyGroups = 2, ValueGroups = 3{0}), Blend]", "[KvGrouping(Groups = 3, Map = Searched{0}), Blend, Align]",
        "[KvGrouping(Groups = 2{0}), Align]", "[KvGrouping(Heads = 8, Groups = 2, Layout = Strided{0}), Align(Calibration = Activations)]",
    ];

    private static IEnumerable<string> Shared => Sharings.SelectMany(_ => Words.Concat(["Weighting = Dense", "Weighting = Dense, Init = Normal"]),
        (sharing, words) => string.Format(System.Globalization.CultureInfo.InvariantCulture, sharing, words.Length > 0 ? ", " + words.Replace("Sites = Self", "Sites = DecoderSelf | DecoderCross").Replace("Sites = Encoder | DecoderCross", "Sites = DecoderSelf | DecoderCross") : ""));

    [Fact]
    public async Task EveryWayToShareCompilesCleanWithEveryWayToMerge()
    {
        var declarations = Shared.Select((attributes, number) => $"{attributes} public sealed partial class V{number};").ToList();
        var result = await Declared.AssertClean(Declared.Usings + "namespace Matrix;\n" + string.Join("\n", declarations));
        Assert.Equal(declarations.Count + 1, result.GeneratedSources.Length);
    }

    [Fact]
    public async Task EveryDeclarationOfTheMatrixCompilesClean()
    {
        var declarations = Numbers.SelectMany(_ => Words, (numbers, words) => string.Join(", ", new[] { numbers, words }.Where(part => part.Length > 0)))
            .Select((arguments, number) => $"[KvGrouping({arguments})] public sealed partial class V{number};");
        var result = await Declared.AssertClean(Declared.Usings + "namespace Matrix;\n" + string.Join("\n", declarations));
        Assert.Equal((Numbers.Length * Words.Length) + 1, result.GeneratedSources.Length);
    }

    [Fact]
    public async Task TheDesignsLineCompilesAsWritten() => await Declared.AssertClean(
        """
        using Wgqa; using static Wgqa.Weighting; using static Wgqa.Init;
        [KvGrouping(Groups = 6, Weighting = Column, Init = Mean)]      // must compile exactly so, through `using static`
        public sealed partial class ColWgqa;
        """);

    [Fact]
    public async Task NothingInScopeCanHideANameThatGeneratedCodeUses() => await Declared.AssertClean(
        """
        namespace Hostile.Wgqa
        {
            public class Tensor; public class System; public class torch; public class TorchSharp; public class Wgqa; public class nn;
            public class Func; public class Linear; public class Parameter; public class Module; public class Attention; public class GroupedAttention;
            public class Shape; public class Groups; public class AttentionShape; public class UserException; public class Info;
            public class HeadMap; public class HeadMaps; public class Maps; public class Sites; public class Mode; public class Allocation; public class Calibration; public class Foldability;
            public class KeyAllocation; public class AttentionNoise; public class BlendedAttention; public class HeadAlignment; public class HeadSearch; public class HeadPooling;

            [global::Wgqa.KvGrouping(Groups = 2, Weighting = global::Wgqa.Weighting.Column)] public sealed partial class V;
            [global::Wgqa.KvGrouping(Heads = 4, Groups = 2, Pooling = global::Wgqa.Pooling.RandomHead)] public sealed partial class W;
            [global::Wgqa.KvGrouping(Map = new[] { 0, 0, 0, 1 }, Weighting = global::Wgqa.Weighting.Dense)] public sealed partial class X;
            [global::Wgqa.KvGrouping(KeyGroups = 2, ValueGroups = 4, Map = global::Wgqa.Map.Searched), global::Wgqa.Align(Calibration = global::Wgqa.Calibration.Activations)]
            public sealed partial class Y;
            [global::Wgqa.KvGrouping(GroupSize = 2), global::Wgqa.KeyDriven(Mode = global::Wgqa.Mode.Faithful), global::Wgqa.Perturbed] public sealed partial class Z;
            [global::Wgqa.KvGrouping(GroupSize = 2), global::Wgqa.Blend, global::Wgqa.GroupsAt(Sites = global::Wgqa.Sites.DecoderCross, Groups = 1)] public sealed partial class B;

            public partial class Outer
            {
                public class Tensor; public class System; public class Wgqa;
                [global::Wgqa.KvGrouping(GroupSize = 2, Weighting = global::Wgqa.Weighting.Row)] public sealed partial class V;
            }
        }

        namespace Wgqa.Wgqa
        {
            [global::Wgqa.KvGrouping(Groups = 2)] public sealed partial class Wgqa;
        }
        """);

    [Fact]
    public async Task KeywordsAndOtherScriptsAreNames()
    {
        var result = await Declared.AssertClean(
            """
            namespace @namespace.@in
            {
                public partial class @class
                {
                    [global::Wgqa.KvGrouping(Groups = 2)] public sealed partial class @event;
                }
            }

            namespace Größe
            {
                [global::Wgqa.KvGrouping(Groups = 2)] public sealed partial class 注意;
                [global::Wgqa.KvGrouping(Groups = 2)] public sealed partial class e\u0301_;
                [global::Wgqa.KvGrouping(Groups = 2)] public sealed partial class @record;
            }
            """.Replace("\\u0301", "\u0301"));
        Assert.Contains("namespace.in.class+event.g.cs", result.GeneratedSources.Select(source => source.HintName));
        Assert.Contains("Größe.e(0301)_.g.cs", result.GeneratedSources.Select(source => source.HintName));
    }

    [Fact]
    public async Task NamesThatDifferInCaseAloneHaveFilesOfTheirOwn()
    {
        var result = await Declared.AssertClean(
            Declared.Usings + "namespace A { [KvGrouping(Groups = 2)] public sealed partial class Gqa; [KvGrouping(Groups = 2)] public sealed partial class GQA; }",
            Declared.Usings + "[KvGrouping] public sealed partial class VariantCatalog;");
        Assert.Equal(
            ["A.GQA(1).g.cs", "A.Gqa(2).g.cs", "VariantCatalog(1).g.cs", "VariantCatalog.g.cs"],
            result.GeneratedSources.Select(source => source.HintName).OrderBy(name => name, StringComparer.Ordinal));
    }

    [Fact]
    public async Task AVariantMayBeInsideAnyKindOfType() => await Declared.AssertClean(Declared.Usings +
        """
        public static partial class Static { [KvGrouping(Groups = 2)] internal sealed partial class V; }
        public partial struct Struct { [KvGrouping(Groups = 2)] public sealed partial class V; }
        public partial record Record(int Size) { [KvGrouping(Groups = 2)] public sealed partial class V; }
        public readonly partial record struct RecordStruct(int Size) { [KvGrouping(Groups = 2)] public sealed partial class V; }
        public partial interface IInterface { [KvGrouping(Groups = 2)] public sealed partial class V; }
        public abstract partial class Class
        {
            [KvGrouping(Groups = 2)] private protected sealed partial class V;
            protected partial class Middle { [KvGrouping(Groups = 2)] private sealed partial class V; }
        }
        """);

    [Fact]
    public async Task AVariantMayHaveMembersInterfacesAndPartsOfItsOwn() => await Declared.AssertClean(
        Declared.Usings + "/// <summary>Mine.</summary>\n[KvGrouping(Groups = 2, Weighting = Scalar)] public sealed partial class V : System.ICloneable;",
        "partial class V { static V() { } public const int Size = 3; public int Twice(int x) => 2 * x; object System.ICloneable.Clone() => new V(Shape, PositionBias); }");

    [Fact]
    public async Task AVariantMayBeObsoleteOrExperimental() => await Declared.AssertClean(Declared.Usings +
        """
        [System.Obsolete] [KvGrouping(Groups = 2, Weighting = Column)] public sealed partial class V;
        [System.Obsolete("Use another.")] [KvGrouping] public sealed partial class W;
        [System.Diagnostics.CodeAnalysis.Experimental("MINE001")] [KvGrouping(Groups = 2)] public sealed partial class X;
        [System.Obsolete] public partial class Outer { [KvGrouping(Groups = 2), Blend] public sealed partial class V; }
        [System.Diagnostics.CodeAnalysis.Experimental("MINE002")] public partial class Other { [KvGrouping(Groups = 2)] public sealed partial class V; }
        """);

    [Fact]
    public void TheReservedNamesAreThoseOfTheGeneratedMembers()
    {
        var declarations = Words.Select((words, number) => $"[KvGrouping(Groups = 2{(words.Length > 0 ? ", " : "")}{words})] partial class V{number};");
        declarations = declarations.Concat(Shared.Select((attributes, number) => $"{attributes} public sealed partial class S{number};"));
        var (_, result) = Declared.Generate(Declared.Compilation(Declared.Usings + string.Join("\n", declarations)));
        var names = result.GeneratedSources
            .Where(source => source.HintName != "VariantCatalog.g.cs")
            .Select(source => source.SyntaxTree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>().Single())
            .SelectMany(type => type.Members)
            .SelectMany(member => member switch
            {
                FieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.ValueText),
                PropertyDeclarationSyntax property => [property.Identifier.ValueText],
                MethodDeclarationSyntax method => [method.Identifier.ValueText],
                ConstructorDeclarationSyntax => [],
                _ => [$"a {member.Kind()}"],
            });
        Assert.Equal(GeneratedNames.All.Order(), names.Distinct().Order());
    }

    [Fact]
    public void AnAssemblyWithoutTheRuntimeGetsNoCatalogue()
    {
        var bare = CSharpCompilation.Create("Bare", [CSharpSyntaxTree.ParseText("class C;", Declared.Parsing)]);
        Assert.Empty(Declared.Generate(bare).Result.GeneratedSources);
    }
}
