using System.Text;
using Wgqa.Testing;

namespace Wgqa.Data;

public sealed class TextLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("one\ntwo\n", new[] { "one", "two" })]
    [InlineData("one\ntwo", new[] { "one", "two" })]
    [InlineData("one\r\ntwo\r\n", new[] { "one", "two" })]
    [InlineData("\ufeffone\n\n", new[] { "one", "" })]
    [InlineData("größer\u2028als\u0085zwei\n", new[] { "größer\u2028als\u0085zwei" })]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    public void LinesEndAtLineFeedsOnly(string text, string[] lines)
    {
        Assert.Equal(lines, TextLines.Read(_folder.Write("a.txt", text)));
        if (text.Length > 0)
        {
            Assert.Equal(lines, TextLines.Read(_folder.Write("a.txt.gz", text)));
        }
    }

    [Fact]
    public void LinesLongerThanTheBufferAreWhole()
    {
        var lines = Enumerable.Range(0, 50).Select(i => new string((char)('a' + (i % 26)), (i * 7919) % 200_000)).ToList();

        Assert.Equal(lines, TextLines.Read(_folder.Write("long.txt.gz", string.Join('\n', lines))));
    }

    [Fact]
    public void BytesThatAreNotUtf8AreAnErrorThatNamesFileLineAndOffset()
    {
        var path = _folder.Write("latin1.txt", [.. "gut\nschön\n"u8, .. "gro"u8, 0xDF, .. "\n"u8]);

        var error = Assert.Throws<UserException>(() => TextLines.Read(path).ToList());

        Assert.Equal($"{path} line 3: byte offset 14, byte 4 of the line, is 0xDF and not UTF-8.", error.Message);
    }

    [Fact]
    public void AByteOrderMarkCountsInOffsets()
    {
        var path = _folder.Write("bom.txt", [0xEF, 0xBB, 0xBF, (byte)'a', 0xFF]);

        Assert.Contains("byte offset 4,", Assert.Throws<UserException>(() => TextLines.Read(path).ToList()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(200)]
    [InlineData(-1)]
    [InlineData(-8)]
    [InlineData(-9)]
    public void ATruncatedGzipFileIsAnErrorThatNamesIt(int keep)
    {
        var random = new Random(1);
        var text = string.Join('\n', Enumerable.Range(0, 200).Select(_ => random.Next()));
        var whole = TemporaryFolder.Gzip(Encoding.UTF8.GetBytes(text));
        var path = _folder.Path("cut.txt.gz");
        File.WriteAllBytes(path, whole[..(keep > 0 ? keep : whole.Length + keep)]);

        var error = Assert.Throws<UserException>(() => TextLines.Read(path).ToList());

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("truncated", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GzipIsToldByItsContentsAndAFalseEndingIsAnError()
    {
        var disguised = _folder.Path("plain.txt");
        File.WriteAllBytes(disguised, TemporaryFolder.Gzip("hello\n"u8.ToArray()));
        Assert.Equal(["hello"], TextLines.Read(disguised));

        var lying = _folder.Path("lying.gz");
        File.WriteAllText(lying, "hello\n");
        Assert.Contains("not gzipped", Assert.Throws<UserException>(() => TextLines.Read(lying).ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFilesAndFoldersAreErrorsThatNameThem()
    {
        Assert.Equal($"{_folder.Path("no.txt")} does not exist.", Assert.Throws<UserException>(() => TextLines.Read(_folder.Path("no.txt")).ToList()).Message);
        Assert.Contains("is a folder", Assert.Throws<UserException>(() => TextLines.Read(_folder.Path("")).ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FilesThatBelongTogetherHaveOneCount()
    {
        var three = _folder.Write("three.txt", "a\nb\nc\n");
        var two = _folder.Write("two.txt", "a\nb");

        Assert.Equal(["a", "b", "c"], TextLines.ReadAligned(three, three)[1]);
        Assert.Equal($"{three} has 3 lines but {two} has 2.", Assert.Throws<UserException>(() => TextLines.ReadAligned(three, two)).Message);
        Assert.Contains("is empty", Assert.Throws<UserException>(() => TextLines.ReadAligned(_folder.Write("none.txt", ""))).Message, StringComparison.Ordinal);
    }
}
