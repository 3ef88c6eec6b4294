using Wgqa;
using static Wgqa.Weighting;

namespace Consumer;

/// <summary>Two key/value heads, each a column-weighted sum of two.</summary>
[KvGrouping(Heads = 4, Groups = 2, Weighting = Column)]
public sealed partial class ColumnGqa;
