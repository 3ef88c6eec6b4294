using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission;

/// <summary>
/// One choice that a declaration makes, asked at named stages for its part of the class by the emitter, which writes what all
/// choices share. What a choice has no part in is empty.
/// </summary>
internal abstract class Strategy(VariantSpec spec)
{
    /// <summary>The declaration.</summary>
    protected VariantSpec Spec { get; } = spec;

    /// <summary>The sizes of keys in instance members.</summary>
    protected Extents Key { get; } = Extents.OfKeys(spec, "Shape");

    /// <summary>The sizes of values in instance members.</summary>
    protected Extents Value { get; } = Extents.OfValues(spec, "Shape");

    /// <summary>The sizes of keys in members with a parameter <c>shape</c>.</summary>
    protected Extents ShapeKey { get; } = Extents.OfKeys(spec, "shape");

    /// <summary>The sizes of values in members with a parameter <c>shape</c>.</summary>
    protected Extents ShapeValue { get; } = Extents.OfValues(spec, "shape");

    /// <summary>The maps by which heads are merged, as an expression where the given shape is in scope: an allocation decides who uses a head, not what it is made of.</summary>
    protected string MergeMaps(string shape) => Spec.Allocation is null ? "Maps" : $"MapsFor({shape})";

    /// <summary>What it adds to the summary: an English sentence, or nothing.</summary>
    public virtual string Sentence => "";

    /// <summary>Where it is from, or nothing.</summary>
    public virtual string Source => "";

    /// <summary>Why a trained variant with it equals no plain grouped-query attention; null when it does.</summary>
    public virtual string? ObstacleToFolding => null;

    /// <summary>Learned parameters beside the projections.</summary>
    public virtual IEnumerable<EmittedParameter> Parameters => [];

    /// <summary>Modules without parameters that a checkpoint would know.</summary>
    public virtual IEnumerable<EmittedModule> Modules => [];

    /// <summary>Fields that are no part of the module's state, as lines of code.</summary>
    public virtual IEnumerable<string> PlainFields => [];

    /// <summary>Statements of the constructor that make its fields, where <c>shape</c> and <c>Maps</c> are in scope.</summary>
    public virtual void Construct(SourceWriter source)
    {
    }

    /// <summary>Statements of <c>LoadMultiHead</c> before anything is copied from <c>source</c>.</summary>
    public virtual void PrepareSource(SourceWriter source)
    {
    }
}

/// <summary>A learned parameter.</summary>
/// <param name="Registered">Its name in checkpoints.</param>
/// <param name="Field">Its name in code.</param>
/// <param name="Shape">Its shape, in remarks.</param>
/// <param name="Count">Its number of elements, as an expression over <c>shape</c> and an int.</param>
/// <param name="Remark">That number in English.</param>
internal sealed record EmittedParameter(string Registered, string Field, string Shape, string Count, string Remark);

/// <summary>A module.</summary>
/// <param name="Registered">Its name in checkpoints.</param>
/// <param name="Type">Its type.</param>
/// <param name="Field">Its name in code.</param>
internal sealed record EmittedModule(string Registered, string Type, string Field);
