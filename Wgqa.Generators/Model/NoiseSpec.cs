namespace Wgqa.Generators.Model;

/// <summary>Noise on the attention's output.</summary>
/// <param name="Mode">As published, or safe.</param>
/// <param name="Scale">Its standard deviation, in units of the output's own.</param>
internal sealed record NoiseSpec(Mode Mode, double Scale);
