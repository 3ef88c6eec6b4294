namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Weighting = Dense, Init = Mean)]
public sealed partial class DenseWGqa;
