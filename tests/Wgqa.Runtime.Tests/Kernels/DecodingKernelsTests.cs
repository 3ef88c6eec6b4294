using TorchSharp;
using Wgqa.Attention;
using Wgqa.Kernels;
using Wgqa.Runtime.Tests.Decoding;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Kernels;

/// <summary>A kernel of our own computes what libtorch's operators do, with every instruction set that this processor has.</summary>
[Collection(nameof(DecodingKernelsTests))]
[CollectionDefinition(nameof(DecodingKernelsTests), DisableParallelization = true)]
public sealed class DecodingKernelsTests : IDisposable
{
    private readonly string? _usual = DecodingKernels.InstructionSet;

    public static TheoryData<string, ScalarType> Kinds
    {
        get
        {
            var usual = DecodingKernels.InstructionSet;
            var data = new TheoryData<string, ScalarType>();
            foreach (var set in new[] { "avx512bf16", "avx512", "avx2", "portable" }.Where(DecodingKernels.Use))
            {
                data.Add(set, ScalarType.Float32);
                data.Add(set, ScalarType.BFloat16);
            }

            // Other tests are for what is usual here.
            if (usual is not null)
            {
                DecodingKernels.Use(usual);
            }

            // Where no kernel was built, what takes its place is still to be tested against itself.
            return data.Count > 0 ? data : new() { { "none", ScalarType.Float32 } };
        }
    }

    public void Dispose()
    {
        if (_usual is not null)
        {
            DecodingKernels.Use(_usual);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AProductOfFewRowsIsLibtorchs(string instructions, ScalarType type)
    {
        DecodingKernels.Use(instructions);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var random = new Generator(3);
        foreach (var (inputs, outputs) in new[] { (12, 5), (16, 1), (96, 40), (515, 100), (768, 259) })
        {
            var weight = randn([outputs, inputs], type, generator: random);
            for (var rows = 1; rows <= 33; rows++)
            {
                var x = randn([rows, 1, inputs], type, generator: random);
                var exact = x.to_type(ScalarType.Float64).matmul(weight.to_type(ScalarType.Float64).transpose(0, 1));
                Near(exact, LinearMap.Apply(x, weight), 1e-5 * Math.Sqrt(inputs));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AttentionOfFewTargetsIsLibtorchs(string instructions, ScalarType type)
    {
        DecodingKernels.Use(instructions);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var random = new Generator(5);
        using var dropout = new Dropout(0.5);
        dropout.eval();
        HeadMap[] maps = [HeadMap.Contiguous(8, 8), HeadMap.Contiguous(8, 4), HeadMap.Contiguous(8, 1), HeadMap.Strided(8, 2), HeadMap.Of(2, 0, 1, 1, 0, 1, 1, 1), HeadMap.OfSizes(0, 3, 5)];
        foreach (var (map, d, s) in maps.SelectMany(map => new[] { (map, 12, 7), (map, 64, 33), (map, 16, 100), (map, 40, 512) }))
        {
            foreach (var (b, t) in new[] { (1, 1), (3, 1), (2, 4) })
            {
                var q = randn([b, t, 8 * d], type, generator: random).mul(0.3).to_type(type);
                var room = randn([b, map.Groups, s + 3, d], type, generator: random);
                var (k, v) = (room.narrow(2, 0, s), room.narrow(2, 3, s));
                var padding = zeros([b, 1, 1, s]);
                padding.select(3, s - 1).fill_(finfo(ScalarType.Float32).min);
                foreach (var bias in new[] { null, padding, randn([1, 8, t, s], generator: random), randn([1, 8, 1, s + 5], generator: random).narrow(3, 5, s) })
                {
                    using var operators = NativeKernels.Withhold();
                    var exact = GroupedAttention.Attend(Wide(q), Wide(k), Wide(v), bias?.to_type(ScalarType.Float64), HeadMaps.Same(map), dropout);
                    operators.Dispose();
                    Near(exact, GroupedAttention.Attend(q, k, v, bias, HeadMaps.Same(map), dropout), 1e-5);
                }
            }
        }

        static Tensor Wide(Tensor x) => x.to_type(ScalarType.Float64);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DecodingIsAsExactAsWithLibtorchsOperators(bool gated)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var model = SmallT5.Create(gated ? SmallT5.Gated : SmallT5.Tied);
        var inputs = SmallT5.Inputs();
        var tokens = tensor(Enumerable.Range(0, 60).Select(i => (i * 7L % 37) + 3).ToArray(), [3, 20], device: inputs.device);
        Tensor Logits()
        {
            using var encoded = model.Encode(inputs, null);
            using var cache = model.NewCache(20);
            return cat([.. Enumerable.Range(0, 20).Select(i => model.Decode(tokens.narrow(1, i, 1), encoded, null, cache: cache))], 1);
        }

        var ours = Logits();
        using var operators = NativeKernels.Withhold();
        var libtorchs = Logits();
        operators.Dispose();
        model.to(ScalarType.Float64);
        var exact = Logits();
        var (error, usual) = (Distance(ours, exact), Distance(libtorchs, exact));
        Assert.True(error <= (4 * usual) + 1e-6, $"{error} from what float64 gives, where libtorch's operators are within {usual}");
    }

    // What is rounded to bfloat16 at the end has 8 significant bits.
    private static void Near(Tensor exact, Tensor found, double tolerance)
    {
        var scale = exact.abs().max().item<double>();
        var allowed = found.dtype == ScalarType.BFloat16 ? scale / 128 : tolerance * Math.Max(1, scale);
        Assert.Equal(exact.shape, found.shape);
        Assert.InRange(Distance(found, exact), 0, allowed);
    }

    private static double Distance(Tensor found, Tensor exact) => found.to_type(ScalarType.Float64).sub(exact).abs().max().item<double>();
}
