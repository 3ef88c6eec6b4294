namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Weighting = Row, Init = Mean)]
public sealed partial class RowWGqa;
