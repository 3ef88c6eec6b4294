namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 1, Merge = Live)]
public sealed partial class FairMqa;
