using static Wgqa.Allocation;
using static Wgqa.Mode;
using static Wgqa.Weighting;

namespace Wgqa.Runtime.Tests.Attention;

// What is made while running: maps by the keys, noise, blends; at all three sites of a T5 with 12 heads.

/// <summary>The variants of this file.</summary>
internal static class DrivenVariants
{
    private static readonly string[] Names =
    [
        nameof(ByNorms), nameof(ByDifference), nameof(ByAverage), nameof(ByNormsWithNoise), nameof(ByNormsOfColumns),
        nameof(ByNormsAsPublished), nameof(ByDifferenceAsPublished), nameof(ByAverageAsPublished),
        nameof(Noisy), nameof(NoisyStrides), nameof(NoisyAsPublished), nameof(Blended), nameof(BlendedApart),
    ];

    public static IReadOnlyList<AttentionVariant> All { get; } =
        [.. VariantCatalog.All.Where(static variant => Names.Any(name => variant.Info.FullName == $"{typeof(DrivenVariants).Namespace}.{name}"))];

    public static TheoryData<string> Every => Those(static _ => true);

    public static TheoryData<string> KeyDriven => Those(static info => info.Folds == Foldability.WhenFrozen);

    /// <summary>Those whose evaluation is a pure function of the weights and of what training left.</summary>
    public static TheoryData<string> Pure => Those(static info => !info.Name.EndsWith("AsPublished", StringComparison.Ordinal));

    public static AttentionVariant Named(string name) => All.Single(variant => variant.Info.Name == name);

    private static TheoryData<string> Those(Func<VariantInfo, bool> which) => new(All.Select(static variant => variant.Info).Where(which).Select(static info => info.Name));
}

[KvGrouping(Groups = 4, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[KeyDriven]
public sealed partial class ByNorms;

[KvGrouping(Groups = 3, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[KeyDriven(Allocation = Difference, Window = 2)]
public sealed partial class ByDifference;

[KvGrouping(Groups = 4, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[KeyDriven(Allocation = MovingAverage, Window = 3, Beta = 0.4)]
public sealed partial class ByAverage;

[KvGrouping(Groups = 4, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[KeyDriven]
[Perturbed(Scale = 0.1)]
public sealed partial class ByNormsWithNoise;

[KvGrouping(Groups = 3, Weighting = Column, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[KeyDriven]
public sealed partial class ByNormsOfColumns;

[KvGrouping(Groups = 4, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[KeyDriven(Mode = Faithful)]
public sealed partial class ByNormsAsPublished;

[KvGrouping(Groups = 3, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[KeyDriven(Allocation = Difference, Mode = Faithful, Window = 2)]
public sealed partial class ByDifferenceAsPublished;

[KvGrouping(Groups = 4, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[KeyDriven(Allocation = MovingAverage, Mode = Faithful)]
public sealed partial class ByAverageAsPublished;

[KvGrouping(Groups = 4, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[Perturbed]
public sealed partial class Noisy;

[KvGrouping(Groups = 6, Layout = Layout.Strided, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[Perturbed(Scale = 0.5)]
public sealed partial class NoisyStrides;

[KvGrouping(Groups = 4, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[Perturbed(Mode = Faithful)]
public sealed partial class NoisyAsPublished;

[KvGrouping(Groups = 4, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[Blend]
public sealed partial class Blended;

[KvGrouping(KeyGroups = 2, ValueGroups = 6, Sites = Sites.DecoderSelf | Sites.DecoderCross | Sites.Encoder)]
[Blend]
public sealed partial class BlendedApart;
