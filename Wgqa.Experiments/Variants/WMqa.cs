namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 1, Weighting = Scalar, Init = Mean)]
public sealed partial class WMqa;
