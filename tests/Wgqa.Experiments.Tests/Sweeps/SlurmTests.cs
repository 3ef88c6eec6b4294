using System.Diagnostics;
using Wgqa.Experiments.Sweeps;

namespace Wgqa.Experiments.Tests.Sweeps;

/// <summary>A sweep as a job array.</summary>
public sealed class SlurmTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    // What a shell, and sbatch, could take for something else.
    private const string Awkward = "it's \"odd\" $HOME `id` %a\\n; *";

    [Fact]
    public void EveryWordOfTheCommandReachesTheTaskAsItWas()
    {
        var folder = tiny.New(Awkward);
        Directory.CreateDirectory(folder);
        string[] words = ["one two", Awkward, "", "line\nend", "--x=$(id)", "-n", "ä·→"];
        var script = new SlurmScript(["printf", "<%s>", .. words], folder, Path.Combine(folder, "logs"), 7, ["--time=0:10:00"]);
        var file = Path.Combine(folder, "job.sh");
        script.Write(file);

        var start = new ProcessStartInfo("bash") { ArgumentList = { file } };
        start.Environment["SLURM_ARRAY_JOB_ID"] = "12";
        start.Environment["SLURM_ARRAY_TASK_ID"] = "3";
        using var process = Process.Start(start)!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(string.Concat(words.Append("--cells").Append("3/7").Select(word => $"<{word}>")), File.ReadAllText(Path.Combine(folder, "logs", "12-3.log")));
        Assert.Contains("#SBATCH --array=1-7\n", script.ToText(), StringComparison.Ordinal);
        Assert.Contains("#SBATCH --time=0:10:00\n", script.ToText(), StringComparison.Ordinal);
        Assert.Throws<UserException>(() => (script with { Settings = ["--time=1\nrm"] }).ToText());
    }

    [Fact]
    public void APartRunsItsCellsAloneAndPartsTogetherAreTheSweep()
    {
        var folder = tiny.New("sweep");
        App.Run([.. Arguments(folder), "--cells", "2/3"]).Succeeded();
        var cells = SweepFolder.Open(folder).Cells;
        Assert.Equal(["WGqa"], cells.Where(cell => cell.Row is not null).Select(cell => cell.Variant));
        Assert.Contains("| Gqa     |      – |", File.ReadAllText(Path.Combine(folder, "table.md")), StringComparison.Ordinal);
        App.Run([.. Arguments(folder), "--cells", "4/3"]).RefusedWith("--cells", "4/3");

        var plan = SweepFolder.Open(folder).Plan;
        Assert.Equal(plan.Cells, Enumerable.Range(1, 2).SelectMany(number => new SweepPart(number, 2).Cells(plan)).OrderBy(cell => plan.Cells.ToList().IndexOf(cell)));
    }

    [SlurmFact]
    public void ASweepRunsAsAJobArrayOfARealSlurmAndGoesOnWhenItIsSubmittedAgain()
    {
        var folder = tiny.New(Awkward.Replace("%a\\n", "", StringComparison.Ordinal));
        var script = tiny.New("job.sh");
        var said = App.Run([.. Arguments(folder), "--slurm", script, "--slurm-tasks", "2", "--sbatch=--time=0:10:00", "--sbatch", "--cpus-per-task=1"]).Succeeded();
        Assert.Contains("3 cells in 2 tasks", said, StringComparison.Ordinal);
        Assert.All(SweepFolder.Open(folder).Cells, cell => Assert.False(cell.IsSettled));

        // Short, for the path of munge's socket has a limit.
        var scratch = Directory.CreateTempSubdirectory("slurm").FullName;
        try
        {
            using var cluster = new SlurmCluster(scratch);
            cluster.RunJob(script);
            var logs = string.Concat(Directory.EnumerateFiles(Path.Combine(folder, "slurm")).Select(File.ReadAllText));
            Assert.True(SweepFolder.Open(folder).Cells.All(cell => cell.Row is not null), logs);
            Assert.DoesNotContain("–", File.ReadAllText(Path.Combine(folder, "table.md")), StringComparison.Ordinal);
            Assert.Equal(2, Directory.EnumerateFiles(Path.Combine(folder, "slurm")).Count());

            // One cell undone, as if its node had failed.
            var cells = SweepFolder.Open(folder).Cells;
            var (kept, lost) = (File.GetLastWriteTimeUtc(Path.Combine(cells[0].Path, "row.json")), Path.Combine(cells[1].Path, "row.json"));
            File.Delete(lost);
            cluster.RunJob(script);
            Assert.True(File.Exists(lost));
            Assert.Equal(kept, File.GetLastWriteTimeUtc(Path.Combine(cells[0].Path, "row.json")));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private string[] Arguments(string folder) =>
        ["table", "--model", tiny.Four, "--data", tiny.Data, "--variants", "Gqa,WGqa,Mqa", "--steps", "2", "--batch", "8", "--max-target", "8", "--out", folder];
}
