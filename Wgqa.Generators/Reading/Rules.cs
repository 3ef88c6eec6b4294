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
        "{0} is {1}; a block has at least 1 group");

    public static readonly DiagnosticDescriptor GroupSizeIsPositive = Rule(
        "WGQA012", "GroupSize is at least 1",
        "{0} is {1}; a group has at least 1 head");

    public static readonly DiagnosticDescriptor GroupsAndGroupSizeExcludeEachOther = Rule(
        "WGQA013", "Groups and GroupSize exclude each other",
        "{0} = {1} and {2} = {3} are two ways to say one thing; write one of them");

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

    // Keys and values apart; maps.

    public static readonly DiagnosticDescriptor NumbersHaveAnEffect = Rule(
        "WGQA023", "Numbers of groups have an effect",
        "{0} = {1} has no effect: keys and values have numbers of their own");

    public static readonly DiagnosticDescriptor MapsAreListsOrSearched = Rule(
        "WGQA024", "A head map is a list or Searched",
        "{0} is {1}; it must be a list with the group of each head, or Searched");

    public static readonly DiagnosticDescriptor MapEntriesAreGroups = Rule(
        "WGQA025", "A head map counts groups from 0",
        "{0} gives head {1} the group {2}; groups are counted from 0");

    public static readonly DiagnosticDescriptor EveryGroupHasAHead = Rule(
        "WGQA026", "Every group of a head map has a head",
        "{0} has the groups 0 to {1}, and no head belongs to group {2}");

    public static readonly DiagnosticDescriptor MapsHaveAnEntryForEachHead = Rule(
        "WGQA027", "A head map has an entry for each head",
        "{0} has {1} entries for {2} heads");

    public static readonly DiagnosticDescriptor MapsHaveTheWrittenGroups = Rule(
        "WGQA028", "A head map has as many groups as are written",
        "{0} has {1} groups, and {2} is {3}");

    public static readonly DiagnosticDescriptor AMapIsSaidOnce = Rule(
        "WGQA029", "Which heads share a group is said once",
        "{0} and {1} exclude each other: both say which heads share a group");

    // Other groups at some sites and layers.

    public static readonly DiagnosticDescriptor GroupsAtSaysHowMany = Rule(
        "WGQA030", "[GroupsAt] says how many groups",
        "[GroupsAt] gives {0} no number of groups");

    public static readonly DiagnosticDescriptor GroupsAtSpeaksOfReplacedSites = Rule(
        "WGQA031", "[GroupsAt] speaks of sites that the variant replaces",
        "[GroupsAt] names {0}, and {1} replaces {2}");

    public static readonly DiagnosticDescriptor LayersAreCountedFromZero = Rule(
        "WGQA032", "Layers names layers, counted from 0",
        "Layers names {0}; layers are counted from 0");

    public static readonly DiagnosticDescriptor APlaceHasOneNumberOfGroups = Rule(
        "WGQA033", "A place has one number of groups",
        "Two [GroupsAt] speak of {0}");

    public static readonly DiagnosticDescriptor AWrittenMapHoldsEverywhere = Rule(
        "WGQA034", "A written head map holds everywhere",
        "{0} = {1} has no effect: a written head map says which heads share a group everywhere");

    // What is added.

    public static readonly DiagnosticDescriptor AdditionsNeedADeclaration = Rule(
        "WGQA035", "The language's attributes add to [KvGrouping]",
        "[{0}] has no effect on {1}, which has no [KvGrouping]");

    public static readonly DiagnosticDescriptor AdditionsNeedSharedHeads = Rule(
        "WGQA036", "There is something to align, blend or allocate",
        "[{0}] has no effect on {1}: {2}");

    public static readonly DiagnosticDescriptor TheAllocationMakesTheMap = Rule(
        "WGQA037", "An allocation makes its own map",
        "{0} has no effect: [KeyDriven] allocates heads while running");

    public static readonly DiagnosticDescriptor PairsAreAllocated = Rule(
        "WGQA038", "An allocation gives keys and values alike",
        "[KeyDriven] allocates pairs of a key head and a value head, and {0} has different numbers of them");

    public static readonly DiagnosticDescriptor BlendExcludesKeyDriven = Rule(
        "WGQA039", "[Blend] and [KeyDriven] exclude each other",
        "[Blend] lets each head of {0} attend to all groups, and [KeyDriven] allocates it to one");

    public static readonly DiagnosticDescriptor WindowIsPositive = Rule(
        "WGQA040", "Window is at least 1",
        "Window is {0}; an allocation holds for at least 1 training pass");

    public static readonly DiagnosticDescriptor ArgumentsFitTheAllocation = Rule(
        "WGQA041", "Arguments of [KeyDriven] fit its Allocation",
        "{0} = {1} has no effect with Allocation = {2}");

    public static readonly DiagnosticDescriptor BetaIsAShare = Rule(
        "WGQA042", "Beta is a share",
        "Beta is {0}; it must be above 0 and at most 1");

    public static readonly DiagnosticDescriptor ScaleIsPositive = Rule(
        "WGQA043", "Scale is a positive number",
        "Scale is {0}; it must be a number above 0");

    public static readonly DiagnosticDescriptor PublishedNoiseHasNoScale = Rule(
        "WGQA044", "Published noise has no Scale",
        "Scale = {0} has no effect with Mode = Faithful, whose noise is as published");

    public static readonly DiagnosticDescriptor UnfoldableVariantsAreNotFolded = Rule(
        "WGQA045", "A variant that does not fold is not folded",
        "{0} does not fold: {1}");

    /// <summary>All rules, by id.</summary>
    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        VariantsArePartial, ContainersArePartial, VariantsAreOrdinaryClasses, VariantsAreNotGeneric, ContainersAreNotGeneric,
        VariantsAreKnownOutsideTheirFile, TheBaseClassIsGenerated, GeneratedNamesAreTaken, TheConstructorIsGenerated,
        HeadsArePositive, GroupsArePositive, GroupSizeIsPositive, GroupsAndGroupSizeExcludeEachOther, GroupsDoNotExceedHeads,
        GroupsDivideHeads, GroupSizeDividesHeads,
        WordsAreDefined, InitNeedsAWeighting, PoolingExcludesAWeighting, PoolingNeedsMergeOnce, WeightsAreMergedLive, SitesNameASite,
        NumbersHaveAnEffect, MapsAreListsOrSearched, MapEntriesAreGroups, EveryGroupHasAHead, MapsHaveAnEntryForEachHead, MapsHaveTheWrittenGroups, AMapIsSaidOnce,
        GroupsAtSaysHowMany, GroupsAtSpeaksOfReplacedSites, LayersAreCountedFromZero, APlaceHasOneNumberOfGroups, AWrittenMapHoldsEverywhere,
        AdditionsNeedADeclaration, AdditionsNeedSharedHeads, TheAllocationMakesTheMap, PairsAreAllocated, BlendExcludesKeyDriven,
        WindowIsPositive, ArgumentsFitTheAllocation, BetaIsAShare, ScaleIsPositive, PublishedNoiseHasNoScale, UnfoldableVariantsAreNotFolded,
    ];

    private static DiagnosticDescriptor Rule(string id, string title, string message) =>
        new(id, title, message, "Wgqa", DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: $"docs/diagnostics/{id}.md");
}
