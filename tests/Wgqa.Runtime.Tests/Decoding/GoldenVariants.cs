using static Wgqa.Pooling;
using static Wgqa.Weighting;

namespace Wgqa.Runtime.Tests.Decoding;

// The variants of the grouped reference cases: decoder self- and cross-attention, two groups and one.

[KvGrouping(Groups = 2)]
public sealed partial class PooledG2;

[KvGrouping(Groups = 2, Pooling = FirstHead)]
public sealed partial class FirstG2;

[KvGrouping(Groups = 2, Weighting = Scalar)]
public sealed partial class ScalarG2;

[KvGrouping(Groups = 2, Weighting = Column)]
public sealed partial class ColumnG2;

[KvGrouping(Groups = 2, Weighting = Row)]
public sealed partial class RowG2;

[KvGrouping(Groups = 1)]
public sealed partial class PooledG1;

[KvGrouping(Groups = 1, Pooling = FirstHead)]
public sealed partial class FirstG1;

[KvGrouping(Groups = 1, Weighting = Scalar)]
public sealed partial class ScalarG1;

[KvGrouping(Groups = 1, Weighting = Column)]
public sealed partial class ColumnG1;

[KvGrouping(Groups = 1, Weighting = Row)]
public sealed partial class RowG1;
