namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
[Perturbed]
public sealed partial class PGqa;
