namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Pooling = FirstHead)]
public sealed partial class FirstHeadGqa;
