namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 1, Weighting = Row, Init = Mean)]
public sealed partial class RowWMqa;
