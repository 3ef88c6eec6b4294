using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Generators.Tests;
using static TorchSharp.torch;

namespace Wgqa.Language.Tests;

/// <summary>
/// A hundred valid declarations drawn at random: each compiles without a warning, converts, runs forward and backward as plain loops say, and folds if and
/// only if its catalogue entry says that it does.
/// </summary>
public sealed class RandomVariantTests
{
    private const int Count = 100;
    private const int ModelDim = 5;
    private const int HeadDim = 2;

    private static readonly RandomVariant[] Drawn = [.. RandomVariant.Valid.Sample(Count, new Rnd(20261122), 50)];

    // One compilation for all of them, as an assembly would have them.
    private static readonly Lazy<Dictionary<string, AttentionVariant>> Compiled = new(Compile);

    public static TheoryData<int> Places => [.. Enumerable.Range(0, Count)];

    [Fact]
    public async Task TheyCompileWithoutAWarning() =>
        await Declared.AssertClean(Declared.Usings + string.Join("\n", Drawn.Select((variant, number) => variant.Declaration($"V{number}"))));

    [Fact]
    public void TheyAreOfEveryKind()
    {
        Assert.Equal(Enum.GetValues<SideKind>(), Drawn.Select(variant => variant.Key.Kind).Distinct().Order());
        Assert.Equal(Enum.GetValues<Weighting>(), Drawn.Select(variant => variant.Weighting).Distinct().Order());
        Assert.Equal(Enum.GetValues<Foldability>(), Drawn.Select(variant => variant.Folds).Distinct().Order());
        Assert.Equal(Enum.GetValues<Pooling>(), Drawn.Where(variant => variant.Merge == Merge.Once).Select(variant => variant.Pooling).Distinct().Order());
        Assert.Contains(Drawn, variant => variant.Blends);
        Assert.Contains(Drawn, variant => variant.Alignment is not null && variant.Key.Kind == SideKind.Searched);
        Assert.Contains(Drawn, variant => variant.GroupsElsewhere > 0);
        Assert.Contains(Drawn, variant => !variant.Together && variant.Key.Groups != variant.Value.Groups);
        Assert.Contains(Drawn, variant => variant is { Allocation: not null, AllocationMode: Mode.Faithful });
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void ADeclarationComputesWhatItMeansAndFoldsIfItSaysSo(int number)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator((ulong)number);
        var (declared, variant) = (Drawn[number], Compiled.Value[$"V{number}"]);
        var layer = number % 2;
        var shape = new AttentionShape(ModelDim, declared.Heads, HeadDim) { Site = layer == 0 ? Sites.DecoderSelf : Sites.DecoderCross, Layer = layer };
        var width = declared.Heads * HeadDim;
        using var source = new AttentionProjections(Draw(width, ModelDim), Draw(width, ModelDim), Draw(width, ModelDim), Draw(ModelDim, width)) { InputCovariance = Moment() };

        // A search decides before there is a block.
        var (keySide, valueSide) = declared.At(shape.Site, shape.Layer);
        var searched = keySide.Kind == SideKind.Searched || valueSide.Kind == SideKind.Searched;
        shape = searched ? shape with { Maps = variant.MapsFor(shape, source) } : shape;
        using var block = variant.Create(shape);
        Assert.Equal(declared.Folds, variant.Info.Folds);
        var (keyOf, valueOf) = (keySide.GroupOf(declared.Heads) ?? [.. block.Maps.Key.GroupOf], valueSide.GroupOf(declared.Heads) ?? [.. block.Maps.Value.GroupOf]);
        AssertMaps(block.Maps, keySide, valueSide, declared.Heads);

        // Conversion.
        var module = (nn.Module)block;
        module.to(ScalarType.Float64);
        module.eval();
        using (var draw = new Generator(9))
        {
            block.LoadMultiHead(source, draw);
        }

        var oracle = new SlowOracle(declared, ModelDim, HeadDim);
        var maps = new HeadMaps(HeadMap.Of(keyOf), HeadMap.Of(valueOf));
        using var aligned = declared.Alignment is not null ? HeadAlignment.Align(source, maps) : source with { };
        AssertConverted(module, declared, oracle, aligned, maps);

        // Forward, after training has moved what is learned beside the projections.
        using (no_grad())
        {
            foreach (var (name, parameter) in module.named_parameters().Where(named => named.name.EndsWith("_merge", StringComparison.Ordinal) || named.name.EndsWith("_expand", StringComparison.Ordinal)))
            {
                parameter.add_(Draw(parameter.shape));
            }
        }

        var (x, memory, bias) = (Draw(2, 3, ModelDim), Draw(2, 4, ModelDim), Draw(1, declared.Heads, 3, 4));
        var direction = Draw(2, 3, ModelDim);
        manual_seed(number);
        var y = block.forward(x, memory, bias, null);
        var expected = Oracle(Parameters());
        Assert.InRange(y.sub(expected).abs().max().ToDouble(), 0, 1e-10);

        // Backward, against the difference quotient of the loops in a random direction.
        y.mul(direction).sum().backward();
        var change = module.named_parameters().ToDictionary(named => named.name, named => Draw(named.parameter.shape));
        var slope = module.named_parameters().Sum(named => named.parameter.grad?.mul(change[named.name]).sum().ToDouble() ?? 0);
        const double Step = 1e-6;
        var quotient = (Loss(Step) - Loss(-Step)) / (2 * Step);
        Assert.InRange(Math.Abs(slope - quotient), 0, 1e-6 * Math.Max(1, Math.Abs(quotient)));

        AssertFolds();

        double Loss(double step) => Oracle(Parameters().ToDictionary(named => named.Key, named => named.Value.add(change[named.Key].mul(step)))).mul(direction).sum().ToDouble();

        Dictionary<string, Tensor> Parameters() => module.named_parameters().ToDictionary(named => named.name, named => named.parameter.detach());

        // What the declaration means. Draws and allocations that are the runtime's own come from the runtime, in the same order.
        Tensor Oracle(Dictionary<string, Tensor> weights)
        {
            manual_seed(number);
            var all = new OracleWeights(Of("q.weight")!, Of("k.weight")!, Of("v.weight")!, Of("o.weight")!, Of("key_merge"), Of("value_merge"), Of("key_expand"), Of("value_expand"));
            var keys = oracle.Projected(Plain(memory), all.Key, all.KeyMerge, keyOf, keySide.Groups);
            var values = oracle.Projected(Plain(memory), all.Value, all.ValueMerge, valueOf, valueSide.Groups);
            var (usedKeys, usedValues) = (keyOf, valueOf);
            if (declared is { Allocation: { } rule, AllocationMode: Mode.Faithful })
            {
                using var allocation = new KeyAllocation(declared.Heads, keySide.Groups, rule, Mode.Faithful);
                allocation.eval();
                usedKeys = usedValues = [.. allocation.For(Back(keys, 2, keySide.Groups, 4, HeadDim)).GroupOf];
            }

            var attended = oracle.Attended(all, Plain(x), keys, values, Plain(bias), usedKeys, usedValues);
            if (declared.Noise == Mode.Faithful)
            {
                using var noise = new AttentionNoise(Mode.Faithful);
                using var before = Back(attended, 2, 3, width);
                using var after = noise.forward(before, declared.Allocation is null ? maps.Key : Sized(usedKeys, keySide.Groups));
                attended = Plain(after);
            }

            return Back(oracle.Output(attended, all.Output), 2, 3, ModelDim);

            Numbers? Of(string name) => weights.TryGetValue(name, out var tensor) ? Plain(tensor) : null;
        }

        void AssertFolds()
        {
            var folding = block;
            using var frozen = declared.Folds == Foldability.WhenFrozen ? variant.Create(shape with { Maps = block.Maps }) : null;
            if (declared.Folds != Foldability.Always)
            {
                Assert.Contains(variant.Info.Name, Assert.Throws<UserException>(() => block.Fold()).Message);
            }

            if (declared.Folds == Foldability.Never)
            {
                Assert.NotNull(variant.Info.ObstacleToFolding);
                return;
            }

            if (frozen is not null)
            {
                folding = frozen;
                var target = (nn.Module)frozen;
                target.to(ScalarType.Float64);
                target.eval();
                using var still = no_grad();
                foreach (var (name, parameter) in target.named_parameters())
                {
                    parameter.copy_(module.get_parameter(name)!);
                }
            }

            using var plain = new GroupedQueryAttention(shape, folding.Maps);
            plain.to(ScalarType.Float64);
            plain.eval();
            using var folded = folding.Fold();
            plain.LoadGrouped(folded);
            Assert.InRange(plain.forward(x, memory, bias, null).sub(folding.forward(x, memory, bias, null)).abs().max().ToDouble(), 0, 1e-12);
        }

        Tensor Draw(params long[] sizes) => randn(sizes, ScalarType.Float64, generator: random).mul_(0.5);

        Tensor Moment()
        {
            var drawn = Draw(ModelDim, ModelDim);
            return drawn.matmul(drawn.t()).DetachFromDisposeScope();
        }
    }

    private static void AssertMaps(HeadMaps maps, RandomSide key, RandomSide value, int heads)
    {
        foreach (var (map, side) in new[] { (maps.Key, key), (maps.Value, value) })
        {
            Assert.Equal((heads, side.Groups), (map.Heads, map.Groups));
            if (side.GroupOf(heads) is { } declared)
            {
                Assert.Equal(declared, map.GroupOf);
            }
            else
            {
                Assert.InRange(map.Sizes.Max() - map.Sizes.Min(), 0, 1);
            }
        }
    }

    private static void AssertConverted(nn.Module module, RandomVariant declared, SlowOracle oracle, AttentionProjections source, HeadMaps maps)
    {
        AssertEqual(source.Query, "q.weight");
        AssertEqual(source.Output, "o.weight");
        if (declared.Merge == Merge.Live)
        {
            AssertEqual(source.Key, "k.weight");
            AssertEqual(source.Value, "v.weight");
            return;
        }

        using var draw = new Generator(9);
        var (key, value) = declared.Pooling == Pooling.RandomHead ? HeadPooling.DrawMembers(maps, draw) : ([], []);
        AssertEqual(Back(oracle.Pooled(Plain(source.Key), [.. maps.Key.GroupOf], key), maps.Key.Groups * HeadDim, ModelDim), "k.weight");
        AssertEqual(Back(oracle.Pooled(Plain(source.Value), [.. maps.Value.GroupOf], value), maps.Value.Groups * HeadDim, ModelDim), "v.weight");

        void AssertEqual(Tensor expected, string name)
        {
            var parameter = module.get_parameter(name)!;
            Assert.Equal(expected.shape, parameter.shape);
            Assert.InRange(expected.sub(parameter).abs().max().ToDouble(), 0, 1e-12);
        }
    }

    private static HeadMap Sized(int[] groupOf, int groups) => HeadMap.OfSizes([.. Enumerable.Range(0, groups).Select(group => groupOf.Count(one => one == group))]);

    private static Numbers Plain(Tensor tensor)
    {
        using var whole = tensor.detach().contiguous();
        return new([.. whole.data<double>()], [.. whole.shape.Select(size => (int)size)]);
    }

    private static Tensor Back(Numbers numbers, params long[] sizes) => tensor(numbers.Values, sizes, ScalarType.Float64);

    private static Dictionary<string, AttentionVariant> Compile()
    {
        var text = Declared.Usings + string.Join("\n", Drawn.Select((variant, number) => variant.Declaration($"V{number}")));
        var (output, _) = Declared.Generate(Declared.Compilation(text));
        using var image = new MemoryStream();
        var emitted = output.WithOptions(output.Options.WithGeneralDiagnosticOption(Microsoft.CodeAnalysis.ReportDiagnostic.Default)).Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics.Where(one => one.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).Take(5)));
        var catalogue = Assembly.Load(image.ToArray()).GetType("Declared.VariantCatalog", throwOnError: true)!;
        var all = (IReadOnlyList<AttentionVariant>)catalogue.GetProperty("All")!.GetValue(null)!;
        return all.ToDictionary(variant => variant.Info.Name);
    }
}
