using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Tests;

/// <summary>The pipeline's values: equal by content, and without a Roslyn object to keep a compilation alive.</summary>
public sealed class ModelTests
{
    private const string Declarations =
        """
        [KvGrouping(Heads = 12, GroupSize = 2, Weighting = Column, Sites = Encoder)] public sealed partial class Col;
        public partial class Outer { [KvGrouping] internal sealed partial class Mha; }
        [KvGrouping(Groups = 4), GroupsAt(Sites = DecoderCross, Layers = new[] { 0, 1 }, Groups = 2), KeyDriven(Allocation = MovingAverage, Beta = 0.5), Perturbed, Align] public sealed partial class Driven;
        [KvGrouping(KeyMap = new[] { 0, 0, 0, 1 }, ValueMap = Searched, ValueGroups = 2), Blend] public sealed partial class Mapped;
        """;

    [Fact]
    public void NoStageHandsOnARoslynObject()
    {
        var result = Declared.Driver().RunGenerators(Declared.Compilation(Declared.Usings + Declarations)).GetRunResult().Results.Single();
        Assert.Equal(5, result.GeneratedSources.Length);
        foreach (var stage in typeof(Stages).GetFields().Select(field => (string)field.GetValue(null)!))
        {
            Assert.NotEmpty(result.TrackedSteps[stage].SelectMany(step => step.Outputs));
        }

        // From the files written back through every stage, those without a name too, to where the compiler hands over.
        var steps = new HashSet<IncrementalGeneratorRunStep>();
        var left = new Stack<IncrementalGeneratorRunStep>(result.TrackedOutputSteps.SelectMany(output => output.Value).SelectMany(Sources));
        while (left.TryPop(out var step))
        {
            if (step.Name != "Compilation" && steps.Add(step) && step.Name != "result_ForAttributeWithMetadataName")
            {
                foreach (var source in Sources(step))
                {
                    left.Push(source);
                }
            }
        }

        Assert.Contains(steps, step => step.Name == "result_ForAttributeWithMetadataName");
        Assert.Contains(steps, step => step.Name is null);
        Assert.All(steps, step => Assert.All(step.Outputs, output => Assert.Empty(RoslynObjects(output.Value))));

        static IEnumerable<IncrementalGeneratorRunStep> Sources(IncrementalGeneratorRunStep step) => step.Inputs.Select(input => input.Source);
    }

    [Fact]
    public void TheWalkOverAnObjectsGraphFindsARoslynObject()
    {
        var compilation = Declared.Compilation("class C;");
        Assert.NotEmpty(RoslynObjects(new { Nested = new List<object> { new { Symbol = compilation.GetTypeByMetadataName("C") } } }));
        Assert.NotEmpty(RoslynObjects(new[] { Location.None }));
    }

    [Fact]
    public void ArraysAreEqualByTheirItems()
    {
        EquatableArray<string> one = new(["a", "b"]), same = new(["a", "b"]), other = new(["b", "a"]), none = default;
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, other);
        Assert.NotEqual(one, none);
        Assert.Equal(new EquatableArray<string>([]), none);
        Assert.Empty(none);
    }

    [Theory]
    [InlineData(12, 6, null, 12, 6, 2)]
    [InlineData(12, null, 2, 12, 6, 2)]
    [InlineData(12, null, null, 12, 12, 1)]
    [InlineData(null, 6, null, null, 6, null)]
    [InlineData(null, null, 2, null, null, 2)]
    [InlineData(null, null, null, null, null, 1)]
    public void WhatFollowsFromTheNumbersIsFilledIn(int? heads, int? groups, int? groupSize, int? h, int? g, int? n)
    {
        var spec = HeadSpec.From(heads, groups, groupSize);
        Assert.Equal((h, g, n), (spec.Heads, spec.Groups, spec.GroupSize));
    }

    [Theory]
    [InlineData("Wgqa.Experiments", "Wgqa.Experiments")]
    [InlineData("my-app.2nd", "my_app._2nd")]
    [InlineData("", "_")]
    [InlineData("Größe", "Größe")]
    public void ACataloguesNamespaceIsTheAssemblysNameMadeAnIdentifier(string assembly, string name) => Assert.Equal(name, Identifier.Namespace(assembly));

    [Fact]
    public void FilesWhoseNamesDifferInCaseAloneAreNumbered()
    {
        var names = FileNames.For(["A.Gqa", "A.gqa", "A.Mqa", "VariantCatalog"]);
        Assert.Equal(
            ["A.Gqa(1).g.cs", "A.gqa(2).g.cs", "A.Mqa.g.cs", "VariantCatalog(1).g.cs"],
            new[] { "A.Gqa", "A.gqa", "A.Mqa", "VariantCatalog" }.Select(names.Of));
    }

    private static List<object> RoslynObjects(object? root)
    {
        var (found, seen, left) = (new List<object>(), new HashSet<object>(ReferenceEqualityComparer.Instance), new Stack<object?>([root]));
        while (left.Count > 0)
        {
            if (left.Pop() is not { } value || value is string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
            {
                continue;
            }

            if (value.GetType().Assembly.GetName().Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            {
                found.Add(value);
                continue;
            }

            if (value is IEnumerable items)
            {
                foreach (var item in items)
                {
                    left.Push(item);
                }
            }

            for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
            {
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    left.Push(field.GetValue(value));
                }
            }
        }

        return found;
    }
}
