using static Wgqa.Calibration;
using static Wgqa.Map;
using static Wgqa.Weighting;

namespace Wgqa.Runtime.Tests.Conversion;

// Four groups of twelve heads at both decoder sites, in each way of choosing and of turning the heads that are merged.

[KvGrouping(Groups = 4)]
public sealed partial class Neighbours4;

[KvGrouping(Groups = 4, Map = Searched)]
public sealed partial class Searched4;

[KvGrouping(KeyGroups = 4, ValueGroups = 3, Map = Searched)]
public sealed partial class SearchedApart;

[KvGrouping(Groups = 4)]
[Align]
public sealed partial class Aligned4;

[KvGrouping(Groups = 4)]
[Align(Calibration = Activations)]
public sealed partial class AlignedByInputs4;

[KvGrouping(Groups = 4, Map = Searched)]
[Align(Calibration = Activations)]
public sealed partial class SearchedAligned4;

[KvGrouping(Groups = 4, Weighting = Column)]
[Align]
public sealed partial class AlignedColumn4;

[KvGrouping(Groups = 12)]
[Align]
public sealed partial class AlignedMha;
