using Wgqa;
using static Wgqa.Weighting;

namespace Wgqa._1;

/// <summary>8 query heads over GROUPS key/value heads; the other half of the class is the compiler's.</summary>
[KvGrouping(Heads = 8, Groups = GROUPS, Weighting = WEIGHTING)]
public sealed partial class MyVariant;
