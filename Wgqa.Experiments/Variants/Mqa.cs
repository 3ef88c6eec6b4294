namespace Wgqa.Experiments.Variants;

[KvGrouping(Groups = 1)]
public sealed partial class Mqa;
