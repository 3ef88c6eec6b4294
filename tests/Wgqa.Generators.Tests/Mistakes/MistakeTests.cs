using FsCheck;
using FsCheck.Fluent;
using Microsoft.CodeAnalysis;
using OurRules = Wgqa.Generators.Reading.Rules;

namespace Wgqa.Generators.Tests.Mistakes;

/// <summary>Random wrong declarations: for every rule, ones that violate it, alone and among other mistakes.</summary>
public sealed class MistakeTests
{
    private static readonly Gen<Declaration> Right =
        from numbers in Gen.Elements("", "Groups = 2", "GroupSize = 3", "Heads = 12", "Heads = 12, Groups = 6", "GroupSize = 1, Heads = 7")
        from words in Gen.Elements("", "Weighting = Column, Init = Normal", "Weighting = Scalar", "Merge = Live", "Pooling = FirstHead", "Merge = Once")
        from sites in Gen.Elements("", "Sites = DecoderCross", "Sites = Encoder | DecoderSelf | DecoderCross")
        from elsewhere in Gen.Elements("", "", "GroupsAt(Sites = DecoderCross, Groups = 1)", "GroupsAt(Layers = new[] { 0, 5 }, GroupSize = 1)")
        from additions in Gen.Elements("", "", "Perturbed", "Perturbed(Scale = 0.5)")
        from modifiers in Gen.Elements("public sealed partial", "internal partial", "partial")
        from parent in Gen.Elements("", " : System.IDisposable")
        from members in Gen.Elements("", "public const int Size = 3;", "static X() { }")
        from container in Gen.Elements("", "", "public partial class Outer", "partial struct Outer")
        from reversed in Gen.Elements(false, true)
        select new Declaration
        {
            Numbers = numbers,
            Words = words,
            Sites = sites,
            Elsewhere = elsewhere,
            Additions = additions,
            Modifiers = modifiers,
            Base = parent,
            Members = members,
            Container = container,
            Reversed = reversed,
        };

    // What comes last is not overwritten by the others.
    private static Gen<Wrong> Wrongs(string rule) =>
        from right in Right
        from mistake in Mistake.Of(rule)
        from count in Gen.Choose(0, 3)
        from others in Gen.ListOf(Mistake.Any, count)
        select new Wrong(right, [.. others, mistake]);

    public static TheoryData<string> Ids => [.. Mistake.Rules];

    [Fact]
    public void ThereIsAMistakeForEveryRule() =>
        Assert.Equal(OurRules.All.Select(rule => rule.Id), Mistake.Rules.Where(rule => rule.Length > 0));

    [Fact]
    public void DeclarationsAreRightBeforeTheyAreSpoilt() => Prop.ForAll(
        Right.ToArbitrary(),
        declaration => Declared.AssertClean(Declared.Usings + declaration)).Check(Some(20));

    [Theory]
    [MemberData(nameof(Ids))]
    public void AMistakeIsFoundWhateverElseIsWrong(string rule) =>
        Prop.ForAll(Arb.From(Wrongs(rule), Shrink), wrong => AssertFound(rule, wrong)).Check(Some(4));

    // The seed is fixed, so that a test that passes always passes.
    private static Config Some(int count) => Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(20240817, 7);

    private static async Task AssertFound(string rule, Wrong wrong)
    {
        var (output, _) = Declared.Generate(Declared.Compilation(Declared.Usings + wrong));
        var found = (await Declared.Findings(output)).Select(finding => finding.Id).ToList();
        var refused = output.GetDiagnostics().Where(diagnostic => diagnostic is { Severity: DiagnosticSeverity.Error, Id: not "CS1591" });
        if (rule.Length == 0 || wrong.Mistakes.Any(mistake => mistake.Rule.Length == 0))
        {
            Assert.True(found.Count > 0 || refused.Any(), wrong.ToString());
        }
        else if (wrong.Mistakes.Count == 1)
        {
            Assert.Equal([rule], found.Distinct());
        }
        else
        {
            Assert.NotEmpty(found);
        }
    }

    private static IEnumerable<Wrong> Shrink(Wrong wrong) =>
        wrong.Mistakes.Take(wrong.Mistakes.Count - 1).Select(other => wrong with { Mistakes = [.. wrong.Mistakes.Where(mistake => mistake != other)] });

    private sealed record Wrong(Declaration Right, IReadOnlyList<Mistake> Mistakes)
    {
        public override string ToString() => Mistakes.Aggregate(Right, (declaration, mistake) => mistake.Spoiling.Spoil(declaration)).ToString();
    }
}
