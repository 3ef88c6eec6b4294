namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Weighting = Row, Init = Normal)]
public sealed partial class RandRowWGqa;
