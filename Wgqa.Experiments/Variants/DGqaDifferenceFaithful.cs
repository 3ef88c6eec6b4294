namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
[KeyDriven(Allocation = Difference, Window = 300, Mode = Faithful)]
public sealed partial class DGqaDifferenceFaithful;
