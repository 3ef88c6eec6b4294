namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Layout = Strided)]
public sealed partial class StridedGqa;
