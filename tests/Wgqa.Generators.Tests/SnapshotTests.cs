using System.Runtime.CompilerServices;

namespace Wgqa.Generators.Tests;

public sealed class SnapshotTests
{
    [Fact]
    public Task TheDesignsLine() => Verify("[KvGrouping(Groups = 6, Weighting = Column, Init = Mean)] public sealed partial class ColWgqa;");

    [Fact]
    public Task ColumnWeightsWithEverythingALiteral() => Verify("[KvGrouping(Heads = 12, Groups = 6, Weighting = Column, Init = Mean)] public sealed partial class ColumnWgqa6;");

    [Fact]
    public Task ScalarWeightsForAnyModel() => Verify("[KvGrouping(GroupSize = 2, Weighting = Scalar)] public sealed partial class WGqa;");

    [Fact]
    public Task RandomRowWeightsOverOneHead() => Verify("[KvGrouping(Groups = 1, Weighting = Row, Init = Normal)] public sealed partial class RandRowWMqa;");

    [Fact]
    public Task MultiHeadAttention() => Verify("[KvGrouping] public sealed partial class Mha;");

    [Fact]
    public Task HeadsPooledByTheirMean() => Verify("[KvGrouping(Heads = 8, GroupSize = 4)] public sealed partial class Gqa;");

    [Fact]
    public Task HeadsPooledByTheFirst() => Verify("[KvGrouping(Groups = 4, Pooling = FirstHead)] public sealed partial class FirstGqa;");

    [Fact]
    public Task HeadsPooledByADraw() => Verify("[KvGrouping(GroupSize = 3, Pooling = RandomHead)] public sealed partial class DrawnGqa;");

    [Fact]
    public Task TheFairBaseline() => Verify("[KvGrouping(GroupSize = 2, Merge = Live, Sites = DecoderSelf | Encoder)] public sealed partial class FairGqa;");

    [Fact]
    public Task AClassInsideOthers() => Verify(
        """
        public partial class Outer
        {
            internal partial record struct Middle
            {
                [KvGrouping(Groups = 2)] private sealed partial class Inner;
            }
        }
        """);

    [Fact]
    public Task AClassInTheGlobalNamespace() => Snapshot.Verify(
        Declared.Driver().RunGenerators(Declared.Compilation(Declared.Usings + "[KvGrouping(Heads = 4, Groups = 2)] partial class Global;")));

    [Fact]
    public Task AnAssemblyWithoutVariants() => Snapshot.Verify(Declared.Driver().RunGenerators(Declared.Compilation("")));

    private static Task Verify(string declaration, [CallerMemberName] string test = "") => Snapshot.Verify(
        Declared.Driver().RunGenerators(Declared.Compilation(Declared.Usings + "namespace Paper;\n" + declaration)),
        test: test);
}
