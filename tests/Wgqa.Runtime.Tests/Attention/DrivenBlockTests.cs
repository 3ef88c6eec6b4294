using TorchSharp;
using Wgqa.Attention;
using Wgqa.Runtime.Tests.Training;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Attention;

/// <summary>What the compiler wrote for a declared block against the block put together by hand: plain products, an allocation or noise of its own, attention in loops.</summary>
[Collection(nameof(GlobalGenerator))]
public sealed class DrivenBlockTests
{
    private static readonly AttentionShape Shape = new(ModelDim: 10, Heads: 12, HeadDim: 3);

    public static TheoryData<string> Variants => DrivenVariants.Every;

    [Theory]
    [MemberData(nameof(Variants))]
    public void ABlockComputesWhatItsDeclarationSays(string name)
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        var block = DrivenVariants.Named(name).Create(Shape);
        var module = (nn.Module)block;
        module.to(ScalarType.Float64);
        using (no_grad())
        {
            foreach (var (_, parameter) in module.named_parameters())
            {
                parameter.add_(randn_like(parameter).mul_(0.4));
            }
        }

        using var twin = new Twin(name, module, block);
        for (var pass = 0; pass < 8; pass++)
        {
            var training = pass is not (0 or 4 or 7);
            module.train(training);
            twin.Train(training);
            var x = randn([2, 3, 10], ScalarType.Float64);
            var memory = pass % 2 == 0 ? null : randn([2, 5, 10], ScalarType.Float64);
            var bias = randn([1, 12, 3, memory is null ? 3 : 5], ScalarType.Float64);
            manual_seed(50 + pass);
            var found = block.forward(x, memory, bias, null);
            manual_seed(50 + pass);
            var expected = twin.Forward(x, memory ?? x, bias);
            Assert.All(LoopAttention.Numbers(expected).Zip(LoopAttention.Numbers(found)), static pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void EveryParameterLearns(string name)
    {
        manual_seed(2);
        using var scope = NewDisposeScope();
        var block = DrivenVariants.Named(name).Create(Shape);
        var module = (nn.Module)block;
        module.train();
        block.forward(randn(2, 3, 10), randn(2, 5, 10), null, null).square().sum().backward();
        Assert.All(module.named_parameters(), static each => Assert.True(each.parameter.grad is { } grad && grad.abs().sum().item<float>() > 0, each.name));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void APassLeavesNoTensorBehind(string name)
    {
        manual_seed(3);
        var start = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (var module = (nn.Module)DrivenVariants.Named(name).Create(Shape))
        {
            void Pass(bool training)
            {
                module.train(training);
                using var x = randn(2, 3, 10);
                using var y = ((IGroupedAttention)module).forward(x, null, null, null);
                using var sum = y.sum();
                sum.backward();
            }

            Pass(true);   // the first one makes the gradients
            var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            for (var i = 0; i < 10; i++)
            {
                Pass(i % 2 == 0);
            }

            Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }

        Assert.Equal(start, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    /// <summary>A block by hand, with the weights of a declared one.</summary>
    private sealed class Twin(string name, nn.Module module, IGroupedAttention block) : IDisposable
    {
        private const int Heads = 12;

        private readonly KeyAllocation? _allocation = name switch
        {
            "ByNorms" or "ByNormsWithNoise" => new(Heads, 4, Allocation.KeyNorms),
            "ByNormsOfColumns" => new(Heads, 3, Allocation.KeyNorms),
            "ByDifference" => new(Heads, 3, Allocation.Difference, window: 2),
            "ByAverage" => new(Heads, 4, Allocation.MovingAverage, window: 3, beta: 0.4),
            "ByNormsAsPublished" => new(Heads, 4, Allocation.KeyNorms, Mode.Faithful),
            "ByDifferenceAsPublished" => new(Heads, 3, Allocation.Difference, Mode.Faithful, window: 2),
            "ByAverageAsPublished" => new(Heads, 4, Allocation.MovingAverage, Mode.Faithful),
            _ => null,
        };

        private readonly AttentionNoise? _noise = name switch
        {
            "ByNormsWithNoise" => new(Mode.Safe, 0.1),
            "Noisy" => new(),
            "NoisyStrides" => new(Mode.Safe, 0.5),
            "NoisyAsPublished" => new(Mode.Faithful),
            _ => null,
        };

        public void Train(bool on)
        {
            _allocation?.train(on);
            _noise?.train(on);
        }

        public Tensor Forward(Tensor x, Tensor source, Tensor bias)
        {
            var parameters = module.named_parameters().ToDictionary(static each => each.name, static each => each.parameter.detach());
            var k = PerHead(source.matmul(Projection("k.weight", "key_merge", parameters).t()));
            var v = PerHead(source.matmul(Projection("v.weight", "value_merge", parameters).t()));
            var map = _allocation?.For(k) ?? (name.StartsWith("Blended", StringComparison.Ordinal) ? null
                : name == "NoisyStrides" ? HeadMap.Strided(Heads, 6) : HeadMap.Contiguous(Heads, 4));
            var (keyExpand, valueExpand) = map is null
                ? (Table(parameters["key_expand"]), Table(parameters["value_expand"]))
                : (Selection(map), Selection(map));
            var attended = tensor(LoopAttention.Attend(x.matmul(parameters["q.weight"].t()), k, v, bias, keyExpand, valueExpand)).view(x.size(0), x.size(1), -1);
            var perturbed = _noise?.forward(attended, map!) ?? attended;
            return perturbed.matmul(parameters["o.weight"].t());
        }

        public void Dispose()
        {
            _allocation?.Dispose();
            _noise?.Dispose();
            block.Dispose();
        }

        /// <summary>[g·d, m]: with weights of columns, the sum over a group's four heads of w[i, column]·W[i].</summary>
        private static Tensor Projection(string name, string mergeName, Dictionary<string, Tensor> parameters)
        {
            var weight = parameters[name];
            return parameters.TryGetValue(mergeName, out var merge)
                ? weight.view(Heads, 3, 10).mul(merge.view(Heads, 3, 1)).view(3, Heads / 3, 3, 10).sum(1L).view(9, 10)
                : weight;
        }

        /// <summary>[b, s, g·3] as [b, g, s, 3].</summary>
        private static Tensor PerHead(Tensor projected) => projected.view(projected.size(0), projected.size(1), -1, 3).transpose(1, 2);

        private static double[,] Selection(HeadMap map)
        {
            var table = new double[map.Heads, map.Groups];
            for (var head = 0; head < map.Heads; head++)
            {
                table[head, map.GroupOf[head]] = 1;
            }

            return table;
        }

        private static double[,] Table(Tensor expand)
        {
            var table = new double[expand.size(0), expand.size(1)];
            Buffer.BlockCopy(LoopAttention.Numbers(expand), 0, table, 0, table.Length * sizeof(double));
            return table;
        }
    }
}
