namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Weighting = Column, Init = Normal)]
public sealed partial class RandColWGqa;
