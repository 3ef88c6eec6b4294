namespace Wgqa.Data;

public class Seq2SeqEncoderTests
{
    [Fact]
    public void SourcesGetThePrefixAndBothSidesTheirLimits()
    {
        var encoder = new Seq2SeqEncoder(Letters) { Prefix = "ab", MaxSourceLength = 5, MaxTargetLength = 3 };

        var examples = encoder.Encode([new TextPair("c", "d"), new TextPair("cdefg", "defg")]).ToList();

        Assert.Equal([10, 11, 12, 1], examples[0].InputIds);
        Assert.Equal([13, 1], examples[0].Labels);
        Assert.Equal([10, 11, 12, 13, 1], examples[1].InputIds);
        Assert.Equal([13, 14, 1], examples[1].Labels);
        Assert.Equal(8, examples[1].Length);
        Assert.Equal("translate German to English: ", Seq2SeqEncoder.TranslationPrefix("German", "English"));
    }

    [Fact]
    public void LengthsWithoutRoomForTheEndAreTheUsersError() =>
        Assert.Contains("source cannot be 0", Assert.Throws<UserException>(() => new Seq2SeqEncoder(Letters) { MaxSourceLength = 0 }).Message, StringComparison.Ordinal);

    [Fact]
    public void DataAreEncodedAsTheyAreAskedForAndInOrder()
    {
        var read = 0;
        IEnumerable<TextPair> Endless()
        {
            while (true)
            {
                yield return new TextPair(new string('a', read % 7), $"{(char)('a' + (read++ % 26))}");
            }
        }

        var examples = new Seq2SeqEncoder(Letters).Encode(Endless()).Take(1500).ToList();

        Assert.InRange(read, 1500, 4096);
        Assert.All(examples.Select((example, i) => (example, i)), item =>
        {
            Assert.Equal((item.i % 7) + 1, item.example.InputIds.Length);
            Assert.Equal(10 + (item.i % 26), item.example.Labels[0]);
        });
    }

    [Fact]
    public void ShorterExamplesArePaddedAtTheirEnd()
    {
        var batch = PaddedBatch.Of([new Seq2SeqExample([5, 6, 1], [7, 1]), new Seq2SeqExample([8, 1], [9, 9, 9, 1])]);

        Assert.Equal((2, 3, 4), (batch.Rows, batch.SourceLength, batch.TargetLength));
        Assert.Equal([5, 6, 1, 8, 1, 0], batch.InputIds);
        Assert.Equal([1, 1, 1, 1, 1, 0], batch.AttentionMask);
        Assert.Equal([7, 1, -100, -100, 9, 9, 9, 1], batch.Labels);
        Assert.Equal([6, 1, 8, 4], PaddedBatch.Of([new Seq2SeqExample([6, 1], [1]), new Seq2SeqExample([8], [1])], padId: 4).InputIds);
    }

    // a is 10, b is 11, …; 1 ends a text.
    private static int[][] Letters(IReadOnlyList<string> texts, int maxLength) =>
        [.. texts.Select(text => (int[])[.. text.Take(maxLength - 1).Select(c => c - 'a' + 10), 1])];
}
