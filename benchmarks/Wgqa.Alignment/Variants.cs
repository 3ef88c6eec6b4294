using static Wgqa.Calibration;
using static Wgqa.Map;

namespace Wgqa.Alignment;

// Half, a quarter, and one of the heads; heads merged as they stand beside one another, or those that a search found, turned or not.

[KvGrouping(GroupSize = 2)]
public sealed partial class Halves;

[KvGrouping(GroupSize = 2, Map = Searched)]
public sealed partial class HalvesSearched;

[KvGrouping(GroupSize = 2)]
[Align]
public sealed partial class HalvesAligned;

[KvGrouping(GroupSize = 2)]
[Align(Calibration = Activations)]
public sealed partial class HalvesAlignedOnData;

[KvGrouping(GroupSize = 2, Map = Searched)]
[Align]
public sealed partial class HalvesSearchedAligned;

[KvGrouping(GroupSize = 2, Map = Searched)]
[Align(Calibration = Activations)]
public sealed partial class HalvesSearchedAlignedOnData;

[KvGrouping(GroupSize = 4)]
public sealed partial class Quarters;

[KvGrouping(GroupSize = 4, Map = Searched)]
public sealed partial class QuartersSearched;

[KvGrouping(GroupSize = 4)]
[Align]
public sealed partial class QuartersAligned;

[KvGrouping(GroupSize = 4)]
[Align(Calibration = Activations)]
public sealed partial class QuartersAlignedOnData;

[KvGrouping(GroupSize = 4, Map = Searched)]
[Align]
public sealed partial class QuartersSearchedAligned;

[KvGrouping(GroupSize = 4, Map = Searched)]
[Align(Calibration = Activations)]
public sealed partial class QuartersSearchedAlignedOnData;

[KvGrouping(Groups = 1)]
public sealed partial class One;

[KvGrouping(Groups = 1)]
[Align]
public sealed partial class OneAligned;

[KvGrouping(Groups = 1)]
[Align(Calibration = Activations)]
public sealed partial class OneAlignedOnData;
