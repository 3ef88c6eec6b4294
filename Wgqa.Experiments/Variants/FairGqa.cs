namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Merge = Live)]
public sealed partial class FairGqa;
