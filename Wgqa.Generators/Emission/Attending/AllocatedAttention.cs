using System.Globalization;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Emission.Attending;

/// <summary>Query heads are allocated to key/value heads by the keys (KDGQA, DGQA), until the allocation is frozen.</summary>
internal sealed class AllocatedAttention(VariantSpec spec, AllocationSpec allocation) : AttentionStrategy(spec)
{
    public override string Sentence => (allocation.Allocation, allocation.Mode) switch
    {
        (Allocation.KeyNorms, _) => $"Query heads are allocated to key/value heads by the norms of the keys{Published}.",
        (Allocation.Difference, _) => $"Query heads are allocated to key/value heads by how far the norms of the keys have moved, {Often}{Published}.",
        _ => $"Query heads are allocated to key/value heads by a moving average of the norms of the keys, {Often}{Published}.",
    };

    public override string Source => "Key-Driven GQA (arXiv 2408.08454): " + (allocation.Allocation == Allocation.KeyNorms ? "KDGQA" : "DGQA");

    public override string Maps => "maps";

    public override string MapsProperty => $"Maps => _frozen ?? {Name.Maps}.Same(_allocation.Calibrated);";

    public override IEnumerable<EmittedModule> Modules => [new("allocation", Name.Allocation, "_allocation")];

    public override IEnumerable<string> PlainFields => [$"private readonly {Name.Maps}? _frozen;"];

    public override IEnumerable<(string Code, string Remark)> Prelude => [($"var maps = _frozen ?? {Name.Maps}.Same(_allocation.For(k));", "")];

    public override string Attended => $"{Name.Grouped}.Attend(q, k, v, bias, maps, _dropout)";

    public override string FoldRequirement =>
        $"_ = _frozen ?? throw new {Name.UserException}(\"{Spec.Type.Name} allocates query heads while running; freeze it before it is folded.\");";

    public override void SettleMaps(SourceWriter source, bool isOpen)
    {
        source.Line($"_frozen = shape.Maps is null ? null : MapsFor(shape).Replaced(shape.Maps, \"{Spec.Type.Name}\");");
        source.Line($"_allocation = new {Name.Allocation}(shape.Heads, MapsFor(shape).Key.Groups, "
            + $"{Name.Wgqa}.Allocation.{allocation.Allocation}, {Name.Wgqa}.Mode.{allocation.Mode}, {allocation.Window}, {allocation.Beta.ToString("R", CultureInfo.InvariantCulture)});");
    }

    private string Often => allocation.Window == 1 ? "in every training pass" : $"once in {allocation.Window} training passes";

    private string Published => allocation.Mode == Mode.Faithful ? ", as published" : "";
}
