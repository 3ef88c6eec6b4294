using static Wgqa.Init;
using static Wgqa.Pooling;
using static Wgqa.Sites;
using static Wgqa.Weighting;

namespace Wgqa.Runtime.Tests.Variants;

// The design's line, as it stands there.
[KvGrouping(Groups = 6, Weighting = Column, Init = Mean)]
public sealed partial class ColWgqa;

// The same with every number a literal, and in groups of a size.
[KvGrouping(Heads = 12, Groups = 6, Weighting = Column, Init = Mean)]
public sealed partial class LiteralColWgqa;

[KvGrouping(GroupSize = 2, Weighting = Column, Sites = Encoder)]
public sealed partial class PairedColWgqa;

[KvGrouping(Heads = 12, GroupSize = 4, Pooling = RandomHead)]
public sealed partial class LiteralDrawnGqa;

[KvGrouping]
public sealed partial class Mha;
