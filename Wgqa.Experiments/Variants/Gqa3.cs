namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 3)]
public sealed partial class Gqa3;
