namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Map = Searched)]
[Align(Calibration = Activations)]
public sealed partial class AlignedSearchedGqa;
