namespace Wgqa.Generators.Emission;

/// <summary>
/// The members that some variant's other half has. All are reserved in all variants, so that changing an attribute never
/// turns a member that a person wrote into a clash.
/// </summary>
internal static class GeneratedNames
{
    public static readonly HashSet<string> All =
    [
        "_q", "_k", "_v", "_o", "_keyMerge", "_valueMerge", "_positionBias", "_dropout",
        "_keyExpand", "_valueExpand", "_allocation", "_frozen", "_noise",
        "Shape", "Maps", "PositionBias",
        "forward", "FoldKey", "FoldValue", "MergeHeads", "LoadMultiHead", "Fold",
        "Info", "MapsFor", "GroupsFor", "KeyGroupsFor", "ValueGroupsFor", "MapFor", "KeyMapFor", "ValueMapFor", "ExtraParameters", "KvCacheElementsPerToken", "Create",
    ];
}
