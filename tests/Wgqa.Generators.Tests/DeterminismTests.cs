using System.Globalization;

namespace Wgqa.Generators.Tests;

public sealed class DeterminismTests
{
    private static readonly string[] Files =
    [
        Declared.Usings + "namespace B; [KvGrouping(Groups = 6, Weighting = Column)] public sealed partial class ColV; [KvGrouping(Heads = 100, Groups = 4)] public sealed partial class Pooled;",
        Declared.Usings + "namespace A; [KvGrouping(GroupSize = 2, Weighting = Row, Init = Normal)] public sealed partial class RowV;"
            + " [KvGrouping(GroupSize = 2), KeyDriven(Allocation = MovingAverage, Beta = 0.25, Window = 1000), Perturbed(Scale = 0.125)] public sealed partial class Driven;",
        Declared.Usings + "[KvGrouping] public sealed partial class Mha; public partial class Outer { [KvGrouping(Groups = 1)] private partial class Hidden; }",
    ];

    [Fact]
    public void TheOrderOfDeclarationsDoesNotShow()
    {
        var expected = Generated(Files);
        Assert.Equal(expected, Generated([Files[2], Files[0], Files[1]]));
        Assert.Equal(expected, Generated([Files[1], Files[2], Files[0]]));
    }

    [Fact]
    public void TheOrderOfAttributesDoesNotShow()
    {
        const string Grouping = "[KvGrouping(GroupSize = 2, Weighting = Scalar)]";
        const string Cross = "[GroupsAt(Sites = DecoderCross, Groups = 1)]";
        const string First = "[GroupsAt(Sites = DecoderSelf, Layers = new[] { 2, 0 }, Groups = 2)]";
        const string Second = "[GroupsAt(Layers = new[] { 1 }, Groups = 4, Sites = DecoderSelf)]";
        const string Class = " public sealed partial class V;";
        var expected = Generated([Declared.Usings + Grouping + Cross + First + Second + "[Perturbed][Align]" + Class]);
        Assert.Equal(expected, Generated([Declared.Usings + "[Align]" + Second + "[Perturbed]" + Grouping + First.Replace("2, 0", "0, 2, 0") + Cross + Class]));
    }

    [Fact]
    public void ACultureDoesNotShow()
    {
        var expected = Generated(Files);
        var before = CultureInfo.CurrentCulture;
        try
        {
            // A comma in decimals, and signs and digits of its own. (The repository's own runs are culture-invariant, so it is made by hand.)
            CultureInfo.CurrentCulture = new CultureInfo("")
            {
                NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = ".", NegativeSign = "minus", NativeDigits = ["٠", "١", "٢", "٣", "٤", "٥", "٦", "٧", "٨", "٩"] },
            };
            Assert.Equal(expected, Generated(Files));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void TheCatalogueListsWhatTheAssemblyCanNameInOrdinalOrder()
    {
        var catalog = Generated(Files).Single(file => file.Name == "VariantCatalog.g.cs").Text;
        var listed = catalog.Split('\n').Where(line => line.Contains(".Of<")).Select(line => line.Trim());
        Assert.Equal(
            ["A.Driven", "A.RowV", "B.ColV", "B.Pooled", "Mha"],
            listed.Select(line => line.Replace("global::Wgqa.AttentionVariant.Of<global::", "").Replace(">(),", "")));
    }

    private static List<(string Name, string Text)> Generated(string[] files) =>
    [
        .. Declared.Generate(Declared.Compilation(files)).Result.GeneratedSources
            .Select(source => (source.HintName, source.SourceText.ToString()))
            .OrderBy(source => source.HintName, StringComparer.Ordinal),
    ];
}
