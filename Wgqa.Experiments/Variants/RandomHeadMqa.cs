namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 1, Pooling = RandomHead)]
public sealed partial class RandomHeadMqa;
