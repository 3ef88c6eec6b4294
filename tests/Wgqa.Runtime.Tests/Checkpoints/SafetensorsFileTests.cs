using System.Buffers.Binary;
using System.Text;
using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Testing;
using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<ScalarType> ElementTypes =>
        [ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool];

    public void Dispose() => _folder.Dispose();

    /// <summary>A file of a header and some bytes, whether they fit each other or not.</summary>
    private string File(string header, int dataLength = 0, long? headerLength = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, headerLength ?? json.Length);
        json.CopyTo(bytes, 8);
        return _folder.Write("x.safetensors", bytes);
    }

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public void EveryElementTypeComesBackBitForBit(ScalarType type)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var written = new Dictionary<string, Tensor>
        {
            ["matrix"] = randn(3, 5).mul(40).to_type(type),
            ["scalar"] = randn(1).mul(40).to_type(type).view(),
            ["empty"] = zeros(0, 4).to_type(type),
            ["transposed"] = randn(4, 6).mul(40).to_type(type).transpose(0, 1),
        };
        var path = _folder.Path("types.safetensors");
        SafetensorsFile.Write(path, written.Select(t => (t.Key, t.Value)));
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(written.Keys.Order(), file.Entries.Keys.Order());
        foreach (var (name, tensor) in written)
        {
            var read = file.Read(name);
            Assert.Equal(type, read.dtype);
            Assert.Equal(tensor.shape, read.shape);
            Assert.Equal(tensor.contiguous().bytes.ToArray(), read.bytes.ToArray());
        }
    }

    [Fact]
    public void TheFormatIsTheDocumentedOne()
    {
        using var a = tensor(new[] { 1f, -2f });
        using var b = tensor(new long[] { 3 });
        var path = _folder.Path("two.safetensors");
        SafetensorsFile.Write(path, [("a", a), ("b", b)], new Dictionary<string, string> { ["note"] = "é" });
        var bytes = System.IO.File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"__metadata__":{"note":"é"},"b":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0], bytes[(8 + length)..]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal("é", file.Metadata["note"]);
    }

    [SharedTheory]
    [InlineData("t5_tied")]
    [InlineData("t5_gated")]
    public void RewritingAFileOfHuggingFacesGivesTheSameBytes(string model)
    {
        using var scope = NewDisposeScope();
        var original = SharedFolder.Path("golden", model, "model.safetensors");
        using var file = SafetensorsFile.Open(original);
        var path = _folder.Path("again.safetensors");
        SafetensorsFile.Write(path, file.Entries.Keys.Reverse().Select(name => (name, file.Read(name))));
        Assert.Equal(System.IO.File.ReadAllBytes(original), System.IO.File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "tensor a has data_offsets [0, 8], which is no range within the file's 7 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "accounts for 8 bytes of data, and the file has 9")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "tensor a is F32 [3], which takes 12 bytes, and its data_offsets span 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "tensor a has data_offsets [8, 0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "tensor b begins at byte 4 of the data, and the tensor before it ends at 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "tensor a begins at byte 4 of the data, and the tensor before it ends at 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "names the tensor a twice")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", 2, "has the dtype F8_E4M3, which is none of")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "tensor a has no dtype")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "tensor a has no shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "tensor a has no data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "tensor a has dtype twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", 8, "tensor a has an unknown field more")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "tensor a has -2 in its shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "tensor a has 1.5 in its shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}""", 8, "tensor a has data_offsets [0, 8, 9]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "tensor a is F32 [4611686018427387904, 4611686018427387904, 4]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}""", 0, "tensor a is F32 [0, 4611686018427387904, 4611686018427387904]")]
    [InlineData("""{"a":7}""", 0, "tensor a is described by a JSON number")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "__metadata__ must have each key once, with a string, and a is not so")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "has __metadata__ twice")]
    [InlineData("""[]""", 0, "the header is a JSON array")]
    [InlineData("""{"a":""", 0, "the header of 5 bytes is not valid JSON")]
    [InlineData("not json", 0, "the header of 8 bytes is not valid JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "is not valid JSON")]
    public void AHeaderThatLiesIsRefusedInOneSentence(string header, int dataLength, string says)
    {
        var path = File(header, dataLength);
        var error = Assert.Throws<UserException>(() => SafetensorsFile.Open(path));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void AHeaderLengthBeyondTheFileIsRefused(long length)
    {
        var path = File("{}", dataLength: 0, headerLength: length);
        var error = Assert.Throws<UserException>(() => SafetensorsFile.Open(path));
        Assert.Contains($"says that its header is {(ulong)length} bytes long; 2 bytes follow", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileCutOffAnywhereIsRefused()
    {
        using var a = ones(3, 4);
        var whole = _folder.Path("whole.safetensors");
        SafetensorsFile.Write(whole, [("a", a)]);
        var bytes = System.IO.File.ReadAllBytes(whole);
        for (var length = 0; length < bytes.Length; length++)
        {
            var path = _folder.Write("cut.safetensors", bytes[..length]);
            Assert.Throws<UserException>(() => SafetensorsFile.Open(path));
        }
    }

    [Fact]
    public void AFileThatIsNotThereIsNamed()
    {
        var path = _folder.Path("none/none.safetensors");
        Assert.Equal($"{path} does not exist.", Assert.Throws<UserException>(() => SafetensorsFile.Open(path)).Message);
    }

    /// <summary>Thousands of files, each a good one with a few bytes changed: refused, or read without harm.</summary>
    [Fact]
    public void NoFileWhateverItsBytesEndsOtherwiseThanInAUserException()
    {
        using var a = ones(3, 4);
        using var b = arange(6, ScalarType.Int64);
        var good = _folder.Path("good.safetensors");
        SafetensorsFile.Write(good, [("a", a), ("b", b)]);
        var bytes = System.IO.File.ReadAllBytes(good);
        var header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var random = new Random(8);
        var refused = 0;
        const string Likely = "0123456789,:{}[]\"-.eE ab\\";
        var live = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var round = 0; round < 3000; round++)
        {
            var changed = (byte[])bytes.Clone();
            for (var change = random.Next(4); change >= 0; change--)
            {
                changed[random.Next(8) == 0 ? random.Next(8) : 8 + random.Next(header)] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)Likely[random.Next(Likely.Length)];
            }

            try
            {
                using var file = SafetensorsFile.Open(_folder.Write("fuzz.safetensors", changed));
                foreach (var name in file.Entries.Keys)
                {
                    file.Read(name).Dispose();
                }
            }
            catch (UserException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 2000, 3000);
        Assert.Equal(live, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void AFailedWriteLeavesTheOldFileAndNothingElse()
    {
        var path = _folder.Write("kept.safetensors", "old");
        using var tensor = ones(2, dtype: ScalarType.ComplexFloat32);
        var error = Assert.Throws<UserException>(() => SafetensorsFile.Write(path, [("a", tensor)]));
        Assert.Contains("tensor a is ComplexFloat32, which safetensors has no name for", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => CompleteFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException("in the middle");
        }));
        Assert.Equal("old", System.IO.File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void ALinkStaysALinkAndWhatItLeadsToIsReplaced()
    {
        var file = _folder.Write("real.txt", "old");
        var link = Path.Combine(Path.GetDirectoryName(file)!, "link.txt");
        System.IO.File.CreateSymbolicLink(link, "real.txt");
        CompleteFile.Write(link, "new");
        Assert.Equal("real.txt", new FileInfo(link).LinkTarget);
        Assert.Equal("new", System.IO.File.ReadAllText(file));
    }

    [Fact]
    public void WhatIsNoFileIsWrittenToAndStaysWhatItIs()
    {
        var full = Assert.Throws<UserException>(() => CompleteFile.Write("/dev/full", "text"));
        Assert.Contains("cannot be written", full.Message, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo("/dev/full").Length);
        CompleteFile.Write("/dev/null", "text");
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    [Fact]
    public void AnUnwritablePlaceIsNamed()
    {
        var path = Path.Combine(_folder.Write("file", "x"), "below", "x.safetensors");
        using var a = ones(1);
        Assert.StartsWith($"{path} cannot be written: ", Assert.Throws<UserException>(() => SafetensorsFile.Write(path, [("a", a)])).Message, StringComparison.Ordinal);
    }
}
