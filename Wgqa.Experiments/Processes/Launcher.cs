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

    /// <summary>The environment variable that says how many cores a process may divide among others, where it is not all of the machine's.</summary>
    public const string CoresVariable = "WGQA_CORES";

    /// <summary>Runs the command of this process in so many others, the first of which prints, and says what went wrong.</summary>
    /// <returns>The exit code: 0 where all succeeded.</returns>
    public static int Run(int count)
    {
        using var launched = new Launch(count, [], null);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Forward);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Forward);
        var (exitCode, sentence) = launched.Outcome();
        if (sentence is not null)
        {
            Console.Error.WriteLine($"wgqa: {sentence}");
        }

        return exitCode;

        void Forward(PosixSignalContext context)
        {
            context.Cancel = true;
            launched.Stop();
        }
    }

    /// <summary>Runs the command of this process, with further arguments, in so many others.</summary>
    /// <param name="count">Processes.</param>
    /// <param name="further">The arguments.</param>
    /// <param name="onLine">Takes what the first process prints, line by line.</param>
    /// <param name="stop">Asks them to keep a checkpoint and stop.</param>
    /// <exception cref="UserException">One of them failed: its sentence.</exception>
    /// <exception cref="OperationCanceledException">They stopped because they were asked to.</exception>
    public static void Run(int count, IReadOnlyList<string> further, Action<string> onLine, CancellationToken stop)
    {
        using var launched = new Launch(count, further, onLine);
        using var stopping = stop.Register(launched.Stop);
        var (exitCode, sentence) = launched.Outcome();
        if (exitCode != 0)
        {
            throw exitCode == Interrupted ? new OperationCanceledException(sentence) : new UserException(sentence!);
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

    private static (int ExitCode, string? Sentence) Outcome(IReadOnlyList<Worker> ended, int count)
    {
        var failed = ended.Where(static worker => worker.ExitCode != 0).ToList();
        if (failed.Count == 0)
        {
            return (0, null);
        }

        // The cause is whoever did not stop for the sake of another; a signal from outside rather than an error that may have followed from it.
        var cause = failed.FirstOrDefault(static worker => worker is { Report: null, WasKilled: false, ExitCode: > SignalBase and not Interrupted })
            ?? failed.FirstOrDefault(static worker => worker.Report is { IsLostPeer: false })
            ?? failed.FirstOrDefault(static worker => worker.Report is null)
            ?? failed[0];
        var goesOn = failed.Select(static worker => worker.Report?.GoesOn).FirstOrDefault(static said => said is not null);
        var sentence = cause.Report?.Message
            ?? (cause.ExitCode == Interrupted ? "Interrupted before the training began." : $"Process {cause.Rank} of {count} {cause.End}, so the others stopped{(goesOn is null ? "" : $"; {goesOn}")}.");
        return (cause.ExitCode > SignalBase && cause.ExitCode != Interrupted ? 2 : cause.ExitCode, sentence);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);

    /// <summary>Processes started together.</summary>
    private sealed class Launch : IDisposable
    {
        private readonly string _scratch = Directory.CreateTempSubdirectory("wgqa-processes-").FullName;
        private readonly List<Worker> _workers = [];

        public Launch(int count, IReadOnlyList<string> further, Action<string>? onLine)
        {
            var port = FreePort();
            for (var rank = 0; rank < count; rank++)
            {
                _workers.Add(Worker.Start(rank, count, port, Path.Combine(_scratch, $"{rank}.json"), further, onLine));
            }
        }

        public (int ExitCode, string? Sentence) Outcome() => Launcher.Outcome(Wait(_workers).GetAwaiter().GetResult(), _workers.Count);

        public void Stop() => _workers.ForEach(static worker => worker.Signal(Terminate));

        public void Dispose()
        {
            _workers.ForEach(static worker => worker.Dispose());
            Directory.Delete(_scratch, recursive: true);
        }
    }

    private sealed class Worker : IDisposable
    {
        private readonly Process _process;
        private readonly string _reportFile;
        private string? _lastWords;

        private Worker(Process process, int rank, string reportFile, Action<string>? onLine)
        {
            (_process, Rank, _reportFile) = (process, rank, reportFile);
            Ended = process.WaitForExitAsync();
            if (process.StartInfo.RedirectStandardOutput)
            {
                process.OutputDataReceived += (_, line) =>
                {
                    if (rank == 0 && line.Data is { } text)
                    {
                        onLine!(text);
                    }
                };
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

        public static Worker Start(int rank, int count, int port, string reportFile, IReadOnlyList<string> further, Action<string>? onLine)
        {
            var start = ThisApp.Again(further);
            start.RedirectStandardInput = true;   // ends with this process, whatever happens to it
            start.RedirectStandardOutput = start.RedirectStandardError = rank != 0 || onLine is not null;
            start.Environment["RANK"] = start.Environment["LOCAL_RANK"] = $"{rank}";
            start.Environment["WORLD_SIZE"] = start.Environment["LOCAL_WORLD_SIZE"] = $"{count}";
            start.Environment["MASTER_ADDR"] = "127.0.0.1";
            start.Environment["MASTER_PORT"] = $"{port}";
            start.Environment[Interruption.LaunchedVariable] = $"{Environment.ProcessId}";
            start.Environment[WorkerReport.FileVariable] = reportFile;
            var share = int.TryParse(Environment.GetEnvironmentVariable(CoresVariable), out var cores) ? cores : (int?)null;
            if (share is not null || !start.Environment.ContainsKey("OMP_NUM_THREADS"))
            {
                start.Environment["OMP_NUM_THREADS"] = $"{Math.Max(1, (share ?? Environment.ProcessorCount) / count)}";
            }

            return new(Process.Start(start)!, rank, reportFile, onLine);
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
