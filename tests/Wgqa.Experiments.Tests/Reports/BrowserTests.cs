using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Wgqa.Testing;

namespace Wgqa.Experiments.Tests.Reports;

/// <summary>The report in a browser: what is laid out, and what is drawn.</summary>
public sealed class BrowserTests
{
    [ChromiumTheory]
    [InlineData(390)]
    [InlineData(768)]
    [InlineData(1200)]
    public void NothingIsWiderThanTheScreen(int width)
    {
        using var sweep = new MadeUpSweep();
        using var folder = new TemporaryFolder();
        App.Run("report", sweep.Root, "--trials", "200").Succeeded();

        // A browser's window is not as narrow as a phone; a frame in it is.
        var frame = folder.Write("frame.html",
            $$"""
            <!DOCTYPE html><iframe id="f" width="{{width}}" height="900" style="border:0" srcdoc="{{WebUtility.HtmlEncode(File.ReadAllText(Path.Combine(sweep.Root, "report", "report.html")))}}"></iframe>
            <pre id="r"></pre><script>
            f.onload = () => {
              const page = f.contentDocument.documentElement;
              const shown = [...f.contentDocument.querySelectorAll("svg[role=img]")].filter(svg => svg.getBoundingClientRect().width > 0);
              const letters = Math.min(...shown.flatMap(svg => [...svg.querySelectorAll("text")].map(text => parseFloat(f.contentWindow.getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)));
              const cut = shown.flatMap(svg => [...svg.querySelectorAll("text")].filter(text => { const [t, s] = [text.getBoundingClientRect(), svg.getBoundingClientRect()]; return t.left < s.left - 2 || t.right > s.right + 2; }).map(text => text.textContent));
              r.textContent = `scroll=${page.scrollWidth} client=${page.clientWidth} charts=${shown.length} letters=${letters.toFixed(1)} cut=[${cut.join("|")}]`;
            };
            </script>
            """);
        var measured = Regex.Match(Chromium.Run("--dump-dom", $"--window-size=1400,1000", "file://" + frame), "scroll=(\\d+) client=(\\d+) charts=(\\d+) letters=([\\d.]+) cut=\\[(.*?)\\]");

        Assert.True(measured.Success, "the page was not laid out");
        Assert.Equal(measured.Groups[2].Value, measured.Groups[1].Value);
        Assert.Equal(2 + 17 + 12, int.Parse(measured.Groups[3].Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(double.Parse(measured.Groups[4].Value, System.Globalization.CultureInfo.InvariantCulture) >= 8.5, $"charts have letters of {measured.Groups[4].Value} pixels");
        Assert.Equal("", measured.Groups[5].Value);
    }

    [ChromiumFact]
    public void LightAndDarkAreDrawnWithInkOnTheirOwnGround()
    {
        using var sweep = new MadeUpSweep();
        using var folder = new TemporaryFolder();
        App.Run("report", sweep.Root, "--trials", "200").Succeeded();
        var page = "file://" + Path.Combine(sweep.Root, "report", "report.html");
        var (light, dark) = (folder.Path("light.png"), folder.Path("dark.png"));
        Chromium.Run("--window-size=1200,6000", $"--screenshot={light}", page);
        Chromium.Run("--window-size=1200,6000", "--blink-settings=preferredColorScheme=0", $"--screenshot={dark}", page);
        var (bright, dim) = (Pixels.Of(light), Pixels.Of(dark));

        Assert.True(bright.Share(pixel => pixel is { Red: > 230, Green: > 230, Blue: > 230 }) > 0.7, "the light page's ground is not light");
        Assert.True(dim.Share(pixel => pixel is { Red: < 50, Green: < 50, Blue: < 60 }) > 0.7, "the dark page's ground is not dark");
        Assert.True(dim.Share(pixel => pixel is { Red: > 200, Green: > 200, Blue: > 190 }) > 0.005, "the dark page has no light ink");

        // Colours of the charts' sorts are there: weighted (green) and fair or values (orange) in each.
        Assert.True(bright.Share(pixel => pixel.Green - pixel.Red > 60) > 0.0002);
        Assert.True(dim.Share(pixel => pixel.Green - pixel.Red > 60) > 0.0002);
    }

    [ChromiumFact]
    public void ItPrintsOnPaper()
    {
        using var sweep = new MadeUpSweep();
        using var folder = new TemporaryFolder();
        App.Run("report", sweep.Root, "--trials", "200").Succeeded();
        var paper = folder.Path("report.pdf");
        Chromium.Run("--no-pdf-header-footer", $"--print-to-pdf={paper}", "file://" + Path.Combine(sweep.Root, "report", "report.html"));

        Assert.InRange(Regex.Matches(System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(paper)), @"/Type /Page\b").Count, 4, 30);
    }
}

/// <summary>Debian's <c>chromium</c>, where it is installed.</summary>
internal static class Chromium
{
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => System.IO.Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Runs it without a window and returns what it prints.</summary>
    public static string Run(params string[] arguments)
    {
        using var profile = new TemporaryFolder();
        var start = new ProcessStartInfo(Path!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", $"--user-data-dir={profile.Root}" }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }
}

/// <summary>A test that needs a browser.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    /// <summary>Skips where there is none.</summary>
    public ChromiumFactAttribute() => Skip = Chromium.Path is null ? "needs chromium" : null;
}

/// <summary>A theory that needs a browser.</summary>
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where there is none.</summary>
    public ChromiumTheoryAttribute() => Skip = Chromium.Path is null ? "needs chromium" : null;
}
