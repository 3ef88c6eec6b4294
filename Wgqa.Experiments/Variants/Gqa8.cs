namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 8)]
public sealed partial class Gqa8;
