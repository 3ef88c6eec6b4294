namespace Wgqa.Experiments.Variants;

[KvGrouping(KeyGroupSize = 4, ValueGroupSize = 2, Map = Searched, Weighting = Scalar, Init = Mean)]
public sealed partial class Dha;
