using System.Text.Json;
using System.Text.Json.Serialization;
using Wgqa.Checkpoints;

namespace Wgqa.Training;

/// <summary>One line of <c>metrics.jsonl</c>.</summary>
public sealed record MetricsLine
{
    /// <summary>Updates made so far.</summary>
    public required int Step { get; init; }

    /// <summary>The epoch that the step's last batch belongs to, the first being 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Training loss averaged over the steps since the line before, each measured before its update.</summary>
    public required double Loss { get; init; }

    /// <summary>Learning rate of the step's update.</summary>
    public required double Lr { get; init; }

    /// <summary>L2 norm of all gradients of the step together, before clipping.</summary>
    public required double GradNorm { get; init; }

    /// <summary>Tokens per second of training since the line before.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Seconds since the run began, without the time between two processes.</summary>
    public required double Seconds { get; init; }

    /// <summary>Validation loss per target after the update, where it was measured.</summary>
    public double? ValidationLoss { get; init; }
}

/// <summary>The file <c>metrics.jsonl</c>: a line per logged step, each written as soon as it is known. TensorBoard reads the same beside it.</summary>
public sealed class MetricsLog : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private readonly StreamWriter _writer;
    private readonly TensorBoardEvents _events;

    private MetricsLog(StreamWriter writer, TensorBoardEvents events) => (_writer, _events) = (writer, events);

    /// <summary>
    /// Opens the file to go on after <paramref name="step"/>: what a killed process has written beyond its last checkpoint is
    /// taken out, so that no step appears twice.
    /// </summary>
    internal static MetricsLog Open(string path, int step)
    {
        var kept = Read(path).Where(line => line.Step <= step).ToList();
        CompleteFile.Write(path, string.Concat(kept.Select(static line => JsonSerializer.Serialize(line, Json) + "\n")));
        var events = TensorBoardEvents.Open(Path.GetDirectoryName(Path.GetFullPath(path))!, kept);
        return new(new StreamWriter(path, append: true) { AutoFlush = true }, events);
    }

    /// <summary>The lines of a file, none where there is no file; a last line that a killed process has left half-written is passed over.</summary>
    /// <exception cref="UserException">A line before the last is not what a run writes.</exception>
    public static IReadOnlyList<MetricsLine> Read(string path)
    {
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        var read = new List<MetricsLine>(lines.Length);
        for (var index = 0; index < lines.Length; index++)
        {
            try
            {
                read.Add(JsonSerializer.Deserialize<MetricsLine>(lines[index], Json)!);
            }
            catch (JsonException error)
            {
                if (index < lines.Length - 1)
                {
                    throw new UserException($"{path}, line {index + 1} is not a line of metrics: {error.Message}", error);
                }
            }
        }

        return read;
    }

    /// <summary>Writes a line.</summary>
    internal void Write(MetricsLine line)
    {
        _writer.Write(JsonSerializer.Serialize(line, Json) + "\n");
        _events.Write(line);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        _events.Dispose();
    }
}
