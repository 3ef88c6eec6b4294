// The words of the language, declared once: this file is compiled into the runtime (public) and linked into the generator.
namespace Wgqa;

/// <summary>How learned merge weights scale the K and V projections of the heads that share a group.</summary>
public enum Weighting
{
    /// <summary>No learned weights.</summary>
    None,

    /// <summary>One weight per head: h parameters for K and h for V.</summary>
    Scalar,

    /// <summary>One weight per input feature of each head, h × d_model: scales the input axis of each head's [d_kv, d_model] block.</summary>
    Row,

    /// <summary>One weight per output feature of each head, h × d_kv: scales the output axis of each head's [d_kv, d_model] block.</summary>
    Column,

    /// <summary>One weight per head and group, G × h: every head takes part in every group, at first in its own alone.</summary>
    Dense,
}

/// <summary>What the merge weights start as.</summary>
public enum Init
{
    /// <summary>1/s with s = heads/groups, so that step 0 equals mean pooling exactly.</summary>
    Mean,

    /// <summary>Standard Gaussian; the paper's RAND rows.</summary>
    Normal,
}

/// <summary>How an unweighted variant merges the heads of a group at conversion.</summary>
public enum Pooling
{
    /// <summary>The mean of the group's heads (GQA, section 2.1).</summary>
    Average,

    /// <summary>The group's first head.</summary>
    FirstHead,

    /// <summary>One head of the group, drawn at random at conversion.</summary>
    RandomHead,
}

/// <summary>When heads are merged. Default: <see cref="Live"/> with a weighting, <see cref="Once"/> without.</summary>
public enum Merge
{
    /// <summary>All h key/value heads stay trainable and are merged in every forward pass.</summary>
    Live,

    /// <summary>Heads are merged at conversion; only the merged heads are trained.</summary>
    Once,
}

/// <summary>Which query heads share a key/value head.</summary>
public enum Layout
{
    /// <summary>Neighbours: head i belongs to group ⌊i·G/h⌋.</summary>
    Contiguous,

    /// <summary>Heads that are G apart: head i belongs to group i mod G.</summary>
    Strided,
}

/// <summary>What <c>Map</c> may be instead of a list with the group of each head.</summary>
public enum Map
{
    /// <summary>As the layout says; the same as leaving <c>Map</c> out.</summary>
    LaidOut,

    /// <summary>Found at conversion: the map with which merging loses least. Group sizes are equal where G divides h, else they differ by one.</summary>
    Searched,
}

/// <summary>What heads are compared by when they are aligned or grouped by a search.</summary>
public enum Calibration
{
    /// <summary>Their weights alone.</summary>
    Weights,

    /// <summary>What they compute on data that conversion is given.</summary>
    Activations,
}

/// <summary>The attention sites of a model that a variant replaces. Default: <see cref="DecoderSelf"/> and <see cref="DecoderCross"/>.</summary>
[Flags]
public enum Sites
{
    /// <summary>Self-attention of an encoder–decoder model's decoder.</summary>
    DecoderSelf = 1,

    /// <summary>Attention from the decoder to the encoder's output.</summary>
    DecoderCross = 2,

    /// <summary>Self-attention of the encoder.</summary>
    Encoder = 4,

    /// <summary>Self-attention of a decoder-only or vision model.</summary>
    Self = 8,
}

/// <summary>
/// From what a key-driven variant allocates query heads to key heads (Khan et al. 2024). A key head's norm is that of all of its keys, summed over the batch.
/// </summary>
public enum Allocation
{
    /// <summary>KDGQA: in every pass from its own norms, the least of them subtracted from each.</summary>
    KeyNorms,

    /// <summary>DGQA by difference: in every window-th training pass, from how far norms are from those that earlier passes left.</summary>
    Difference,

    /// <summary>DGQA by moving average: in every window-th training pass, from norms averaged with those that earlier passes left.</summary>
    MovingAverage,
}

/// <summary>How close a variant keeps to its authors' published code.</summary>
public enum Mode
{
    /// <summary>With the same idea, and well-behaved: deterministic, evaluation without side effects, no key head left unused.</summary>
    Safe,

    /// <summary>As published, with what is odd about it.</summary>
    Faithful,
}
