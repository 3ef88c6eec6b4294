using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Mapping;

/// <summary>The two maps of a variant together, and <c>MapsFor</c>.</summary>
internal sealed class HeadMapping
{
    private readonly VariantSpec _spec;
    private readonly MapStrategy[] _sides;

    public HeadMapping(VariantSpec spec)
    {
        _spec = spec;
        _sides = spec.IsCoupled ? [MapStrategy.For(spec, spec.Key, "")] : [MapStrategy.For(spec, spec.Key, "Key"), MapStrategy.For(spec, spec.Value, "Value")];
    }

    /// <summary>Whether something other than the declaration decides a map.</summary>
    public bool IsOpen => _spec.Allocation is not null || Searches;

    /// <summary>What the maps add to the summary: English sentences, or nothing.</summary>
    public IEnumerable<string> Sentences
    {
        get
        {
            foreach (var sentence in _sides.Select(side => side.Sentence).Where(sentence => sentence.Length > 0).Distinct())
            {
                yield return sentence;
            }

            if (_spec.Elsewhere.Count > 0)
            {
                yield return $"Groups differ at {string.Join("; ", _spec.Elsewhere.Select(Place))}.";
            }
        }
    }

    /// <summary>Where the maps are from, or nothing.</summary>
    public string Source => (Searches, _spec.IsCoupled) switch
    {
        (true, false) => "key and value groups of their own, of heads that are alike: after Decoupled-Head Attention (arXiv 2406.06567)",
        (true, true) => "groups of heads that are alike: after Align Attention Heads Before Merging Them (arXiv 2412.20677)",
        _ => "",
    };

    private bool Searches => _spec.Key.Kind == MapKind.Searched || _spec.Value.Kind == MapKind.Searched;

    /// <summary><c>MapsFor</c> and what it calls.</summary>
    public void Member(SourceWriter source)
    {
        source.Line($"public static {Name.Maps} MapsFor({Name.Shape} shape, {Name.Projections}? source = null) =>");
        source.Indent(() =>
        {
            if (!Searches)
            {
                source.Line($"{Declared};");
            }
            else
            {
                source.Line("source is null");
                source.Indent(() =>
                {
                    source.Line($"? {Declared}");
                    source.Line($": {Found};");
                });
            }
        });
        foreach (var side in _sides)
        {
            side.Members(source);
        }
    }

    private string Declared => _sides.Length == 1 ? $"{Name.Maps}.Same({_sides[0].Code})" : $"new {Name.Maps}({_sides[0].Code}, {_sides[1].Code})";

    private string Found
    {
        get
        {
            var (key, value) = _spec.IsCoupled ? ("GroupsFor(shape)", "GroupsFor(shape)") : (Groups(_spec.Key, "Key"), Groups(_spec.Value, "Value"));
            var shared = _spec.SearchesOnce && _spec.IsCoupled ? "true" : "false";
            var found = $"{Name.Search}.Find(source, shape.Heads, {key}, {value}, shared: {shared}, aligned: {(_spec.Alignment is null ? "false" : "true")})";
            return (_spec.Key.Kind, _spec.Value.Kind) switch
            {
                (MapKind.Searched, MapKind.Searched) => found,
                (MapKind.Searched, _) => $"new {Name.Maps}({found}.Key, {_sides[1].Code})",
                _ => $"new {Name.Maps}({_sides[0].Code}, {found}.Value)",
            };

            static string Groups(MapSpec map, string side) => map.Kind == MapKind.Written ? $"{map.Heads.Groups}" : $"{side}GroupsFor(shape)";
        }
    }

    private static string Place(GroupsAtSpec at)
    {
        var layers = at.Layers.Count == 0 ? "" : $" in layer{(at.Layers.Count > 1 ? "s" : "")} {string.Join(", ", at.Layers)}";
        var groups = at.Key.Equals(at.Value) ? Summary.KeyValueHeads(at.Key, "key/value") : $"{Summary.KeyValueHeads(at.Key, "key")}, {Summary.KeyValueHeads(at.Value, "value")}";
        return $"{at.Sites}{layers}: {groups}";
    }
}
