namespace Wgqa.Data;

public class BatchPlanTests
{
    [Theory]
    [InlineData(10, 4, new[] { 4, 4, 2 })]
    [InlineData(8, 4, new[] { 4, 4 })]
    [InlineData(1, 4, new[] { 1 })]
    public void AnEpochHasEveryExampleOnceAndKeepsTheLastBatch(int count, int batchSize, int[] sizes)
    {
        var plan = new BatchPlan(count, batchSize, seed: 7);

        var epoch = plan.Epoch(3);

        Assert.Equal(sizes, epoch.Select(batch => batch.Length));
        Assert.Equal(sizes.Length, plan.BatchesPerEpoch);
        Assert.Equal(Enumerable.Range(0, count), epoch.SelectMany(batch => batch).Order());
    }

    [Fact]
    public void ABatchOfMoreThanThereAreIsOneBatch()
    {
        var plan = new BatchPlan(5, int.MaxValue, 1, [3, 1, 2, 5, 4]);
        Assert.Equal(1, plan.BatchesPerEpoch);
        Assert.Equal([1, 2, 0, 4, 3], Assert.Single(plan.Epoch(0)));
    }

    [Fact]
    public void TheOrderIsAFunctionOfSeedAndEpoch()
    {
        static string Order(ulong seed, int epoch) => string.Join(' ', new BatchPlan(1000, 16, seed).Epoch(epoch).SelectMany(batch => batch));

        Assert.Equal(Order(1, 5), Order(1, 5));
        Assert.NotEqual(Order(1, 5), Order(1, 6));
        Assert.NotEqual(Order(1, 5), Order(2, 5));
        Assert.NotEqual(Order(1, 2), Order(2, 1));
        // Fixed for good: a checkpoint of an older build resumes on the same batches.
        Assert.Equal([1, 9, 0, 7, 4, 2, 5, 3, 8, 6], new BatchPlan(10, 10, 1).Epoch(0)[0]);
    }

    [Fact]
    public void BatchesOfSimilarLengthsStillHaveEveryExampleOnce()
    {
        var random = new SeededRandom(1);
        var lengths = Enumerable.Range(0, 5003).Select(_ => 5 + random.Next(60)).ToArray();
        var plan = new BatchPlan(lengths.Length, 16, seed: 3, lengths);

        var epoch = plan.Epoch(0);

        Assert.Equal(Enumerable.Range(0, lengths.Length), epoch.SelectMany(batch => batch).Order());
        Assert.Equal(plan.BatchesPerEpoch, epoch.Count);
        Assert.Equal(epoch.Select(batch => batch[0]), plan.Epoch(0).Select(batch => batch[0]));
        Assert.NotEqual(epoch.Select(batch => batch[0]), plan.Epoch(1).Select(batch => batch[0]));
        var padded = epoch.Sum(batch => batch.Max(i => lengths[i]) * batch.Length);
        Assert.True(padded < 1.1 * lengths.Sum(), $"{padded} with padding, {lengths.Sum()} without");
        // Batches come in no order of length.
        Assert.True(epoch.Zip(epoch.Skip(1)).Count(next => lengths[next.First[0]] > lengths[next.Second[0]]) is > 100 and < 213);
    }

    [Fact]
    public void EmptyPlansAreTheUsersError()
    {
        Assert.Contains("0 examples", Assert.Throws<UserException>(() => new BatchPlan(0, 4, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("batches of 0", Assert.Throws<UserException>(() => new BatchPlan(4, 0, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RandomNumbersAreUniformAndReproducible()
    {
        var random = new SeededRandom(42, 1);
        var counts = new int[10];
        for (var i = 0; i < 100_000; i++)
        {
            counts[random.Next(10)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
        var again = new SeededRandom(42, 1);
        var other = new SeededRandom(42, 2);
        Assert.NotEqual(again.Next(), other.Next());
    }
}
