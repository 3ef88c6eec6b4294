using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>Against PyTorch's own numbers.</summary>
public sealed class OptimGoldenTests
{
    public static TheoryData<string> Cases => ["adamw_lr1e-2_wd0.1", "adam_lr1e-2_l2_0.1", "sgd_lr0.1_m0.9_wd0.01"];

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void OptimizersTakePyTorchsSteps(string name)
    {
        var units = Safetensors("golden", "units", "units.safetensors");
        using var parameter = nn.Parameter(tensor(units["opt.p0"], 4, 6));
        using optim.Optimizer optimizer = name switch
        {
            "adamw_lr1e-2_wd0.1" => optim.AdamW([parameter], 1e-2, weight_decay: 0.1),
            "adam_lr1e-2_l2_0.1" => optim.Adam([parameter], 1e-2, weight_decay: 0.1),
            _ => optim.SGD([parameter], 0.1, momentum: 0.9, weight_decay: 0.01),
        };
        var expected = units[$"opt.{name}"].Chunk(24).ToArray();
        var gradients = units["opt.grads"].Chunk(24).ToArray();
        Assert.Equal(expected.Length, gradients.Length);

        for (var step = 0; step < expected.Length; step++)
        {
            OptimizerTests.SetGradient(parameter, gradients[step]);
            optimizer.step();

            var actual = parameter.data<float>().ToArray();
            for (var i = 0; i < actual.Length; i++)
            {
                Assert.Equal(expected[step][i], actual[i], 2e-6f);
            }
        }
    }

    [SharedFact]
    public void ClippingIsPyTorchs()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(SharedFolder.Path("golden", "units", "units.json")));
        var golden = json.RootElement.GetProperty("clip_grad_norm");
        var (maxNorm, total) = (golden.GetProperty("max_norm").GetDouble(), golden.GetProperty("total").GetDouble());
        float[] a = [.. golden.GetProperty("a").EnumerateArray().Select(value => value.GetSingle())];
        var b = golden.GetProperty("b").GetSingle();
        using var first = nn.Parameter(zeros(3));
        using var second = nn.Parameter(zeros(4));

        // Before clipping: (3, 0, 4) and four times 6, a vector of length 13.
        OptimizerTests.SetGradient(first, [3, 0, 4]);
        OptimizerTests.SetGradient(second, [6, 6, 6, 6]);

        Assert.Equal(total, nn.utils.clip_grad_norm_([first, second], maxNorm), 1e-5);
        using var clippedFirst = first.grad;
        using var clippedSecond = second.grad;
        Assert.All(clippedFirst!.data<float>().ToArray().Zip(a), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
        Assert.All(clippedSecond!.data<float>().ToArray(), value => Assert.Equal(b, value, 1e-6f));
    }

    [SharedTheory]
    [InlineData("linear_warmup0_total10", 0)]
    [InlineData("linear_warmup3_total10", 3)]
    public void ALambdaGivesTheLinearSchedule(string name, int warmup)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(SharedFolder.Path("golden", "units", "units.json")));
        double[] expected = [.. json.RootElement.GetProperty("schedules").GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
        using var parameter = nn.Parameter(zeros(1));
        using var optimizer = optim.SGD([parameter], 2.0);
        var schedule = optim.lr_scheduler.LambdaLR(
            optimizer, step => step < warmup ? (double)step / warmup : Math.Max(0, (10.0 - step) / (10 - warmup)));

        foreach (var factor in expected)
        {
            Assert.Equal(2 * factor, optimizer.ParamGroups.Single().LearningRate, 1e-12);
            schedule.step();
        }
    }

    private static Dictionary<string, float[]> Safetensors(params string[] path)
    {
        var bytes = File.ReadAllBytes(SharedFolder.Path(path));
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        var data = bytes.AsMemory(8 + headerLength);
        return header.RootElement.EnumerateObject()
            .Where(entry => entry.Value.TryGetProperty("dtype", out var type) && type.GetString() == "F32")
            .ToDictionary(entry => entry.Name, entry =>
            {
                var offsets = entry.Value.GetProperty("data_offsets");
                return MemoryMarshal.Cast<byte, float>(data.Span[offsets[0].GetInt32()..offsets[1].GetInt32()]).ToArray();
            });
    }
}
