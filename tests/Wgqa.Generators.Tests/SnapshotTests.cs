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
    public Task DenseWeights() => Verify("[KvGrouping(GroupSize = 2, Weighting = Dense)] public sealed partial class DenseGqa;");

    [Fact]
    public Task StridedGroups() => Verify("[KvGrouping(Heads = 12, Groups = 4, Layout = Strided)] public sealed partial class StridedGqa;");

    [Fact]
    public Task AWrittenMapOfUnevenGroups() => Verify("[KvGrouping(Map = new[] { 0, 0, 1, 0, 1, 2 }, Weighting = Column)] public sealed partial class MappedWGqa;");

    [Fact]
    public Task KeysAndValuesApartAndSearched() => Verify("[KvGrouping(KeyGroupSize = 4, ValueGroupSize = 2, Map = Searched, Weighting = Scalar)] public sealed partial class Dha;");

    [Fact]
    public Task OtherGroupsElsewhere() => Verify(
        "[KvGrouping(GroupSize = 2, Merge = Live), GroupsAt(Sites = DecoderCross, Groups = 1), GroupsAt(Sites = DecoderSelf, Layers = new[] { 0, 1 }, KeyGroups = 2)] public sealed partial class PerSiteGqa;");

    [Fact]
    public Task AllocationByKeyNorms() => Verify("[KvGrouping(GroupSize = 2), KeyDriven] public sealed partial class KdGqa;");

    [Fact]
    public Task AllocationByAMovingAverageAsPublished() => Verify(
        "[KvGrouping(GroupSize = 2, Weighting = Scalar), KeyDriven(Allocation = MovingAverage, Mode = Faithful, Window = 300)] public sealed partial class DGqaEma;");

    [Fact]
    public Task NoiseInTraining() => Verify("[KvGrouping(GroupSize = 2), Perturbed] public sealed partial class PGqa;");

    [Fact]
    public Task BlendedHeads() => Verify("[KvGrouping(GroupSize = 2), Blend] public sealed partial class BlendGqa;");

    [Fact]
    public Task AlignedHeads() => Verify("[KvGrouping(GroupSize = 2), Align(Calibration = Activations)] public sealed partial class AlignedGqa;");

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
