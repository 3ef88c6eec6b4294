namespace Wgqa.Attention;

/// <summary>A part of an attention block of which evaluation may compute other operators from one call to the next.</summary>
internal interface IUnsteady
{
    /// <summary>Whether it does, as it is declared.</summary>
    bool IsUnsteady { get; }
}
