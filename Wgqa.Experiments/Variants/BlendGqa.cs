namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
[Blend]
public sealed partial class BlendGqa;
