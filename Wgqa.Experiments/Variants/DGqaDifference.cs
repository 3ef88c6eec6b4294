namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
[KeyDriven(Allocation = Difference, Window = 300)]
public sealed partial class DGqaDifference;
