namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 1, Weighting = Row, Init = Normal)]
public sealed partial class RandRowWMqa;
