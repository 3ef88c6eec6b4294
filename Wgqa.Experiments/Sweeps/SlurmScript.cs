using System.Globalization;
using System.Text;
using Wgqa.Checkpoints;

namespace Wgqa.Experiments.Sweeps;

/// <summary>
/// The batch script of a sweep as a Slurm job array: each task of the array is this app with the same command line and its part of the cells.
/// Submitted again, it goes on; tasks that run at once share the folder.
/// </summary>
/// <param name="Command">The app and its arguments.</param>
/// <param name="Directory">Where the command was typed: relative paths count from there.</param>
/// <param name="Logs">The folder for what the tasks print.</param>
/// <param name="Tasks">Tasks of the array.</param>
/// <param name="Settings">More of sbatch's options, such as <c>--time=2:00:00</c>.</param>
internal sealed record SlurmScript(IReadOnlyList<string> Command, string Directory, string Logs, int Tasks, IReadOnlyList<string> Settings)
{
    /// <summary>The option that gives a task its part.</summary>
    public const string PartOption = "--cells";

    /// <summary>Writes the script.</summary>
    /// <exception cref="UserException">A setting spans lines, or the file cannot be written.</exception>
    public void Write(string file) => CompleteFile.Write(file, ToText());

    /// <summary>The script's text. Every word of the command is quoted: spaces, quotes, dollars and line ends in it stay what they are.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append("#!/bin/bash\n");
        text.Append("#SBATCH --job-name=wgqa\n");
        text.Append(CultureInfo.InvariantCulture, $"#SBATCH --array=1-{Tasks}\n");
        text.Append("#SBATCH --output=/dev/null\n");
        text.Append("#SBATCH --requeue\n");
        text.Append("#SBATCH --signal=TERM@60\n");
        foreach (var setting in Settings)
        {
            text.Append("#SBATCH ").Append(setting.AsSpan().ContainsAny('\n', '\r') ? throw new UserException($"--sbatch is '{setting}', which spans lines.") : setting).Append('\n');
        }

        text.Append("# A sweep of Wgqa: finished cells are not redone, so this may be submitted again until all are.\n");
        text.Append("# A minute before its time is up a task is asked to stop, and keeps a checkpoint.\n");
        text.Append("cd -- ").Append(Quoted(Directory)).Append(" || exit\n");
        text.Append("logs=").Append(Quoted(Logs)).Append('\n');
        text.Append("mkdir -p -- \"$logs\" || exit\n");
        text.Append("exec >>\"$logs/$SLURM_ARRAY_JOB_ID-$SLURM_ARRAY_TASK_ID.log\" 2>&1\n");
        text.Append("export OMP_NUM_THREADS=${OMP_NUM_THREADS:-${SLURM_CPUS_PER_TASK:-1}}\n");
        text.Append("exec").Append(string.Concat(Command.Select(word => " " + Quoted(word))));
        text.Append(CultureInfo.InvariantCulture, $" {PartOption} \"$SLURM_ARRAY_TASK_ID/{Tasks}\"\n");
        return text.ToString();
    }

    private static string Quoted(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
