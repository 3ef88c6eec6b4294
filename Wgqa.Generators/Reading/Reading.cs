using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>What reading a declaration yields: the generator takes the spec, the analyzer takes the findings.</summary>
/// <param name="Spec">The declaration as a value; null when it is wrong.</param>
/// <param name="Findings">What is wrong, each where it is written; empty when nothing is.</param>
internal readonly record struct Reading(VariantSpec? Spec, ImmutableArray<Diagnostic> Findings);
