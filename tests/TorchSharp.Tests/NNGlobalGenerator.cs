namespace TorchSharp.Tests;

/// <summary>Tests that seed the one global generator of random numbers: another test drawing from it would change what they get.</summary>
[CollectionDefinition(nameof(NNGlobalGenerator), DisableParallelization = true)]
public sealed class NNGlobalGenerator;
