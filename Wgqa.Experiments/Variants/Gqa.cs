namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
public sealed partial class Gqa;
