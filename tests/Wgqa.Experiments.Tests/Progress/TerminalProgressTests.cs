using Spectre.Console;
using Wgqa.Experiments.Progress;

namespace Wgqa.Experiments.Tests.Progress;

public sealed class TerminalProgressTests
{
    private readonly StringWriter _screen = new();

    [Fact]
    public void WorkWithinWorkIsDrawnAndEndsWithItsOwner()
    {
        var display = new TerminalProgress(Console());

        using (var table = display.Start("table", 2))
        {
            using (var row = display.Start("row [1]", 10, done: 4))
            {
                row.Report(10, "loss 2.310");
            }

            display.Say("a sentence that stays");
            table.Report(1, "");
        }

        using (var next = display.Start("the next drawing", 1))
        {
            next.Report(1, "");
        }

        var screen = _screen.ToString();
        Assert.Contains("row [1]  loss 2.310", screen);
        Assert.Contains("a sentence that stays", screen);
        Assert.Contains("the next drawing", screen);
    }

    [Fact]
    public void EndingTwiceEndsOnce()
    {
        var display = new TerminalProgress(Console());
        using (display.Start("outer", 1))
        {
            var inner = display.Start("inner", 1);
            inner.Dispose();
            inner.Dispose();
            using var another = display.Start("another", 1);
        }

        // One drawing all along: the cursor was hidden once.
        Assert.Equal(2, _screen.ToString().Split("\e[?25l").Length);
    }

    private IAnsiConsole Console()
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(_screen), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 120;
        return console;
    }
}
