namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Pooling = RandomHead)]
public sealed partial class RandomHeadGqa;
