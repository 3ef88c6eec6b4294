using System.Globalization;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Additions;

/// <summary>Noise is subtracted from what the heads attended to (PGQA).</summary>
internal sealed class Perturbation(VariantSpec spec, NoiseSpec noise) : Strategy(spec)
{
    public override string Sentence => noise.Mode == Mode.Faithful
        ? "Noise is subtracted from what the heads attended to, in training and in evaluation, as published."
        : "In training, noise is subtracted from what the heads attended to.";

    public override string Source => "Key-Driven GQA (arXiv 2408.08454): PGQA";

    public override string? ObstacleToFolding => noise.Mode == Mode.Faithful ? "noise is part of what it computes, in evaluation too" : null;

    public override IEnumerable<EmittedModule> Modules => [new("noise", Name.Noise, "_noise")];

    public override void Construct(SourceWriter source) =>
        source.Line($"_noise = new {Name.Noise}({Name.Wgqa}.Mode.{noise.Mode}, {noise.Scale.ToString("R", CultureInfo.InvariantCulture)});");
}
