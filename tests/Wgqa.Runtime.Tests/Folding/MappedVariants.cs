using static Wgqa.Allocation;
using static Wgqa.Init;
using static Wgqa.Layout;
using static Wgqa.Map;
using static Wgqa.Merge;
using static Wgqa.Mode;
using static Wgqa.Pooling;
using static Wgqa.Weighting;

namespace Wgqa.Runtime.Tests.Folding;

// Variants of 12 heads whose groups are not neighbours of one number: laid out otherwise, written, searched, apart, by place, allocated.

[KvGrouping(Groups = 4, Layout = Strided, Weighting = Column, Init = Normal)]
public sealed partial class StridedCol;

[KvGrouping(Groups = 3, Layout = Strided, Pooling = RandomHead)]
public sealed partial class StridedDrawn;

[KvGrouping(Map = new[] { 0, 0, 0, 1, 2, 2, 2, 2, 2, 1, 1, 0 }, Weighting = Row, Init = Normal)]
public sealed partial class WrittenRow;

[KvGrouping(KeyGroups = 6, ValueGroups = 2, Weighting = Scalar, Init = Normal, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
public sealed partial class ApartScalar;

[KvGrouping(KeyMap = new[] { 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0 }, ValueGroups = 3, Merge = Live)]
public sealed partial class ApartFair;

[KvGrouping(KeyGroupSize = 4, ValueGroupSize = 2, Map = Searched, Weighting = Scalar)]
public sealed partial class SearchedApart;

[KvGrouping(Groups = 5, Map = Searched)]
public sealed partial class SearchedMean;

[KvGrouping(GroupSize = 2, Weighting = Dense)]
public sealed partial class DenseFused;

[KvGrouping(Groups = 4, Map = Searched), Align]
public sealed partial class SearchedAligned;

[KvGrouping(GroupSize = 2, Weighting = Column), GroupsAt(Sites = Sites.DecoderCross, Groups = 1), GroupsAt(Sites = Sites.DecoderSelf, Layers = new[] { 1 }, KeyGroups = 2)]
public sealed partial class PlacedCol;

[KvGrouping(Groups = 4), KeyDriven]
public sealed partial class DrivenKeys;

[KvGrouping(Groups = 4, Weighting = Column), KeyDriven(Allocation = Difference)]
public sealed partial class DrivenDifference;

[KvGrouping(Groups = 3, Weighting = Scalar, Init = Normal), KeyDriven(Allocation = MovingAverage, Beta = 0.5)]
public sealed partial class DrivenAverage;

[KvGrouping(Groups = 4), KeyDriven(Mode = Faithful)]
public sealed partial class DrivenAsPublished;

[KvGrouping(Groups = 4), GroupsAt(Layers = new[] { 1 }, Groups = 2), KeyDriven]
public sealed partial class DrivenByPlace;

[KvGrouping(Groups = 4), Blend]
public sealed partial class Blended;
