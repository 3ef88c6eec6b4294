namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
[KeyDriven(Allocation = MovingAverage, Window = 300)]
public sealed partial class DGqaEma;
