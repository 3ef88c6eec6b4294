namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 2)]
public sealed partial class Gqa2;
