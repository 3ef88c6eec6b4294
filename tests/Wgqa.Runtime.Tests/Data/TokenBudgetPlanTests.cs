using Wgqa.Testing;
using Wgqa.Text;

namespace Wgqa.Data;

public class TokenBudgetPlanTests
{
    private static readonly Seq2SeqExample[] Examples = Random(3000, seed: 1);

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void AnEpochHasEveryExampleOnceInBatchesWithinTheBudget(int budget)
    {
        var epoch = new TokenBudgetPlan(Examples, budget, seed: 7).Epoch(3);

        Assert.Equal(Enumerable.Range(0, Examples.Length), epoch.SelectMany(batch => batch).Order());
        Assert.All(epoch, batch => Assert.True(batch.Length == 1 || Cells(batch) <= budget));
        var cells = epoch.Where(batch => batch.Length > 1).Sum(batch => (double)Cells(batch));
        Assert.True(PaddedBatch.PaddingShare(epoch.Select(batch => (IReadOnlyList<Seq2SeqExample>)[.. batch.Select(index => Examples[index])])) < 0.75);
        Assert.True(budget > 100_000 || cells / epoch.Count(batch => batch.Length > 1) > 0.7 * budget);
    }

    [Fact]
    public void ExamplesOfSimilarLengthsMeetOnBothSides()
    {
        var examples = Random(30_000, seed: 2);
        var share = PaddedBatch.PaddingShare(new PlannedBatches(examples, new TokenBudgetPlan(examples, 300, seed: 7).Epoch).Epoch(0, 0));
        Assert.InRange(share, 0, 0.07);
    }

    [Fact]
    public void TheOrderIsAFunctionOfSeedAndEpoch()
    {
        static string Order(ulong seed, int epoch) => string.Join('|', new TokenBudgetPlan(Examples, 500, seed).Epoch(epoch).Select(batch => string.Join(' ', batch)));

        Assert.Equal(Order(1, 5), Order(1, 5));
        Assert.NotEqual(Order(1, 5), Order(1, 6));
        Assert.NotEqual(Order(1, 5), Order(2, 5));
    }

    [Fact]
    public void AnExampleOverTheBudgetHasABatchOfItsOwn()
    {
        Seq2SeqExample[] examples = [Of(3, 2), Of(90, 80), Of(3, 2)];
        Assert.Equal([[1], [0, 2]], new TokenBudgetPlan(examples, 20, 1).Epoch(0).Select(batch => batch.Order().ToArray()).OrderBy(batch => batch.Length));
    }

    [Fact]
    public void NothingCannotBePlanned()
    {
        Assert.Contains("0 examples", Assert.Throws<UserException>(() => new TokenBudgetPlan([], 4, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("batches of 0 tokens", Assert.Throws<UserException>(() => new TokenBudgetPlan(Examples, 0, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PaddingIsCountedOnBothSides() => Assert.Equal(1 - ((3 + 2 + 5 + 1 + 4.0) / (2 * (5 + 2) + 4)), PaddedBatch.PaddingShare([[Of(3, 2), Of(5, 1)], [Of(2, 2)]]), 12);

    [SharedTheory]
    [InlineData("translation/multi30k", "de", "en", 128, 128)]
    [InlineData("summarization/reuters/reuters.jsonl.gz#split=TRAIN", "body", "title", 512, 128)]
    public void AtMostATenthOfRealBatchesIsPadding(string data, string source, string target, int maxSource, int maxTarget)
    {
        var encoder = new Seq2SeqEncoder(T5Tokenizer.Load(SharedFolder.Path("data", "tokenizer", "t5"))) { MaxSourceLength = maxSource, MaxTargetLength = maxTarget };
        var pairs = DataSource.Parse(SharedFolder.Path("data", data), new() { SourceField = source, TargetField = target }).Read();
        var examples = encoder.Encode(pairs).ToList();

        Assert.All(new[] { 1024, 4096, 16_384 }, budget =>
            Assert.InRange(PaddedBatch.PaddingShare(new PlannedBatches(examples, new TokenBudgetPlan(examples, budget, seed: 1).Epoch).Epoch(0, 0)), 0, 0.1));
    }

    private static long Cells(int[] batch) => (long)batch.Length * (batch.Max(index => Examples[index].InputIds.Length) + batch.Max(index => Examples[index].Labels.Length));

    private static Seq2SeqExample Of(int source, int target) => new(new int[source], new int[target]);

    private static Seq2SeqExample[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Of(random.Next(1, 60), random.Next(1, 30)))];
    }
}
