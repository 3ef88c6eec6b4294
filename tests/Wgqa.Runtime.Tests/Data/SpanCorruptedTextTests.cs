using Wgqa.Testing;
using Wgqa.Tests.Text;
using Wgqa.Text;

namespace Wgqa.Data;

public sealed class SpanCorruptedTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PackingLosesNothingButTheEndAndClosesEveryDocument()
    {
        var tokenizer = SmallVocabulary.Tokenizer;
        _folder.Write("text/b.txt", "The river\r\ncrosses the garden.\n\n\n  \nA small dog\n");
        _folder.Write("text/a.txt.gz", "Das Mädchen sucht <extra_id_0> <pad> die Brücke.");
        _folder.Write("text/notes.md", "not text");
        int[] expected =
        [
            .. tokenizer.Encode("Das Mädchen sucht", addEos: false), .. tokenizer.Encode("die Brücke."),
            .. tokenizer.Encode("The river", addEos: false), .. tokenizer.Encode("crosses the garden."),
            .. tokenizer.Encode("A small dog"),
        ];

        var text = PlainText.Parse(_folder.Path("text"));
        var packed = text.Packed(tokenizer, 5).ToList();

        Assert.Equal(["a.txt.gz", "b.txt"], text.Files.Select(Path.GetFileName));
        Assert.All(packed, sequence => Assert.Equal(5, sequence.Length));
        Assert.Equal(expected[..(expected.Length / 5 * 5)], packed.SelectMany(sequence => sequence));
        Assert.Equal(3, expected.Count(id => id == tokenizer.EosId));
    }

    [Fact]
    public void AnEpochContinuesAtAnyBatchAsItWouldHaveGoneOn()
    {
        var batches = Batches(Novel(), seed: 5);
        var whole = Ids(batches.Epoch(1, 0));

        Assert.True(whole.Count > 10);
        Assert.Equal(whole, Ids(batches.Epoch(1, 0)));
        Assert.Equal(whole[7..], Ids(batches.Epoch(1, 7)));
        Assert.NotEqual(whole, Ids(batches.Epoch(0, 0)));
        Assert.NotEqual(whole, Ids(Batches(Novel(), seed: 6).Epoch(1, 0)));
    }

    [Fact]
    public void AnEpochReadsEverythingOnceInAnOrderOfItsOwn()
    {
        var (text, tokenizer) = (Novel(), SmallVocabulary.Tokenizer);
        var read = text.Packed(tokenizer, new SpanCorruption().TokensFor(40)).Select(sequence => string.Join(' ', sequence)).ToList();

        var seen = Batches(text, seed: 5).Epoch(3, 0).SelectMany(batch => batch).Select(example => string.Join(' ', Restored(example, tokenizer))).ToList();

        Assert.NotEqual(read, seen);
        Assert.All(Batches(text, seed: 5).Epoch(3, 0).SelectMany(batch => batch), example => Assert.Equal(40, example.InputIds.Length));

        // The files' order changes where sequences begin; within one file it does not.
        Assert.Equal(read.Order(), seen.Order());
    }

    [Fact]
    public void MoreSequencesThanAreMixedAtOnceAllComeOnce()
    {
        var mixed = SpanCorruptedText.Mixed(Enumerable.Range(0, 10_000).Select(static i => new[] { i }), new SeededRandom(1)).Select(static sequence => sequence[0]).ToList();

        Assert.Equal(Enumerable.Range(0, 10_000), mixed.Order());
        Assert.InRange(mixed.Take(1000).Average(), 2000, 3100);   // of the first 4096 to 5096
        Assert.True(mixed.Zip(mixed.Skip(1)).Count(static pair => pair.First < pair.Second) < 5500);
    }

    [Fact]
    public void HeldOutTextIsCorruptedTheSameWayEachTime()
    {
        var batches = Batches(Novel(), seed: 5);
        Assert.Equal(Ids(batches.HeldOut(10)), Ids(Batches(Novel(), seed: 6).HeldOut(10)));
        Assert.Equal([4, 4, 2], batches.HeldOut(10).Select(batch => batch.Count));
    }

    [Fact]
    public void ASampleOfLinesIsDrawnFromAllOfThem()
    {
        var text = new PlainText([_folder.Write("lines.txt", string.Join('\n', Enumerable.Range(0, 1000)))]);
        var sample = text.Sample(100, seed: 1).Select(int.Parse).ToList();

        Assert.Equal(100, sample.Distinct().Count());
        Assert.Equal(sample.Order(), sample);
        Assert.InRange(sample.Average(), 400, 600);
        Assert.Equal(sample, text.Sample(100, seed: 1).Select(int.Parse));
        Assert.Equal(1000, text.Sample(5000, seed: 1).Count);
    }

    [Fact]
    public void TextThatIsShorterThanASequenceIsRefusedWithBothNumbers()
    {
        var file = _folder.Write("short.txt", "nothing at all");
        var length = SmallVocabulary.Tokenizer.Encode("nothing at all").Length;
        var error = Assert.Throws<UserException>(() => Batches(new([file]), seed: 1).Epoch(0, 0).First());
        Assert.Contains($"{file}: the text has {length} tokens, and a single sequence takes 44", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AVocabularyWithTooFewSentinelsIsRefusedWithBothNumbers()
    {
        var tokenizer = T5Tokenizer.FromModel(SmallVocabulary.Model, 4);
        var error = Assert.Throws<UserException>(() => new SpanCorruptedText(Novel(), tokenizer, new(), 512, 4, 1));
        Assert.Contains("28 spans", error.Message, StringComparison.Ordinal);
        Assert.Contains("only 4 sentinels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingTextIsNamed()
    {
        var missing = _folder.Path("missing.txt");
        Assert.Contains(missing, Assert.Throws<UserException>(() => PlainText.Parse(missing)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.Path("empty"));
        Assert.Contains("has no text", Assert.Throws<UserException>(() => PlainText.Parse(_folder.Path("empty"))).Message, StringComparison.Ordinal);
    }

    private static SpanCorruptedText Batches(PlainText text, ulong seed) => new(text, SmallVocabulary.Tokenizer, new(), inputLength: 40, batchSize: 4, seed);

    private static List<string> Ids(IEnumerable<IReadOnlyList<Seq2SeqExample>> batches) =>
        [.. batches.Select(batch => string.Join('|', batch.Select(example => $"{string.Join(' ', example.InputIds)}/{string.Join(' ', example.Labels)}")))];

    private static IEnumerable<int> Restored(Seq2SeqExample example, T5Tokenizer tokenizer)
    {
        var spans = new Dictionary<int, List<int>>();
        var sentinel = 0;
        foreach (var id in example.Labels[..^1])
        {
            if (tokenizer.IsSentinel(id))
            {
                spans.Add(sentinel = id, []);
            }
            else
            {
                spans[sentinel].Add(id);
            }
        }

        return example.InputIds[..^1].SelectMany(id => spans.TryGetValue(id, out var span) ? span : [id]);
    }

    private PlainText Novel() => new([_folder.Write("novel.txt.gz", string.Join('\n', SmallVocabulary.Sentences))]);
}
