using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Wgqa.Generators.Reading;

/// <summary>
/// Every diagnostic, named by the truth that a declaration violates. An id is never reused; each has a page in
/// docs/diagnostics and a line in AnalyzerReleases.
/// </summary>
internal static class Rules
{
    // The class.

    public static readonly DiagnosticDescriptor VariantsArePartial = Rule(
        "WGQA001", "An attention variant is partial",
        "{0} must be partial: the compiler writes the other half of the class");

    public static readonly DiagnosticDescriptor ContainersArePartial = Rule(
        "WGQA002", "A type that contains an attention variant is partial",
        "{0} must be partial: it contains the attention variant {1}, whose other half the compiler writes");

    public static readonly DiagnosticDescriptor VariantsAreOrdinaryClasses = Rule(
        "WGQA003", "An attention variant is an ordinary class",
        "{0} is {1}; an attention variant is an ordinary class, neither static nor abstract nor a record");

    public static readonly DiagnosticDescriptor VariantsAreNotGeneric = Rule(
        "WGQA004", "An attention variant is not generic",
        "{0} has type parameters; an attention variant has none");

    public static readonly DiagnosticDescriptor ContainersAreNotGeneric = Rule(
        "WGQA005", "A type that contains an attention variant is not generic",
        "{0} has type parameters; a type that contains an attention variant has none");

    public static readonly DiagnosticDescriptor VariantsAreKnownOutsideTheirFile = Rule(
        "WGQA006", "An attention variant is known outside its file",
        "{0} is local to its file; the other half of the class would be in another file");

    public static readonly DiagnosticDescriptor TheBaseClassIsGenerated = Rule(
        "WGQA007", "An attention variant's base class is the generated one",
        "{0} inherits {1}; the compiler makes every attention variant inherit torch.nn.Module");

    public static readonly DiagnosticDescriptor GeneratedNamesAreTaken = Rule(
        "WGQA008", "The names of generated members are taken",
        "{0} is the name of a member that the compiler writes into {1}");

    public static readonly DiagnosticDescriptor TheConstructorIsGenerated = Rule(
        "WGQA009", "An attention variant's constructor is the generated one",
        "{0} has a constructor; the compiler writes the only one, which takes a shape and a position bias");

    // The numbers.

    public static readonly DiagnosticDescriptor HeadsArePositive = Rule(
        "WGQA010", "Heads is at least 1",
        "Heads is {0}; a block has at least 1 head");

    public static readonly DiagnosticDescriptor GroupsArePositive = Rule(
        "WGQA011", "Groups is at least 1",
        "Groups is {0}; a block has at least 1 group");

    public static readonly DiagnosticDescriptor GroupSizeIsPositive = Rule(
        "WGQA012", "GroupSize is at least 1",
        "GroupSize is {0}; a group has at least 1 head");

    public static readonly DiagnosticDescriptor GroupsAndGroupSizeExcludeEachOther = Rule(
        "WGQA013", "Groups and GroupSize exclude each other",
        "Groups = {0} and GroupSize = {1} are two ways to say one thing; write one of them");

    public static readonly DiagnosticDescriptor GroupsDoNotExceedHeads = Rule(
        "WGQA014", "There are no more groups than heads",
        "{0} heads cannot fill {1} groups");

    public static readonly DiagnosticDescriptor GroupsDivideHeads = Rule(
        "WGQA015", "Groups divides Heads",
        "{0} heads cannot be split into {1} equal groups");

    public static readonly DiagnosticDescriptor GroupSizeDividesHeads = Rule(
        "WGQA016", "GroupSize divides Heads",
        "{0} heads cannot be split into groups of {1}");

    // The words.

    public static readonly DiagnosticDescriptor WordsAreDefined = Rule(
        "WGQA017", "Every word is one of the language's",
        "{0} has no value {1}");

    public static readonly DiagnosticDescriptor InitNeedsAWeighting = Rule(
        "WGQA018", "Init needs a Weighting",
        "Init = {0} has no weights to initialise: {1} has no Weighting");

    public static readonly DiagnosticDescriptor PoolingExcludesAWeighting = Rule(
        "WGQA019", "Pooling and Weighting exclude each other",
        "Pooling = {0} has no effect: Weighting = {1} merges heads by learned weights");

    public static readonly DiagnosticDescriptor PoolingNeedsMergeOnce = Rule(
        "WGQA020", "Pooling needs Merge = Once",
        "Pooling = {0} has no effect: with Merge = Live every head stays and the mean is taken in each pass");

    public static readonly DiagnosticDescriptor WeightsAreMergedLive = Rule(
        "WGQA021", "Learned weights are merged live",
        "Merge = Once leaves nothing to learn for Weighting = {0}: learned weights are merged in every pass");

    public static readonly DiagnosticDescriptor SitesNameASite = Rule(
        "WGQA022", "Sites names at least one site",
        "Sites names no site, so {0} would replace nothing");

    /// <summary>All rules, by id.</summary>
    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        VariantsArePartial, ContainersArePartial, VariantsAreOrdinaryClasses, VariantsAreNotGeneric, ContainersAreNotGeneric,
        VariantsAreKnownOutsideTheirFile, TheBaseClassIsGenerated, GeneratedNamesAreTaken, TheConstructorIsGenerated,
        HeadsArePositive, GroupsArePositive, GroupSizeIsPositive, GroupsAndGroupSizeExcludeEachOther, GroupsDoNotExceedHeads,
        GroupsDivideHeads, GroupSizeDividesHeads,
        WordsAreDefined, InitNeedsAWeighting, PoolingExcludesAWeighting, PoolingNeedsMergeOnce, WeightsAreMergedLive, SitesNameASite,
    ];

    private static DiagnosticDescriptor Rule(string id, string title, string message) =>
        new(id, title, message, "Wgqa", DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: $"docs/diagnostics/{id}.md");
}
