namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
[Align]
public sealed partial class AlignedGqa;
