using System.Text.Json.Nodes;
using Wgqa.Experiments.Sweeps;

namespace Wgqa.Experiments.Tests.Sweeps;

/// <summary>Variants × seeds as a queue of cells that can be stopped and started again.</summary>
public sealed class SweepTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Fact]
    public void EverySeedIsACellAndTheTableHasMeansWithStandardErrors()
    {
        var folder = tiny.New("sweep");
        var json = JsonNode.Parse(App.Run(Arguments(folder, "WGqa,Gqa", "--seeds", "1-3", "--json")).Succeeded())!;
        var rows = json["rows"]!.AsArray();
        Assert.Equal(["WGqa 1", "WGqa 2", "WGqa 3", "Gqa 1", "Gqa 2", "Gqa 3"], rows.Select(row => $"{row!["variant"]} {row["seed"]}"));
        var losses = rows.Take(3).Select(row => row!["loss"]!.GetValue<double>()).ToArray();
        Assert.Equal(3, losses.Distinct().Count());

        var mean = losses.Average();
        var loss = json["summary"]![0]!["loss"]!;
        Assert.Equal((mean, 3), (loss["mean"]!.GetValue<double>(), loss["n"]!.GetValue<int>()));
        Assert.Equal(Math.Sqrt(losses.Sum(value => Math.Pow(value - mean, 2)) / 2) / Math.Sqrt(3), loss["standardError"]!.GetValue<double>(), 12);

        var lines = File.ReadAllLines(Path.Combine(folder, "table.md"));
        Assert.Contains(" seeds ", lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^\| WGqa +\| +2 \| +32 \| +3 \| +\d+\.\d\d ± \d+\.\d\d \|", lines[2]);

        // One seed, a plain number; and nothing is trained for it.
        App.Run(Arguments(folder, "WGqa", "--seeds", "2")).Succeeded();
        lines = File.ReadAllLines(Path.Combine(folder, "table.md"));
        Assert.DoesNotContain("±", string.Concat(lines), StringComparison.Ordinal);
        Assert.DoesNotContain("seeds", string.Concat(lines), StringComparison.Ordinal);
    }

    [Fact]
    public void ASweepsFolderIsReadBackWhole()
    {
        var folder = tiny.New("sweep");
        App.Run(Arguments(folder, "RowWGqa,FairGqa,Gqa,AlignedGqa,Mha", "--seeds", "4,2", "--drop-models")).Succeeded();

        var sweep = SweepFolder.Open(folder);
        Assert.Equal((1, "translation", 24, 4), (sweep.Plan.Version, sweep.Tasks[0].Name, sweep.Tasks[0].Asked.Pairs, sweep.Tasks[0].Test.Count));
        Assert.Equal("The dog is here.", sweep.Tasks[0].Test[0].References.Single());
        Assert.Equal(["RowWGqa 4", "RowWGqa 2", "FairGqa 4", "FairGqa 2"], sweep.Cells.Take(4).Select(cell => $"{cell.Variant} {cell.Seed}"));
        Assert.All(sweep.Cells, cell =>
        {
            Assert.Equal((cell.Task, cell.Variant, cell.Seed), (cell.Row!.Task, cell.Row.Variant, cell.Row.Seed));
            Assert.Equal(4, cell.Predictions!.Count);
            Assert.Equal(2, cell.Metrics[^1].Step);
            Assert.Null(cell.Failure);
            Assert.NotNull(cell.Environment!.Finished);
            Assert.NotEqual("", cell.Environment.Processor);
            Assert.False(Directory.Exists(Path.Combine(cell.Path, "model")) || Directory.Exists(Path.Combine(cell.Path, "folded")) || Directory.Exists(Path.Combine(cell.Path, "checkpoint")));
        });

        // 2 decoder layers × (self + cross) × (key + value) of two merged heads; see MergedWeights for what each number compares.
        Assert.All(sweep.Cells, cell => Assert.Equal(8, cell.Blocks.Count));
        var (row, fair, once, aligned, multi) = (sweep.Cells[0].Blocks, sweep.Cells[2].Blocks, sweep.Cells[4].Blocks, sweep.Cells[6].Blocks, sweep.Cells[8].Blocks);
        Assert.All(row, block => Assert.True(block.MeanAbsoluteDifference > 0 && block.PerHead!.Count == 2 && Math.Abs(block.PerHead.Average() - block.MeanAbsoluteDifference.Value) < 1e-15));
        Assert.All(fair, block => Assert.True(block.MeanAbsoluteDifference < 1e-7 && block.FromCheckpoint > 1e-6));
        Assert.All(once, block => Assert.True(block.MeanAbsoluteDifference is null && block.PerHead is null && block.FromCheckpoint > 1e-6 && block.FromCheckpointPerHead!.Count == 2));
        Assert.All(aligned, block => Assert.Null(block.FromCheckpoint));
        Assert.All(multi, block => Assert.True(block.MeanAbsoluteDifference == 0 && block.FromCheckpointPerHead!.Count == 4 && block.MeanAbsoluteWeight > 0));
    }

    [Fact]
    public void ADroppedModelIsTrainedAgainWhereOtherTextsAreToBeEvaluated()
    {
        var folder = tiny.New("sweep");
        App.Run(Arguments(folder, "ColWGqa", "--drop-models")).Succeeded();
        var first = SweepFolder.Open(folder).Cells.Single().Row!;
        App.Run(Arguments(folder, "ColWGqa", "--drop-models", "--test-limit", "2")).Succeeded();
        var second = SweepFolder.Open(folder).Cells.Single().Row!;
        Assert.Equal((first.Loss, 4, 2), (second.Loss, first.Texts, second.Texts));
    }

    [Fact]
    public void WhatTrainedTheCellsCannotChangeUnderThem()
    {
        var folder = tiny.New("sweep");
        App.Run(Arguments(folder, "Gqa")).Succeeded();
        var plan = File.ReadAllText(Path.Combine(folder, "sweep.json"));
        App.Run(Arguments(folder, "Gqa,Mqa", "--lr", "0.01")).RefusedWith("sweep.json", "training.learningRate", "0.001", "0.01");
        App.Run(Arguments(folder, "Gqa", "--device", "cuda")).RefusedWith("cuda");
        Assert.Equal(plan, File.ReadAllText(Path.Combine(folder, "sweep.json")));
    }

    [Fact]
    public void AFailedCellIsRecordedPassedOverAndTriedAgainWhenAsked()
    {
        // A file where the cell's model belongs: what was trained cannot be put there.
        var folder = tiny.New("sweep");
        var obstacle = Path.Combine(folder, "cells", "translation", "Gqa", "seed-1", "model.partial");
        Directory.CreateDirectory(Path.GetDirectoryName(obstacle)!);
        File.WriteAllText(obstacle, "");

        App.Run(Arguments(folder, "Gqa,Mqa")).RefusedWith("1 of 2 cells failed", "model.partial", "--retry-failed");
        var cells = SweepFolder.Open(folder).Cells;
        Assert.Contains("model.partial", cells[0].Failure!.Error, StringComparison.Ordinal);
        Assert.True(cells[0].Row is null && cells[1].Row is not null);
        Assert.Contains("Gqa failed: ", File.ReadAllText(Path.Combine(folder, "table.md")), StringComparison.Ordinal);

        File.Delete(obstacle);
        App.Run(Arguments(folder, "Gqa,Mqa")).RefusedWith("1 of 2 cells failed");
        App.Run(Arguments(folder, "Gqa,Mqa", "--retry-failed")).Succeeded();
        Assert.True(cells[0].Failure is null && cells[0].Row is not null);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void AProfileIsKeptOfEachCellAndSummedUpByVariant(string jobs)
    {
        var folder = tiny.New("sweep");
        string[] command = ["table", "--model", tiny.Four, "--data", tiny.Data, "--variants", "Gqa,ColWGqa", "--steps", "6", "--batch", "8", "--max-target", "8", "--out", folder];
        var printed = App.Run([.. command, "--profile", "2", "--jobs", jobs]).Succeeded();

        Assert.All(SweepFolder.Open(folder).Cells, static cell =>
        {
            Assert.Equal(("step", 2), (cell.Profile!.Training!.Of, cell.Profile.Training.Steps));
            Assert.Contains(cell.Profile.Training.Parts, static part => part.Name == "backward" && part.Seconds > 0);
            Assert.True(cell.Profile.Decoding!.Steps > 0);
        });
        var summary = File.ReadAllText(Path.Combine(folder, "profile.md"));
        Assert.Contains(summary, printed, StringComparison.Ordinal);
        Assert.Contains("milliseconds in a training step", summary, StringComparison.Ordinal);
        Assert.Contains("milliseconds in a decoding step", summary, StringComparison.Ordinal);
        Assert.Equal(2, summary.Split('\n').Count(static line => line.StartsWith("| ColWGqa ", StringComparison.Ordinal)));

        // What is done already is neither done nor measured again.
        Assert.Contains(summary, App.Run(command).Succeeded(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(",")]
    [InlineData("1,x")]
    [InlineData("3-1")]
    [InlineData("1,2,1-3")]
    [InlineData("1-2-3")]
    public void SeedsThatMakeNoSenseAreRefused(string seeds) =>
        App.Run(Arguments(tiny.New("sweep"), "Gqa", "--seeds", seeds)).RefusedWith("--seeds", $"'{seeds}'");

    [Fact]
    public void SeedsAreListedOrCounted() => Assert.Equal([7, 1, 2, 3], SeedList.Parse("7, 1-3"));

    private string[] Arguments(string folder, string variants, params string[] more) =>
        ["table", "--model", tiny.Four, "--data", tiny.Data, "--variants", variants, "--steps", "2", "--batch", "8", "--max-target", "8", "--out", folder, .. more];
}
