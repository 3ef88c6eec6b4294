using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class TensorCreationTests
{
    [Fact]
    public void ArraysOfAnyRankKeepTheirShape()
    {
        using var scope = NewDisposeScope();
        Expect.Shape(tensor(new float[] { 1, 2, 3 }), 3);
        var matrix = tensor(new long[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Expect.Shape(matrix, 2, 3);
        Expect.Values(matrix, 1, 2, 3, 4, 5, 6);
        Expect.Shape(tensor(new float[2, 3, 4]), 2, 3, 4);
        Expect.Shape(tensor(new double[2, 3, 4, 5]), 2, 3, 4, 5);
        Expect.Shape(tensor(new int[] { 1, 2, 3, 4 }, [2, 2]), 2, 2);
        Expect.Shape(tensor(new List<float> { 1, 2, 3, 4 }, 2, 2), 2, 2);
        Expect.Shape(tensor(Array.Empty<float>()), 0);
        Assert.Equal(ScalarType.Float64, tensor(new float[] { 1 }, dtype: float64).dtype);
        Assert.Throws<ArgumentException>(() => tensor(new float[] { 1, 2 }, [3]));
    }

    [Fact]
    public void ATensorCopiesItsArrayAndFromArrayShares()
    {
        using var scope = NewDisposeScope();
        var array = new float[] { 1, 2, 3 };
        var copied = tensor(array);
        var shared = from_array(array);
        array[0] = 9;
        Expect.Values(copied, 1, 2, 3);
        Expect.Values(shared, 9, 2, 3);
        shared[1] = tensor(7f);
        Assert.Equal(7f, array[1]);
        Expect.Values(frombuffer(array, float32, count: 2, offset: 1), 7, 3);
        Expect.Shape(from_array(new int[2, 2]), 2, 2);
    }

    [Fact]
    public void AnArrayStaysInPlaceWhileItsTensorLives()
    {
        using var shared = from_array(Enumerable.Range(0, 1000).ToArray());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(499500, shared.sum().ToInt64());
    }

    [Fact]
    public void Factories()
    {
        using var scope = NewDisposeScope();
        Expect.Values(zeros(2), 0, 0);
        Expect.Values(ones(2, 1), 1, 1);
        Expect.Values(full([2], 3), 3, 3);
        Expect.Values(full(2, 1, 4f), 4, 4);
        Expect.Shape(empty(2, 3), 2, 3);
        Expect.Values(arange(3), 0, 1, 2);
        Expect.Values(arange(1, 4), 1, 2, 3);
        Expect.Values(arange(4, 0, -2), 4, 2);
        Expect.Values(linspace(0, 1, 3), 0, 0.5, 1);
        Expect.Values(logspace(0, 2, 3), 1, 10, 100);
        Expect.Values(eye(2), 1, 0, 0, 1);
        Expect.Values(full_like(zeros(2), 5), 5, 5);
        Expect.Values(ones_like(zeros(2)), 1, 1);
        Expect.Values(zeros(2).new_ones(3), 1, 1, 1);
        Expect.Values(zeros(2).new_full([1], 2), 2);
        Expect.Values(tril_indices(2, 2), 0, 1, 1, 0, 0, 1);
        Assert.True(zeros(2, requires_grad: true).requires_grad);
        Expect.Shape(zeros(new long[] { 2, 0 }), 2, 0);
    }

    [Fact]
    public void FillingInPlace()
    {
        using var x = empty(2);
        Assert.Same(x, x.fill_(3));
        Expect.Values(x, 3, 3);
        // TorchSharp gives another handle on the same elements here.
        using (var zeroed = x.zero_())
        {
            Assert.NotSame(x, zeroed);
        }

        Expect.Values(x, 0, 0);
        using var source = tensor(new double[] { 1, 2 });
        Assert.Same(x, x.copy_(source));
        Expect.Values(x, 1, 2);
    }

    [Fact]
    public void ElementsAreReadAndWrittenThroughAnAccessor()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[,] { { 1, 2 }, { 3, 4 } });
        var data = x.data<float>();
        Assert.Equal(4, data.Count);
        Assert.Equal([1f, 2, 3, 4], data.ToArray());
        Assert.Equal(3f, data[1, 0]);
        Assert.Equal(4f, data[3]);
        data[0, 1] = 9;
        Assert.Equal(9f, x[0, 1].item<float>());
        Assert.Equal([1f, 3, 9, 4], x.t().data<float>().ToArray());
        Assert.Equal([1f, 3, 9, 4], x.t().data<float>());
        Assert.Equal(new float[,] { { 1, 9 }, { 3, 4 } }, data.ToNDArray());
        var two = new float[2];
        data.CopyTo(two, tensorIndex: 2);
        Assert.Equal([3f, 4], two);
        data.CopyFrom([5f, 6]);
        Assert.Equal([5f, 6, 3, 4], data.ToArray());
        Assert.Equal(6f, x.ReadCpuSingle(1));
        Assert.Equal(3f, x.t().ReadCpuValue<float>(1));
    }

    [Fact]
    public void ReadingTheWrongTypeOrTooManyElementsThrows()
    {
        using var x = zeros(2);
        Assert.Throws<ArgumentException>(() => x.data<double>());
        Assert.Throws<ArgumentException>(() => x.item<float>());
        Assert.Throws<InvalidOperationException>(() => x.expand(2, 2).t().bytes.Length);
    }

    [Fact]
    public void BytesAreAWindowOnTheElements()
    {
        using var x = tensor(new int[] { 1, 256 });
        Assert.Equal([1, 0, 0, 0, 0, 1, 0, 0], x.bytes.ToArray());
        x.bytes[1] = 1;
        Assert.Equal(257, x[0].item<int>());
        x.bytes = new byte[8];
        Expect.Values(x, 0, 0);
        using var stream = new MemoryStream();
        using var y = arange(1000);
        y.WriteBytesToStream(stream);
        Assert.Equal(8000, stream.Length);
        stream.Position = 0;
        using var z = zeros([1000], dtype: int64);
        z.ReadBytesFromStream(stream);
        Assert.True(z.Equals(y));
    }

    [Fact]
    public void TextSaysShapeTypeAndDevice()
    {
        using var x = tensor(new float[,] { { 1, 2 }, { 3, 4.5f } });
        Assert.Equal("[2x2], type = Float32, device = cpu", x.ToString());
        Assert.Equal("[[1, 2]\n [3, 4.5]]", x.npstr(newLine: "\n"));
        Assert.Equal("[], type = Int64, device = cpu, value = 7", tensor(7L).jlstr());
    }
}
