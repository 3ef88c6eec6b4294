using System.Text.Json;
using System.Text.Json.Serialization;
using Wgqa.Training;

namespace Wgqa.Experiments.Sweeps;

/// <summary>One line that a worker writes to its standard output for the process that started it.</summary>
internal sealed record WorkerLine
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The piece of work that begins, is reported on or ends, numbered by the worker.</summary>
    public int? Work { get; init; }

    /// <summary>Its title, when it begins.</summary>
    public string? Title { get; init; }

    /// <summary>Units of it in all, when it begins.</summary>
    public long? Total { get; init; }

    /// <summary>Units done; absent when it ends.</summary>
    public long? Done { get; init; }

    /// <summary>What else there is to know.</summary>
    public string? Detail { get; init; }

    /// <summary>A sentence that stays.</summary>
    public string? Sentence { get; init; }

    /// <summary>The cell that the worker begins.</summary>
    public CellKey? Cell { get; init; }

    /// <summary>Whether the worker is done with the cell that it began last.</summary>
    public bool? CellEnds { get; init; }

    /// <summary>The line as text.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads a line; whatever else a worker's libraries print is a sentence.</summary>
    public static WorkerLine Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<WorkerLine>(line, Json) ?? new() { Sentence = line };
        }
        catch (JsonException)
        {
            return new() { Sentence = line };
        }
    }
}

/// <summary>A worker's progress, as lines for the process that started it.</summary>
/// <param name="output">Where the lines go.</param>
internal sealed class WorkerProgress(TextWriter output) : IProgressDisplay
{
    private readonly Lock _gate = new();
    private int _works;

    /// <inheritdoc/>
    public IProgress Start(string title, long total, long done = 0)
    {
        var work = Interlocked.Increment(ref _works);
        Write(new() { Work = work, Title = title, Total = total, Done = done });
        return new Reported(this, work);
    }

    /// <inheritdoc/>
    public void Say(string sentence) => Write(new() { Sentence = sentence });

    /// <summary>Tells that a cell begins, or, with null, that it is done with.</summary>
    public void OnCell(CellKey? cell) => Write(cell is null ? new() { CellEnds = true } : new() { Cell = cell });

    private void Write(WorkerLine line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private sealed class Reported(WorkerProgress display, int work) : IProgress
    {
        // As often as one can read; a line for each of a small model's updates would cost more than the update.
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

        private WorkerLine? _pending;
        private long _last;

        public void Report(long done, string detail)
        {
            _pending = new() { Work = work, Done = done, Detail = detail };
            if (TimeProvider.System.GetElapsedTime(_last) >= Interval)
            {
                Flush();
                _last = TimeProvider.System.GetTimestamp();
            }
        }

        public void Dispose()
        {
            Flush();
            display.Write(new() { Work = work });
        }

        private void Flush()
        {
            if (_pending is { } line)
            {
                display.Write(line);
                _pending = null;
            }
        }
    }
}

/// <summary>Shows what a worker's lines say.</summary>
/// <param name="display">Where progress shows.</param>
internal sealed class WorkerReplay(IProgressDisplay display) : IDisposable
{
    private readonly Dictionary<int, IProgress> _works = [];

    /// <summary>Shows one line.</summary>
    public void Show(WorkerLine line)
    {
        switch (line)
        {
            case { Sentence: { } sentence }:
                display.Say(sentence);
                break;
            case { Work: { } work, Title: { } title }:
                _works[work] = display.Start(title, line.Total ?? 1, line.Done ?? 0);
                break;
            case { Work: { } work, Done: { } done } when _works.TryGetValue(work, out var progress):
                progress.Report(done, line.Detail ?? "");
                break;
            case { Work: { } work } when _works.Remove(work, out var progress):
                progress.Dispose();
                break;
        }
    }

    /// <summary>Ends what a worker that died has left open.</summary>
    public void Dispose()
    {
        foreach (var progress in _works.Values)
        {
            progress.Dispose();
        }

        _works.Clear();
    }
}
