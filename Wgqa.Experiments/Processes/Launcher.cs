using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Wgqa.Training;

namespace Wgqa.Experiments.Processes;

/// <summary>
/// Starts a command several times on this machine, as torchrun would, and ends when all have ended. The first process speaks; when one fails, the
/// launcher says why in one sentence.
/// </summary>
internal static class Launcher
{
    // Exit codes above this are signals, as in a shell.
    private const int SignalBase = 128;
    private const int Interrupted = 130;
    private const int Terminate = 15;

    // The others notice within moments when they talk next; one that does not is stuck.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    /// <summary>Whether this process was started by a launcher.</summary>
    public static bool StartedThis => Environment.GetEnvironmentVariable(Interruption.LaunchedVariable) is { Length: > 0 };

    /// <summary>Runs the command of this process in so many others.</summary>
    /// <returns>The exit code: 0 where all succeeded.</returns>
    public static int Run(int count)
    {
        var scratch = Directory.CreateTempSubdirectory("wgqa-processes-").FullName;
        var workers = new List<Worker>();
        try
        {
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Forward);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Forward);
            var port = FreePort();
            lock (workers)
            {
                for (var rank = 0; rank < count; rank++)
                {
                    workers.Add(Worker.Start(rank, count, port, Path.Combine(scratch, $"{rank}.json")));
                }
            }

            return Outcome(Wait(workers).GetAwaiter().GetResult(), count);
        }
        finally
        {
            workers.ForEach(static worker => worker.Dispose());
            Directory.Delete(scratch, recursive: true);
        }

        void Forward(PosixSignalContext context)
        {
            context.Cancel = true;
            lock (workers)
            {
                workers.ForEach(static worker => worker.Signal(Terminate));
            }
        }
    }

    /// <summary>Waits until all have ended, and returns them in the order that they did.</summary>
    private static async Task<IReadOnlyList<Worker>> Wait(IReadOnlyList<Worker> workers)
    {
        var ended = new List<Worker>();
        var running = workers.ToDictionary(static worker => worker.Ended);
        Task? deadline = null;
        while (running.Count > 0)
        {
            var next = await Task.WhenAny(deadline is null ? running.Keys : running.Keys.Append(deadline));
            if (next == deadline)
            {
                foreach (var stuck in running.Values)
                {
                    stuck.Kill();
                }

                deadline = null;
                continue;
            }

            var worker = running[next];
            running.Remove(next);
            ended.Add(worker);
            if (worker.ExitCode is not 0 and not Interrupted && ended.Count(static one => one.ExitCode is not 0 and not Interrupted) == 1)
            {
                deadline = Task.Delay(Grace);
            }
        }

        return ended;
    }

    private static int Outcome(IReadOnlyList<Worker> ended, int count)
    {
        var failed = ended.Where(static worker => worker.ExitCode != 0).ToList();
        if (failed.Count == 0)
        {
            return 0;
        }

        // The cause is whoever did not stop for the sake of another; a signal from outside rather than an error that may have followed from it.
        var cause = failed.FirstOrDefault(static worker => worker is { Report: null, WasKilled: false, ExitCode: > SignalBase and not Interrupted })
            ?? failed.FirstOrDefault(static worker => worker.Report is { IsLostPeer: false })
            ?? failed.FirstOrDefault(static worker => worker.Report is null)
            ?? failed[0];
        var goesOn = failed.Select(static worker => worker.Report?.GoesOn).FirstOrDefault(static said => said is not null);
        var sentence = cause.Report?.Message
            ?? (cause.ExitCode == Interrupted ? "Interrupted before the training began." : $"Process {cause.Rank} of {count} {cause.End}, so the others stopped{(goesOn is null ? "" : $"; {goesOn}")}.");
        Console.Error.WriteLine($"wgqa: {sentence}");
        return cause.ExitCode > SignalBase && cause.ExitCode != Interrupted ? 2 : cause.ExitCode;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);

    private sealed class Worker : IDisposable
    {
        private readonly Process _process;
        private readonly string _reportFile;
        private string? _lastWords;

        private Worker(Process process, int rank, string reportFile)
        {
            (_process, Rank, _reportFile) = (process, rank, reportFile);
            Ended = process.WaitForExitAsync();
            if (rank != 0)
            {
                process.OutputDataReceived += static (_, _) => { };
                process.ErrorDataReceived += (_, line) => _lastWords = line.Data is { Length: > 0 } said ? said : _lastWords;
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
            }
        }

        public int Rank { get; }

        public Task Ended { get; }

        public int ExitCode => _process.ExitCode;

        /// <summary>Whether the launcher has killed it.</summary>
        public bool WasKilled { get; private set; }

        public WorkerReport? Report => WorkerReport.Read(_reportFile);

        /// <summary>How it ended without a report, as a predicate.</summary>
        public string End => ExitCode switch
        {
            SignalBase + 9 => "was killed (signal 9, which the system also sends when memory runs out)",
            > SignalBase => string.Create(CultureInfo.InvariantCulture, $"was ended by signal {ExitCode - SignalBase}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {ExitCode}{(_lastWords is null ? "" : $" ({_lastWords})")}"),
        };

        public static Worker Start(int rank, int count, int port, string reportFile)
        {
            var start = ThisApp.Again();
            start.RedirectStandardInput = true;   // ends with this process, whatever happens to it
            start.RedirectStandardOutput = start.RedirectStandardError = rank != 0;
            start.Environment["RANK"] = start.Environment["LOCAL_RANK"] = $"{rank}";
            start.Environment["WORLD_SIZE"] = start.Environment["LOCAL_WORLD_SIZE"] = $"{count}";
            start.Environment["MASTER_ADDR"] = "127.0.0.1";
            start.Environment["MASTER_PORT"] = $"{port}";
            start.Environment[Interruption.LaunchedVariable] = $"{Environment.ProcessId}";
            start.Environment[WorkerReport.FileVariable] = reportFile;
            start.Environment.TryAdd("OMP_NUM_THREADS", $"{Math.Max(1, Environment.ProcessorCount / count)}");
            return new(Process.Start(start)!, rank, reportFile);
        }

        public void Signal(int signal)
        {
            if (!_process.HasExited)
            {
                _ = SendSignal(_process.Id, signal);
            }
        }

        public void Kill()
        {
            WasKilled = true;
            _process.Kill();
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }
    }
}
