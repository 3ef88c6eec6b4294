namespace Wgqa.Training;

/// <summary>Progress as plain lines, for output that goes to a file or a pipe: one at the beginning, one every so often, one at the end.</summary>
/// <param name="writer">Where the lines go.</param>
/// <param name="interval">Time from one line to the next; 10 seconds if null.</param>
/// <param name="clock">The clock; the system's if null.</param>
public sealed class PlainProgress(TextWriter writer, TimeSpan? interval = null, TimeProvider? clock = null) : IProgressDisplay
{
    private readonly TimeSpan _interval = interval ?? TimeSpan.FromSeconds(10);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <inheritdoc/>
    public IProgress Start(string title, long total, long done = 0) => new Work(this, title, total, done);

    /// <inheritdoc/>
    public void Say(string sentence) => writer.WriteLine(sentence);

    private sealed class Work : IProgress
    {
        private readonly PlainProgress _display;
        private readonly string _title;
        private readonly long _total;
        private readonly TimeLeft _timeLeft;
        private long _lastLine;
        private string? _pending;

        public Work(PlainProgress display, string title, long total, long done)
        {
            (_display, _title, _total) = (display, title, total);
            _timeLeft = new(total, done, display._clock);
            _lastLine = display._clock.GetTimestamp();
            display.Say(done == 0 ? $"{title}: {total} to do" : $"{title}: {done} of {total} done already");
        }

        public void Report(long done, string detail)
        {
            var left = _timeLeft.After(done) is { } time && done < _total ? $", {TimeLeft.Words(time)} left" : "";
            _pending = $"{_title}: {done}/{_total}{(detail.Length > 0 ? $", {detail}" : "")}{left}";
            if (_display._clock.GetElapsedTime(_lastLine) >= _display._interval)
            {
                Dispose();
            }
        }

        /// <summary>Says what has been reported and not yet said.</summary>
        public void Dispose()
        {
            if (_pending is { } line)
            {
                _display.Say(line);
                (_pending, _lastLine) = (null, _display._clock.GetTimestamp());
            }
        }
    }
}
