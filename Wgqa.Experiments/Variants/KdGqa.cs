namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
[KeyDriven]
public sealed partial class KdGqa;
