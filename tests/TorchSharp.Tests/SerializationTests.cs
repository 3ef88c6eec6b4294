using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class SerializationTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Bool)]
    public void ATensorComesBackAsItWas(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var x = arange(6).reshape(2, 3).to(type);
        using var stream = new MemoryStream();
        x.Save(new BinaryWriter(stream));
        stream.Position = 0;
        var y = Tensor.Load(new BinaryReader(stream));
        Assert.Equal(type, y.dtype);
        Assert.True(x.Equals(y));
    }

    [Fact]
    public void TheFormatIsTypeDimensionsSizesAndElements()
    {
        using var x = tensor(new byte[] { 7, 8 });
        using var stream = new MemoryStream();
        x.Save(new BinaryWriter(stream));
        Assert.Equal([0, 1, 2, 7, 8], stream.ToArray());
    }

    [Fact]
    public void AFileComesBackAsItWas()
    {
        using var scope = NewDisposeScope();
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var x = randn(3, 4);
            var file = Path.Combine(folder.FullName, "x.bin");
            x.Save(file);
            Assert.True(x.Equals(Tensor.Load(file)));
            var archive = Path.Combine(folder.FullName, "x.pt");
            save(x, archive);
            Assert.True(x.Equals(load(archive)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void LoadingOverATensorNeedsItsTypeAndShape()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        var x = ones(2, 3);
        x.Save(new BinaryWriter(stream));
        var target = zeros(2, 3);
        stream.Position = 0;
        target.Load(new BinaryReader(stream));
        Expect.Values(target, 1, 1, 1, 1, 1, 1);
        stream.Position = 0;
        Assert.ThrowsAny<ArgumentException>(() => zeros(3, 2).Load(new BinaryReader(stream)));
        stream.Position = 0;
        Assert.ThrowsAny<ArgumentException>(() => zeros([2, 3], dtype: float64).Load(new BinaryReader(stream)));
    }

    [Fact]
    public void AFileThatIsMissingOrTooShortThrows()
    {
        Assert.Throws<FileNotFoundException>(() => Tensor.Load("no such file"));
        using var stream = new MemoryStream([6, 1, 4, 0, 0]);
        Assert.Throws<EndOfStreamException>(() => Tensor.Load(new BinaryReader(stream)));
    }
}
