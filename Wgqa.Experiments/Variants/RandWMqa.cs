namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 1, Weighting = Scalar, Init = Normal)]
public sealed partial class RandWMqa;
