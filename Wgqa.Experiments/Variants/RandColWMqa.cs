namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 1, Weighting = Column, Init = Normal)]
public sealed partial class RandColWMqa;
