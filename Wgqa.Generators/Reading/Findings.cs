using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Wgqa.Generators.Reading;

/// <summary>Collecting what is wrong with a declaration.</summary>
internal static class Findings
{
    /// <summary>Adds a finding unless its place has one: an argument that speaks of keys and of values is wrong once.</summary>
    public static void AddOnce(this ImmutableArray<Diagnostic>.Builder findings, Diagnostic finding)
    {
        if (!findings.Any(found => found.Location == finding.Location))
        {
            findings.Add(finding);
        }
    }
}
