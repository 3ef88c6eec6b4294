namespace Wgqa.Experiments.Variants;

[KvGrouping(GroupSize = 2, Map = Searched)]
public sealed partial class SearchedGqa;
