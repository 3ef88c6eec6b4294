using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Wgqa.Language.Tests;

/// <summary>How one side of a random variant shares heads: what is written, and what it means.</summary>
/// <param name="Kind">Neighbours, strides, entries, or found by a search.</param>
/// <param name="Groups">Groups G.</param>
/// <param name="Entries">The group of each head, where they are written.</param>
public sealed record RandomSide(SideKind Kind, int Groups, int[] Entries)
{
    /// <summary>The group of each head by definition; null where a search decides.</summary>
    public int[]? GroupOf(int heads) => Kind switch
    {
        SideKind.Neighbours => [.. Enumerable.Range(0, heads).Select(head => head * Groups / heads)],
        SideKind.Strided => [.. Enumerable.Range(0, heads).Select(head => head % Groups)],
        SideKind.Written => Entries,
        _ => null,
    };

    /// <summary>The argument for a map, without its name.</summary>
    public string MapText => Kind == SideKind.Searched ? "Searched" : $"new[] {{ {string.Join(", ", Entries)} }}";
}

/// <summary>Where a side's map comes from.</summary>
public enum SideKind
{
    /// <summary>Equal groups of neighbours.</summary>
    Neighbours,

    /// <summary>Equal groups of heads that are G apart.</summary>
    Strided,

    /// <summary>Entries.</summary>
    Written,

    /// <summary>A search.</summary>
    Searched,
}

/// <summary>A valid declaration drawn at random: its text, and what it means, without a look at the generator.</summary>
public sealed record RandomVariant
{
    /// <summary>Query heads of the model that it is built for.</summary>
    public required int Heads { get; init; }

    /// <summary>How keys are shared.</summary>
    public required RandomSide Key { get; init; }

    /// <summary>How values are shared.</summary>
    public required RandomSide Value { get; init; }

    /// <summary>Whether keys and values are said together.</summary>
    public required bool Together { get; init; }

    /// <summary>Whether <c>Heads</c> is written.</summary>
    public required bool WritesHeads { get; init; }

    /// <summary>Whether group sizes are written instead of numbers of groups, where they can be.</summary>
    public required bool WritesSizes { get; init; }

    /// <summary>Groups of neighbours at cross-attention's layer 1, where they differ there; else 0.</summary>
    public required int GroupsElsewhere { get; init; }

    /// <summary>The weighting.</summary>
    public required Weighting Weighting { get; init; }

    /// <summary>The weights' start.</summary>
    public required Init Init { get; init; }

    /// <summary>The pooling of a variant that merges once.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>When heads are merged.</summary>
    public required Merge Merge { get; init; }

    /// <summary>The allocation; null for none.</summary>
    public required Allocation? Allocation { get; init; }

    /// <summary>The allocation's mode.</summary>
    public required Mode AllocationMode { get; init; }

    /// <summary>The noise's mode; null for none.</summary>
    public required Mode? Noise { get; init; }

    /// <summary>Whether heads are blended.</summary>
    public required bool Blends { get; init; }

    /// <summary>What heads are aligned by; null for not at all.</summary>
    public required Calibration? Alignment { get; init; }

    /// <summary>Declarations of every kind, the common ones more often.</summary>
    public static Gen<RandomVariant> Valid { get; } =
        from heads in Gen.Elements(2, 3, 4, 6, 8)
        from together in Gen.Elements(true, true, false)
        from key in Side(heads, together)
        from other in Side(heads, together)
        from writesHeads in Gen.Elements(true, false)
        from writesSizes in Gen.Elements(true, false)
        from weighting in Gen.Elements(Weighting.None, Weighting.None, Weighting.Scalar, Weighting.Row, Weighting.Column, Weighting.Dense)
        from init in Gen.Elements(Init.Mean, Init.Normal)
        from pooling in Gen.Elements(Pooling.Average, Pooling.FirstHead, Pooling.RandomHead)
        from live in Gen.Elements(true, false)
        from addition in Gen.Choose(0, 5)
        from allocation in Gen.Elements(Wgqa.Allocation.KeyNorms, Wgqa.Allocation.Difference, Wgqa.Allocation.MovingAverage)
        from faithful in Gen.Elements(true, false)
        from noise in Gen.Elements<Mode?>(null, null, null, Mode.Safe, Mode.Faithful)
        from aligned in Gen.Elements<Calibration?>(null, null, null, Calibration.Weights, Calibration.Activations)
        from elsewhere in Gen.Elements(0, 1, 2)
        let value = together ? key : other
        let shares = key.Groups < heads || value.Groups < heads
        let neighbours = key.Kind == SideKind.Neighbours && together
        let allocates = addition <= 1 && neighbours && key.Groups > 1 && shares
        select new RandomVariant
        {
            Heads = heads,
            Key = key,
            Value = value,
            Together = together,
            WritesHeads = writesHeads,
            WritesSizes = writesSizes,
            GroupsElsewhere = neighbours && elsewhere > 0 && heads % elsewhere == 0 && !allocates ? elsewhere : 0,
            Weighting = weighting,
            Init = init,
            Pooling = pooling,
            Merge = weighting != Weighting.None || live ? Merge.Live : Merge.Once,
            Allocation = allocates ? allocation : null,
            AllocationMode = faithful ? Mode.Faithful : Mode.Safe,
            Noise = noise,
            Blends = addition is 2 or 3 && shares,
            Alignment = shares ? aligned : null,
        };

    /// <summary>Whether the catalogue has to say that it folds always, when frozen, or never.</summary>
    public Foldability Folds => Blends || Noise == Mode.Faithful ? Foldability.Never : Allocation is null ? Foldability.Always : Foldability.WhenFrozen;

    /// <summary>How keys and values are shared at a place.</summary>
    public (RandomSide Key, RandomSide Value) At(Sites site, int layer)
    {
        if (GroupsElsewhere == 0 || (site, layer) != (Sites.DecoderCross, 1))
        {
            return (Key, Value);
        }

        var there = new RandomSide(SideKind.Neighbours, GroupsElsewhere, []);
        return (there, there);
    }

    /// <summary>The declaration as C#.</summary>
    public string Declaration(string name)
    {
        var arguments = new List<string>();
        if (WritesHeads)
        {
            arguments.Add($"Heads = {Heads}");
        }

        if (Together)
        {
            Add("", Key);
            if (Key.Kind == SideKind.Strided)
            {
                arguments.Add("Layout = Strided");
            }
        }
        else
        {
            Add("Key", Key);
            Add("Value", Value);
        }

        if (Weighting != Weighting.None)
        {
            arguments.Add($"Weighting = {Weighting}");
            arguments.Add($"Init = {Init}");
        }
        else if (Merge == Merge.Live)
        {
            arguments.Add("Merge = Live");
        }
        else
        {
            arguments.Add($"Pooling = {Pooling}");
        }

        string?[] attributes =
        [
            $"KvGrouping({string.Join(", ", arguments)})",
            GroupsElsewhere > 0 ? $"GroupsAt(Sites = DecoderCross, Layers = new[] {{ 1 }}, Groups = {GroupsElsewhere})" : null,
            Allocation is { } allocation ? $"KeyDriven(Allocation = {allocation}, Mode = {AllocationMode})" : null,
            Noise is { } noise ? $"Perturbed(Mode = {noise})" : null,
            Blends ? "Blend" : null,
            Alignment is { } alignment ? $"Align(Calibration = {alignment})" : null,
        ];
        return $"[{string.Join(", ", attributes.OfType<string>())}] public sealed partial class {name};";

        void Add(string prefix, RandomSide side)
        {
            if (side.Kind is SideKind.Written or SideKind.Searched)
            {
                arguments.Add($"{prefix}Map = {side.MapText}");
            }

            if (side.Kind != SideKind.Written)
            {
                arguments.Add(WritesSizes && Heads % side.Groups == 0 ? $"{prefix}GroupSize = {Heads / side.Groups}" : string.Create(CultureInfo.InvariantCulture, $"{prefix}Groups = {side.Groups}"));
            }
        }
    }

    private static Gen<RandomSide> Side(int heads, bool together) =>
        from kind in together
            ? Gen.Elements(SideKind.Neighbours, SideKind.Neighbours, SideKind.Neighbours, SideKind.Strided, SideKind.Written, SideKind.Searched)
            : Gen.Elements(SideKind.Neighbours, SideKind.Written, SideKind.Searched)
        from groups in kind == SideKind.Searched ? Gen.Choose(1, heads) : Gen.Elements(Enumerable.Range(1, heads).Where(groups => heads % groups == 0))
        from drawn in Gen.ArrayOf(Gen.Choose(0, heads - 1), heads)
        let entries = Renumbered(drawn)
        select kind == SideKind.Written ? new RandomSide(kind, entries.Max() + 1, entries) : new RandomSide(kind, groups, []);

    // Every number up to the largest occurs.
    private static int[] Renumbered(int[] drawn)
    {
        var used = drawn.Distinct().Order().ToList();
        return Array.ConvertAll(drawn, used.IndexOf);
    }
}
