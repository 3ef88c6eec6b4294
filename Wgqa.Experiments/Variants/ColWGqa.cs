namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Weighting = Column, Init = Mean)]
public sealed partial class ColWGqa;
