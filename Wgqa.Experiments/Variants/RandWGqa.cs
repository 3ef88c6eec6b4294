namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Weighting = Scalar, Init = Normal)]
public sealed partial class RandWGqa;
