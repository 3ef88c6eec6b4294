using Wgqa.Training;

namespace Wgqa.Experiments.Sweeps;

/// <summary>A cell's progress within the sweep's: what shows it says which cell it is.</summary>
/// <param name="display">Where progress shows.</param>
/// <param name="cell">The cell in words.</param>
/// <param name="run">The name of the run's folder, which training goes by.</param>
internal sealed class CellProgress(IProgressDisplay display, string cell, string run) : IProgressDisplay
{
    /// <inheritdoc/>
    public IProgress Start(string title, long total, long done = 0) => display.Start($"{cell}: {(title == run ? "train" : title)}", total, done);

    /// <inheritdoc/>
    public void Say(string sentence) => display.Say($"{cell}: {sentence}");
}
