using System.Runtime.InteropServices;

namespace Wgqa.Training;

/// <summary>
/// Ctrl-C and SIGTERM as a cancellation token: the first one asks the run to keep a checkpoint and stop, a second one ends
/// the process as it would without this. A process that a launcher has started listens to the launcher alone.
/// </summary>
public sealed class Interruption : IDisposable
{
    /// <summary>
    /// The environment variable by which a process knows that a launcher has started it: Ctrl-C on a terminal reaches both, and the launcher passes it on
    /// as SIGTERM; and the launcher holds the other end of the process's standard input, which ends with it.
    /// </summary>
    public const string LaunchedVariable = "WGQA_LAUNCHED";

    private static readonly bool Launched = Environment.GetEnvironmentVariable(LaunchedVariable) is { Length: > 0 };

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    /// <summary>Listens from here on.</summary>
    public Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        if (Launched)
        {
            new Thread(StopWithLauncher) { IsBackground = true, Name = "launcher" }.Start();
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Listens no longer.</summary>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Launched && context.Signal == PosixSignal.SIGINT)
        {
            context.Cancel = true;
            return;
        }

        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }

    private void StopWithLauncher()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work was done before the launcher was.
        }
    }
}
