using System.Globalization;

namespace Wgqa.Generators.Tests;

public sealed class DeterminismTests
{
    private static readonly string[] Files =
    [
        Declared.Usings + "namespace B; [KvGrouping(Groups = 6, Weighting = Column)] public sealed partial class ColV; [KvGrouping(Heads = 100, Groups = 4)] public sealed partial class Pooled;",
        Declared.Usings + "namespace A; [KvGrouping(GroupSize = 2, Weighting = Row, Init = Normal)] public sealed partial class RowV;",
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
            ["A.RowV", "B.ColV", "B.Pooled", "Mha"],
            listed.Select(line => line.Replace("global::Wgqa.AttentionVariant.Of<global::", "").Replace(">(),", "")));
    }

    private static List<(string Name, string Text)> Generated(string[] files) =>
    [
        .. Declared.Generate(Declared.Compilation(files)).Result.GeneratedSources
            .Select(source => (source.HintName, source.SourceText.ToString()))
            .OrderBy(source => source.HintName, StringComparer.Ordinal),
    ];
}
