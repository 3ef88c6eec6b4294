using Wgqa.Profiling;

namespace Wgqa.Experiments.Sweeps;

/// <summary>Where the time of a cell's steps went, as <c>profile.json</c> keeps it.</summary>
/// <param name="Training">Of the steps of fine-tuning; null where there were too few.</param>
/// <param name="Decoding">Of the steps of generating from the test texts, with the fold where there is one.</param>
internal sealed record CellProfile(Profile? Training, Profile? Decoding);
