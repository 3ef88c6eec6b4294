namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 1, Pooling = FirstHead)]
public sealed partial class FirstHeadMqa;
