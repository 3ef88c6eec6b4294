using Wgqa.Testing;

namespace Wgqa.Data;

public sealed class DataSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.jsonl", "{\"source\": \"x\", \"target\": \"y\"}\n")]
    [InlineData("a.json", "{\"other\": 1, \"en\": \"y\", \"de\": \"x\"}")]
    [InlineData("a.jsonl.gz", "{\"translation\": {\"de\": \"x\", \"en\": \"y\"}}\n\n")]
    [InlineData("a.ndjson", "\ufeff{\"document\": \"x\", \"summary\": \"y\"}\r\n")]
    [InlineData("a.txt.gz", "{\"body\": \"x\", \"subject\": \"y\"}\n")]
    [InlineData("a.tsv", "x\ty\n")]
    [InlineData("a.tsv.gz", "id\ttgt\tsrc\n7\ty\tx\n")]
    [InlineData("b.tsv.gz", "{id\ttgt\tsrc\n7\ty\tx\n")]
    [InlineData("a.txt", "1\t2\r\nx\ty\r\n")]
    public void AFileIsReadByItsFormAndTheUsualFields(string name, string text)
    {
        Assert.Equal([new TextPair("x", "y")], DataSource.Parse(_folder.Write(name, text)).ReadAll());
    }

    [Theory]
    [InlineData("a.jsonl", "{\"a\": {\"b\": \"x\"}, \"c\": \"y\"}\n", "a.b", "c")]
    [InlineData("a.jsonl", "{\"a.b\": \"x\", \"c\": \"y\", \"a\": {\"b\": \"z\"}}\n", "a.b", "c")]
    [InlineData("a.tsv", "q\ta\nx\ty\n", "q", "a")]
    [InlineData("a.tsv", "w\tx\ty\n", "2", "3")]
    [InlineData("a.tsv", "1\t2\ny\tx\n", "2", "1")]
    public void FieldsAreNamedByTheUser(string name, string text, string source, string target)
    {
        var options = new DataOptions { SourceField = source, TargetField = target };

        Assert.Equal([new TextPair("x", "y")], DataSource.Parse(_folder.Write(name, text), options).ReadAll());
        Assert.Equal([new TextPair("y", "x")], DataSource.Parse(_folder.Path(name), options with { Swap = true }).ReadAll());
    }

    [Fact]
    public void AlignedFilesAreNamedByBothOrByWhatTheyHaveInCommon()
    {
        var source = _folder.Write("corpus/train.de.gz", "eins\nzwei\n");
        var target = _folder.Write("corpus/train.en", "one\ntwo\n");
        _folder.Write("corpus/dev.de", "drei");
        _folder.Write("corpus/dev.en", "three");
        _folder.Write("corpus/test_2017.de", "fünf");
        _folder.Write("corpus/test_2017.en", "five");
        _folder.Write("corpus/test_2016.de", "vier");
        _folder.Write("corpus/test_2016.en", "four");
        TextPair[] pairs = [new("eins", "one"), new("zwei", "two")];

        Assert.Equal(pairs, DataSource.Parse($"{source},{target}").ReadAll());
        Assert.Equal(pairs, DataSource.Parse(_folder.Path("corpus/train")).ReadAll());
        Assert.Equal(pairs, DataSource.Parse(_folder.Path("corpus")).ReadAll());
        Assert.Equal([new TextPair("one", "eins")], DataSource.Parse(_folder.Path("corpus"), new DataOptions { SourceField = "en", TargetField = "de" }).ReadAll(1));
        Assert.Equal([new TextPair("drei", "three")], DataSource.Parse(_folder.Path("corpus"), new DataOptions { Split = "val" }).ReadAll());
        Assert.Equal([new TextPair("vier", "four")], DataSource.Parse(_folder.Path("corpus"), new DataOptions { Split = "test" }).ReadAll());
        Assert.Null(DataSource.InFolder(_folder.Path("corpus"), new DataOptions { Split = "heldout" }));
    }

    [Fact]
    public void ListsAreSentencesInASourceAndAlternativesInATarget()
    {
        var pair = DataSource.Parse(_folder.Write("a.jsonl", "{\"source\": [\"One.\", \"Two.\"], \"target\": [\"1\", \"2\"]}\n")).ReadAll()[0];

        Assert.Equal("One. Two.", pair.Source);
        Assert.Equal("1", pair.Target);
        Assert.Equal(["1", "2"], pair.References);
        Assert.Equal(["y"], new TextPair("x", "y").References);
    }

    [Fact]
    public void AFilterTakesTheRecordsOfOneValue()
    {
        var json = _folder.Write("a#1.jsonl", "{\"source\": \"a\", \"target\": \"b\", \"split\": \"TRAIN\"}\n{\"source\": \"c\", \"target\": \"d\", \"split\": \"TEST\"}\n");
        var tsv = _folder.Write("a.tsv", "split\tsource\ttarget\nTRAIN\ta\tb\n\nTEST\tc\td\n");

        Assert.Equal([new TextPair("c", "d")], DataSource.Parse(json + "#split=TEST").ReadAll());
        Assert.Equal([new TextPair("c", "d")], DataSource.Parse(tsv + "#split=TEST").ReadAll());
        Assert.Contains("'split' is 'DEV'", Error(json + "#split=DEV"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"source\": \"x\", ", "line 17: not valid JSON at byte ")]
    [InlineData("[", "line 17: not valid JSON at byte 2; each line must be one whole object.")]
    [InlineData("[\"x\", \"y\"]", "line 17: expected a JSON object, found a list")]
    [InlineData("{\"source\": \"x\"}", "line 17: there is no field 'target'; it has 'source'")]
    [InlineData("{\"source\": \"x\", \"target\": 3}", "line 17: field 'target' is a number, not a string")]
    [InlineData("{\"source\": null, \"target\": \"y\"}", "line 17: field 'source' is null, not a string")]
    [InlineData("{\"source\": \"x\", \"target\": []}", "line 17: field 'target' is an empty list")]
    [InlineData("{\"source\": \"\\ud800\", \"target\": \"y\"}", "line 17: field 'source' has half a surrogate pair")]
    public void ABadJsonLineIsAnErrorThatNamesFileLineAndField(string line, string message)
    {
        var good = string.Concat(Enumerable.Repeat("{\"source\": \"x\", \"target\": \"y\"}\n", 16));
        var path = _folder.Write("train.jsonl", good + line + "\n" + good);

        Assert.StartsWith($"{path} {message}", Error(path), StringComparison.Ordinal);
        Assert.Equal(16, DataSource.Parse(path).Read().Take(16).Count());
    }

    [Fact]
    public void DataWithoutPairsAreAnError()
    {
        Assert.Contains("is empty", Error(_folder.Write("a.jsonl", "")), StringComparison.Ordinal);
        Assert.Contains("is empty", Error(_folder.Write("b.jsonl", "\n\n")), StringComparison.Ordinal);
        Assert.Contains("is empty", Error(_folder.Write("c.tsv", "source\ttarget\n")), StringComparison.Ordinal);
        Assert.Contains("is empty", Error(_folder.Write("d.txt", "")), StringComparison.Ordinal);
        Assert.Contains("is empty", Error($"{_folder.Write("e.de", "")},{_folder.Write("e.en", "")}"), StringComparison.Ordinal);
    }

    [Fact]
    public void AlignedFilesOfDifferentLengthsAreAnErrorThatNamesBothCounts()
    {
        var source = _folder.Write("a.de", "1\n2\n3\n");
        var target = _folder.Write("a.en", "1\n2\n3\n4\n5");

        Assert.Equal($"{source} has 3 lines but {target} has 5: aligned files have the same number.", Error($"{source},{target}"));
    }

    [Fact]
    public void WhatCannotBeFoundOrUnderstoodIsAnErrorThatSaysWhatWas()
    {
        Assert.Equal($"{_folder.Path("no.jsonl")} does not exist.", Error(_folder.Path("no.jsonl")));
        Assert.Contains("'train' data", Error(_folder.Path("")), StringComparison.Ordinal);
        Assert.Contains("3 files", Error("a,b,c"), StringComparison.Ordinal);
        Assert.Contains("names no data", Error("train.de,"), StringComparison.Ordinal);
        Assert.Contains("names no data", Error(""), StringComparison.Ordinal);
        Assert.Contains("neither", Error(_folder.Write("a.txt", "just text\n")), StringComparison.Ordinal);
        Assert.Contains("'id', 'name'", Error(_folder.Write("a.jsonl", "{\"id\": 1, \"name\": \"x\"}\n")), StringComparison.Ordinal);
        Assert.Contains("line 2: there is no column 2; the line has 1", Error(_folder.Write("a.tsv", "x\ty\nz\n")), StringComparison.Ordinal);
        Assert.Contains("no column 'q'", Error(_folder.Write("b.tsv", "a\tb\nx\ty\n"), new DataOptions { SourceField = "a", TargetField = "q" }), StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData("translation/multi30k", 29_000)]
    [InlineData("translation/multi30k/val", 1_014)]
    [InlineData("translation/newstest2014/newstest2014", 3_003)]
    [InlineData("translation/newstest2013/newstest2013.de,translation/newstest2013/newstest2013.tok.en", 3_000)]
    [InlineData("translation/tatoeba/deu.txt.gz", 50_001)]
    [InlineData("summarization/cnndm/cnndm-val-1000.jsonl.gz", 1_000)]
    [InlineData("summarization/xsum/xsum-1000.jsonl.gz", 1_000)]
    [InlineData("summarization/multinews/multi-news-200.jsonl.gz", 200)]
    [InlineData("summarization/reuters/reuters.jsonl.gz", 19_043)]
    [InlineData("summarization/aeslc/train.jsonl.gz", 14_436)]
    [InlineData("summarization/aeslc", 1_960, "val")]
    [InlineData("summarization/scitldr", 618, "test")]
    public void RealDataSetsAreReadWhole(string spec, int count, string split = "train")
    {
        var data = SharedFolder.Path("data");
        var full = string.Join(',', spec.Split(',').Select(path => Path.Combine(data, path)));

        var pairs = DataSource.Parse(full, new DataOptions { Split = split }).ReadAll();

        Assert.Equal(count, pairs.Count);
        Assert.DoesNotContain(pairs, pair => pair.Source.Length == 0);
    }

    [SharedFact]
    public void RealDataSetsHaveTheirSidesTheRightWayRound()
    {
        static TextPair First(string spec, DataOptions? options = null) => DataSource.Parse(SharedFolder.Path("data", spec), options).Read().First();

        Assert.Equal("Zwei junge weiße Männer sind im Freien in der Nähe vieler Büsche.", First("translation/multi30k").Source);
        Assert.Equal(new TextPair("Go.", "Geh."), First("translation/tatoeba/deu.txt.gz"));
        Assert.Equal(new TextPair("Geh.", "Go."), First("translation/tatoeba/deu.txt.gz", new DataOptions { SourceField = "2", TargetField = "1" }));
        Assert.Equal("BAHIA COCOA REVIEW", First("summarization/reuters/reuters.jsonl.gz#split=TRAIN").Target);
        Assert.True(First("summarization/scitldr/test.jsonl.gz").References.Count > 1);
    }

    private static string Error(string spec, DataOptions? options = null) =>
        Assert.Throws<UserException>(() => DataSource.Parse(spec, options).ReadAll()).Message;
}
