using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class TensorTypeTests
{
    [Theory]
    [InlineData(ScalarType.Byte, 1)]
    [InlineData(ScalarType.Int8, 1)]
    [InlineData(ScalarType.Int16, 2)]
    [InlineData(ScalarType.Int32, 4)]
    [InlineData(ScalarType.Int64, 8)]
    [InlineData(ScalarType.Float16, 2)]
    [InlineData(ScalarType.BFloat16, 2)]
    [InlineData(ScalarType.Float32, 4)]
    [InlineData(ScalarType.Float64, 8)]
    [InlineData(ScalarType.Bool, 1)]
    public void EveryTypeIsMadeConvertedAndReadBack(ScalarType type, int bytes)
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 0, 1, 1, 0 }).to(type);
        Assert.Equal(type, x.dtype);
        Assert.Equal(bytes, x.element_size());
        Assert.Equal(bytes, type.ElementSize());
        Assert.Equal(4 * bytes, x.bytes.Length);
        Expect.Values(x, 0, 1, 1, 0);
        Expect.Values(ones([3], dtype: type), 1, 1, 1);
        Expect.Values(zeros_like(x), 0, 0, 0, 0);
    }

    [Fact]
    public void MixedTypesPromoteAsPyTorchs()
    {
        using var scope = NewDisposeScope();
        Tensor Of(ScalarType type) => ones([2], dtype: type);
        Assert.Equal(float32, (Of(int64) + Of(float32)).dtype);
        Assert.Equal(float64, (Of(float32) + Of(float64)).dtype);
        Assert.Equal(float32, (Of(bfloat16) + Of(float16)).dtype);
        Assert.Equal(int32, (Of(int8) + Of(int32)).dtype);
        Assert.Equal(int16, (Of(uint8) + Of(int8)).dtype);
        // A number never widens within its kind.
        Assert.Equal(bfloat16, (Of(bfloat16) * 0.5).dtype);
        Assert.Equal(float32, (Of(float32) + 1.0).dtype);
        Assert.Equal(float32, (Of(int64) * 0.5).dtype);
        Assert.Equal(int64, (Of(int64) * 2).dtype);
        Assert.Equal(float32, (Of(int64) / Of(int64)).dtype);
        Assert.Equal(float32, (Of(float32) * tensor(2.0)).dtype);
        Assert.Equal(float64, promote_types(int64, float64));
        Assert.Equal(float32, result_type(Of(int64), Of(float32)));
        Assert.True(can_cast(int64, float32));
        Assert.False(can_cast(float32, int64));
    }

    [Fact]
    public void Bfloat16KeepsEightBitsAndRoundsToEven()
    {
        using var scope = NewDisposeScope();
        // 1 + 2^-8 lies half way between 1 and 1 + 2^-7; 1 + 3·2^-8 half way between 1 + 2^-7 and 1 + 2^-6.
        var x = tensor(new float[] { 1 + 1f / 256, 1 + 3f / 256, 3.14159274f }).bfloat16();
        Expect.Close(x, 0, 1, 1 + 1.0 / 64, 3.140625);
        Assert.Equal(3.140625f, x.ReadCpuBFloat16(2));
        Assert.Equal(3.140625, x[2].ToDouble());
        Assert.Equal(bfloat16, x.matmul(x).dtype);
        Assert.Equal(3.140625f, ScalarExtensionMethods.ToSingle(3.14159274f.ToBFloat16Scalar()));
    }

    [Fact]
    public void Float16IsDotNetsHalf()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { (Half)0.1f, (Half)65504f });
        Assert.Equal(float16, x.dtype);
        Assert.Equal((Half)0.1f, x[0].item<Half>());
        Assert.Equal(65504f, x[1].ToSingle());
    }

    [Fact]
    public void NumbersComeBackInEveryDotNetType()
    {
        using var scope = NewDisposeScope();
        var x = tensor(3.0f);
        Assert.Equal(3.0f, x.item<float>());
        Assert.Equal(3.0, x.ToDouble());
        Assert.Equal(3, x.ToInt32());
        Assert.Equal(3L, x.ToInt64());
        Assert.Equal((byte)3, x.ToByte());
        Assert.True(x.ToBoolean());
        Assert.Equal(3.0f, (float)x);
        Assert.Equal(3L, (long)x);
        Assert.Equal(7L, tensor(7L).item<long>());
        Assert.Equal(float64, x.ToScalar().Type);
        Assert.Equal(int64, tensor(1).ToScalar().Type);
    }

    [Fact]
    public void ConversionsCopyOnlyWhenTheyMust()
    {
        using var scope = NewDisposeScope();
        var x = zeros(2);
        x.to(float32).fill_(1);
        Expect.Values(x, 1, 1);
        x.to(float32, copy: true).fill_(2);
        x.to(float64).fill_(2);
        Expect.Values(x, 1, 1);
        x.to("cpu").fill_(3);
        x.to(CPU).add_(1);
        x.to(zeros(1)).add_(1);
        Expect.Values(x, 5, 5);
        Assert.Equal(int64, x.@long().dtype);
        Assert.Equal(int64, x.type(int64).dtype);
        Assert.Equal(float64, x.type_as(zeros([1], dtype: float64)).dtype);
        var gone = zeros(2);
        gone.to(float64, disposeAfter: true);
        Assert.True(gone.IsInvalid);
    }

    [Fact]
    public void TheDefaultTypeIsFloat32()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(float32, get_default_dtype());
        Assert.Equal(float32, zeros(1).dtype);
        Assert.Equal(float32, full([2], 1.5).dtype);
        Assert.Equal(int64, full([2], 3).dtype);
        Assert.Equal(int64, arange(3).dtype);
        Assert.Equal(float32, arange(0, 1, 0.5).dtype);
        Assert.Equal(float64, tensor(1.0).dtype);
        Assert.Equal(float32, tensor(1f).dtype);
        Assert.Equal(int32, tensor(1).dtype);
        Assert.Equal(int64, tensor(1L).dtype);
        Assert.Equal(@bool, tensor(true).dtype);
        Assert.Equal(int64, randint(10, [3]).dtype);
        Assert.Equal(int64, randperm(3).dtype);
    }

    [Fact]
    public void ADeviceIsNamedByTypeAndIndex()
    {
        using var x = zeros(1);
        Assert.Equal(DeviceType.CPU, x.device_type);
        Assert.Equal("cpu", x.device.ToString());
        Assert.True(x.is_cpu());
        Assert.False(x.is_cuda);
        var gpu = new Device("cuda:1");
        Assert.Equal(DeviceType.CUDA, gpu.type);
        Assert.Equal(1, gpu.index);
        Assert.Equal("cuda:1", gpu.ToString());
        Assert.Equal("cuda", new Device(DeviceType.CUDA).ToString());
    }

    [Fact]
    public void WithoutCudaItsQueriesSayNoAndItsUseThrows()
    {
        if (cuda.is_available())
        {
            Assert.True(cuda.device_count() > 0);
            return;
        }

        Assert.Equal(0, cuda.device_count());
        Assert.False(cuda_is_available());
        Assert.Throws<InvalidOperationException>(() => zeros([1], device: new Device(DeviceType.CUDA)));
    }
}
