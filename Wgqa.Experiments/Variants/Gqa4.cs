namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 4)]
public sealed partial class Gqa4;
