using System.Diagnostics;
using Wgqa.Data;
using Wgqa.Experiments.Demo;
using Wgqa.Experiments.Recipes;
using Wgqa.Text;

namespace Wgqa.Experiments.Benchmarks;

/// <summary>
/// Tokenizing a file of lines to a file of ids, on one thread and on all that are asked for, beside SentencePiece's own <c>spm_encode</c> where the machine has one:
/// its process begins and loads the model each time, which is some hundredths of a second, and computes on one thread.
/// </summary>
internal static class TokenizingBenchmark
{
    private const int Lines = 100_000;
    private const int Pieces = 1000;
    private const int LinesAtOnce = 1 << 14;

    /// <summary>Times both.</summary>
    public static IEnumerable<BenchmarkResult> Run(int runs, int threads, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("wgqa-bench-");
        try
        {
            string Named(string name) => Path.Combine(folder.FullName, name);
            var (text, model, ours, theirs) = (Named("text"), Named(T5Tokenizer.FileName), Named("ours"), Named("theirs"));
            string[] lines = [.. Grammar.Pairs(1, Lines / 2).SelectMany(pair => new[] { pair.Source, pair.Target })];
            File.WriteAllLines(text, lines);
            File.WriteAllBytes(model, SentencePieceTraining.Train(lines.Take(10_000), Pieces, orFewer: true));
            var tokenizer = T5Tokenizer.Load(model);
            var program = OnPath("spm_encode");
            foreach (var used in new[] { 1, threads }.Distinct())
            {
                var (seconds, peer) = Alternating.Medians(
                    runs,
                    () => Timed(() => Tokenize(tokenizer, text, ours, used)),
                    program is null ? null : () => Timed(() => Start(program, $"--model={model}", "--output_format=id", $"--output={theirs}", text)),
                    stop);
                yield return new()
                {
                    Task = "tokenize",
                    Case = $"{Lines} lines, {used} {(used == 1 ? "thread" : "threads")}",
                    Seconds = seconds,
                    PeerSeconds = peer,
                    Runs = runs,
                    PerSecond = Lines / seconds,
                    Agrees = program is null ? null : File.ReadAllBytes(ours).AsSpan().SequenceEqual(File.ReadAllBytes(theirs)),
                };
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Tokenize(T5Tokenizer tokenizer, string text, string output, int threads)
    {
        using var file = File.Create(output);
        using var ids = new IdLines(file);
        foreach (var lines in TextLines.Read(text).Chunk(LinesAtOnce))
        {
            foreach (var line in tokenizer.EncodeBatch(lines, addEos: false, threads: threads))
            {
                ids.Write(line);
            }
        }
    }

    private static double Timed(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    private static void Start(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new UserException($"{program} ended with exit code {process.ExitCode}.");
        }
    }

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
