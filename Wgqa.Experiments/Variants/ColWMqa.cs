namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 1, Weighting = Column, Init = Mean)]
public sealed partial class ColWMqa;
