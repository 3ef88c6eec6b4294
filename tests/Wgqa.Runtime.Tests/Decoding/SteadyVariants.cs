namespace Wgqa.Runtime.Tests.Decoding;

// A variant of each kind that decodes in its own way.

[KvGrouping(GroupSize = 2, Weighting = Weighting.Column)]
public sealed partial class SteadyColumn;

[KvGrouping(GroupSize = 2, Layout = Layout.Strided, Weighting = Weighting.Scalar)]
public sealed partial class SteadyStrided;

[KvGrouping(Map = new[] { 0, 2, 0, 1, 1, 0, 2, 0, 0, 1, 1, 1 })]
public sealed partial class SteadyMapped;

[KvGrouping(KeyGroupSize = 4, ValueGroupSize = 2, Map = Map.Searched)]
public sealed partial class SteadySearched;

[KvGrouping(GroupSize = 2)]
[Blend]
public sealed partial class SteadyBlend;

[KvGrouping(GroupSize = 2)]
[KeyDriven]
public sealed partial class SteadyKeyDriven;

[KvGrouping(GroupSize = 2)]
[KeyDriven(Mode = Mode.Faithful)]
public sealed partial class UnsteadyKeyDriven;

[KvGrouping(GroupSize = 2)]
[Perturbed]
public sealed partial class SteadyPerturbed;

[KvGrouping(GroupSize = 2)]
[Perturbed(Mode = Mode.Faithful)]
public sealed partial class UnsteadyPerturbed;
