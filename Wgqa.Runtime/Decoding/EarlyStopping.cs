namespace Wgqa.Decoding;

/// <summary>When beam search stops looking for better hypotheses of an input that has <c>num_beams</c> finished ones.</summary>
public enum EarlyStopping
{
    /// <summary>Hugging Face's <c>False</c>: once the best open beam, scored at its present length, cannot beat the worst finished one.</summary>
    Heuristic,

    /// <summary>Hugging Face's <c>True</c>: at once.</summary>
    WhenEnoughFinished,

    /// <summary>Hugging Face's <c>"never"</c>: once no open beam can, at any length up to the maximum, beat the worst finished one.</summary>
    WhenNoneCanImprove,
}
