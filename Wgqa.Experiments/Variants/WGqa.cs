namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Weighting = Scalar, Init = Mean)]
public sealed partial class WGqa;
