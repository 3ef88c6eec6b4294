namespace Wgqa.Experiments.Variants;

[KvGrouping]
public sealed partial class Mha;
