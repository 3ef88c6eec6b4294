namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
[KeyDriven(Mode = Faithful)]
public sealed partial class KdGqaFaithful;
