using Spectre.Console;
using Wgqa.Training;
using IProgress = Wgqa.Training.IProgress;

namespace Wgqa.Experiments.Progress;

/// <summary>
/// Progress on a terminal: a bar for each piece of work that has begun and not ended, with percentage, what the work says of
/// itself (loss, tokens/s) and the time left.
/// </summary>
/// <remarks>
/// Spectre draws bars for as long as a callback runs, one such callback at a time. Work here has a beginning and an end instead, and
/// may lie within other work: the first to begin starts the drawing, and the last to end lets it go.
/// </remarks>
internal sealed class TerminalProgress(IAnsiConsole console) : IProgressDisplay
{
    private readonly Lock _gate = new();
    private Drawing? _drawing;
    private int _open;

    /// <summary>Bars where a person watches, plain lines where output is redirected; on standard error, so that results can be piped.</summary>
    public static IProgressDisplay OnStandardError() => Console.IsErrorRedirected
        ? new PlainProgress(Console.Error)
        : new TerminalProgress(AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) }));

    /// <inheritdoc/>
    public IProgress Start(string title, long total, long done = 0)
    {
        lock (_gate)
        {
            _drawing ??= new Drawing(console);
            _open++;
            return new Bar(this, _drawing.Add(title, total, done), title, total, done);
        }
    }

    /// <inheritdoc/>
    public void Say(string sentence) => console.WriteLine(sentence);

    private void End()
    {
        lock (_gate)
        {
            if (--_open == 0)
            {
                _drawing!.End();
                _drawing = null;
            }
        }
    }

    private sealed class Drawing
    {
        private readonly TaskCompletionSource<ProgressContext> _begun = new();
        private readonly TaskCompletionSource _ended = new();
        private readonly Task _drawing;

        public Drawing(IAnsiConsole console) => _drawing = console.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                _begun.SetResult(context);
                return _ended.Task;
            });

        public ProgressTask Add(string title, long total, long done)
        {
            if (Task.WaitAny(_begun.Task, _drawing) == 1)
            {
                _drawing.GetAwaiter().GetResult();
            }

            var bar = _begun.Task.Result.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
            bar.Value = done;
            return bar;
        }

        public void End()
        {
            _ended.SetResult();
            _drawing.GetAwaiter().GetResult();
        }
    }

    private sealed class Bar(TerminalProgress display, ProgressTask bar, string title, long total, long done) : IProgress
    {
        private readonly TimeLeft _timeLeft = new(total, done);
        private bool _ended;

        public void Report(long done, string detail)
        {
            var left = done < total && _timeLeft.After(done) is { } time ? $"{TimeLeft.Words(time)} left" : "";
            bar.Value = done;
            bar.Description = Markup.Escape($"{title}  {string.Join(", ", new[] { detail, left }.Where(static part => part.Length > 0))}".TrimEnd());
        }

        public void Dispose()
        {
            if (!_ended)
            {
                _ended = true;
                bar.StopTask();
                display.End();
            }
        }
    }
}
