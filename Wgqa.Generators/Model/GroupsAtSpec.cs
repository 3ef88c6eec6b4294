namespace Wgqa.Generators.Model;

/// <summary>Other groups at some sites and layers.</summary>
/// <param name="Sites">The sites.</param>
/// <param name="Layers">The layers, counted from 0, in order; empty for all.</param>
/// <param name="Key">How query heads share key heads there.</param>
/// <param name="Value">How query heads share value heads there.</param>
internal sealed record GroupsAtSpec(Sites Sites, EquatableArray<int> Layers, HeadSpec Key, HeadSpec Value);
