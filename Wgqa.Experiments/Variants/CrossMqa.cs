namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2)]
[GroupsAt(Sites = DecoderCross, Groups = 1)]
public sealed partial class CrossMqa;
