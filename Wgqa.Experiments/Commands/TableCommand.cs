using System.CommandLine;
using Wgqa.Experiments.Processes;
using Wgqa.Experiments.Progress;
using Wgqa.Experiments.Sweeps;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary><c>table</c>: every variant with every seed on one's own model and data, the paper's Table 1 to begin with.</summary>
internal static class TableCommand
{
    public static Command Create()
    {
        var sweepOptions = new SweepOptions();
        var output = Options.Out("The folder for one run per cell (task, variant, seed) and the table; started again, it goes on.");
        var dropModels = new Option<bool>("--drop-models") { Description = "Keep no models of a finished cell, only its scores, texts and weight differences." };
        var retry = new Option<bool>("--retry-failed") { Description = "Retry cells that failed." };
        var jobs = new Option<int>("--jobs") { Description = "Cells at once, each in a process of its own with its share of the cores.", DefaultValueFactory = _ => 1 };
        var slurm = new Option<string?>("--slurm") { Description = "Run nothing; write a Slurm batch script with a job array for it.", HelpName = "FILE" };
        var slurmTasks = new Option<int?>("--slurm-tasks") { Description = "Tasks of the job array (default: one per cell)." };
        var slurmSettings = new Option<string[]>("--sbatch") { Description = "One of sbatch's own options for the script, such as --sbatch=--time=2:00:00.", HelpName = "OPTION" };
        var part = new Option<string?>(SlurmScript.PartOption) { Description = "Run this part of the cells only: 3/17 is the third of seventeen.", HelpName = "I/N" };
        var rebuild = new Option<bool>("--rebuild") { Description = "Run nothing; rebuild the table and the database in --out." };
        var worker = new Option<bool>(SweepWorkers.WorkerOption) { Hidden = true };
        var cell = new Option<string?>(SweepWorkers.CellOption) { Hidden = true };
        var processes = new ProcessOptions();
        var json = Options.Json();
        var command = new Command("table", "Fine-tune, evaluate and fold every variant, with every seed, and print the table.") { output };
        sweepOptions.AddTo(command);
        foreach (var option in new Option[] { jobs, dropModels, retry, slurm, slurmTasks, slurmSettings, part, rebuild, worker, cell, json })
        {
            command.Add(option);
        }

        processes.AddTo(command);

        command.SetAction(result =>
        {
            var folder = result.GetValue(output)!;
            if (result.GetValue(rebuild))
            {
                TableReport.Print(Sweep.Finish(folder), result.GetValue(json));
                return;
            }

            var together = processes.Processes(result);
            var atOnce = TaskOptions.AtLeast(1, result.GetValue(jobs), "--jobs")!.Value;
            if (atOnce > 1 && together > 1 && (long)atOnce * together > Environment.ProcessorCount)
            {
                throw new UserException($"--jobs {atOnce} with --nproc {together} are {(long)atOnce * together} processes at once, and this machine has {Environment.ProcessorCount} cores.");
            }

            var (plan, data) = sweepOptions.Read(result);
            var sweep = new Sweep
            {
                Plan = plan,
                Data = data,
                Options = new() { KeepModels = !result.GetValue(dropModels), ProfiledSteps = sweepOptions.ProfiledSteps(result), Processes = together },
                RetryFailed = result.GetValue(retry),
                Jobs = atOnce,
                Part = result.GetValue(part) is { } words ? SweepPart.Parse(words) : SweepPart.Whole,
            };
            using var interruption = new Interruption();
            if (result.GetValue(cell) is { } named)
            {
                processes.Join(result, plan.Device, peers => sweep.Train(folder, named, peers, interruption.Token));
                return;
            }

            if (result.GetValue(worker))
            {
                sweep.Work(folder, interruption.Token);
                return;
            }

            var display = TerminalProgress.OnStandardError();
            foreach (var change in plan.Scaled ?? [])
            {
                display.Say(change);
            }

            // A task of the array has the whole command line, the script's name in it.
            if (result.GetValue(slurm) is { } script && result.GetValue(part) is null)
            {
                var tasks = Math.Min(TaskOptions.AtLeast(1, result.GetValue(slurmTasks), "--slurm-tasks") ?? plan.Cells.Count, plan.Cells.Count);
                var written = new SlurmScript(ThisApp.CommandLine, Environment.CurrentDirectory, Path.Combine(Path.GetFullPath(folder), "slurm"), tasks, result.GetValue(slurmSettings) ?? []);
                sweep.Prepare(folder);
                written.Write(script);
                Console.WriteLine($"{script}: {plan.Cells.Count} cells in {tasks} tasks; sbatch {script}");
                return;
            }

            TableReport.Print(sweep.Run(folder, display, interruption.Token), result.GetValue(json), sweep.Part.Cells(plan));
        });
        return command;
    }
}
