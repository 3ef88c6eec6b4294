namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
[Perturbed(Mode = Faithful)]
public sealed partial class PGqaFaithful;
