using Wgqa.Experiments.Reports.Charts;
using Wgqa.Experiments.Statistics;

namespace Wgqa.Experiments.Reports;

/// <summary>
/// The report as one HTML page: style sheet and charts are in it, there is no script, and its policy lets a browser fetch nothing.
/// Charts that a phone could not show legibly are drawn twice, and the style sheet shows one of the two.
/// </summary>
internal static class HtmlReport
{
    private const double Wide = 860;
    private const double Narrow = 358;

    /// <summary>The page.</summary>
    public static string Of(SweepAnalysis sweep) => Markup.Of(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>{Title(sweep)}</title>
        <style>
        {Markup.Raw(StyleSheet())}</style>
        </head>
        <body>
        <header>
        <h1>{Title(sweep)}</h1>
        <p class="dim">{Findings.Completeness(sweep)}</p>
        </header>
        <nav aria-label="Contents">{sweep.Tasks.Select((task, i) => Markup.Of($"""<a href="#task-{i + 1}">{task.Asked.Name}</a>"""))}<a href="#conditions">What was run</a><a href="#methods">How it is computed</a></nav>
        <main>
        {sweep.Tasks.Select((task, i) => Task(task, $"task-{i + 1}", sweep))}
        {Run(sweep)}
        {Methods(sweep)}
        </main>
        </body>
        </html>

        """).ToString();

    /// <summary>The report's title, which Markdown has too.</summary>
    public static string Title(SweepAnalysis sweep) => $"Key/value grouping: {sweep.Plan.Recipe ?? string.Join(", ", sweep.Tasks.Select(task => task.Asked.Name))}";

    private static Markup Task(TaskAnalysis task, string id, SweepAnalysis sweep) => Markup.Of(
        $"""
        <section id="{id}" aria-labelledby="{id}-h">
        <h2 id="{id}-h">{task.Asked.Name}: {task.Metric} on {task.Asked.TestPairs:N0} texts</h2>
        <div class="findings"><ul>{Findings.Of(task).Select(finding => Markup.Of($"<li>{finding}</li>"))}</ul></div>
        {Unfinished(task, sweep)}
        {Scores(task)}
        {Effects(task, id)}
        {Ordering(task)}
        {Cache(task, id)}
        {Losses(task, id)}
        {Weights(task, id)}
        {Samples(task)}
        </section>

        """);

    private static Markup Unfinished(TaskAnalysis task, SweepAnalysis sweep)
    {
        var open = task.Cells.Where(cell => cell.Obstacle is not null).ToList();
        var list = Markup.Of($"""<ul>{open.Select(cell => Markup.Of($"<li>{cell.Cell.Variant}, seed {cell.Cell.Seed}: {cell.Obstacle}</li>"))}</ul>""");
        return Markup.All(
        [
            open.Count == 0 ? Markup.None
            : open.Count <= 6 ? Markup.Of($"""<div class="warning"><p>Runs without results:</p>{list}</div>""")
            : Markup.Of($"""<div class="warning"><p>{open.Count} of {task.Cells.Count} runs have no results yet.</p><details><summary>Which, and why</summary>{list}</details></div>"""),
            task.Disagreements.Count == 0
                ? Markup.None
                : Markup.Of($"""<div class="warning"><p>Scores that are not those of the texts beside them (tables show the texts'):</p><ul>{task.Disagreements.Select(each => Markup.Of($"<li>{each}</li>"))}</ul></div>"""),
        ]);
    }

    private static Markup Scores(TaskAnalysis task)
    {
        var manySeeds = task.Scored.Any(variant => variant.Score!.Count > 1);
        return Markup.Of(
            $"""
            <h3>Scores</h3>
            <div class="scroll" role="region" aria-label="Table of scores" tabindex="0">
            <table class="cards" role="table">
            <caption>{task.Metric}, mean {(manySeeds ? "± standard error over seeds" : "(one seed)")}; Δ is the difference from the fair baseline with as many key/value heads. ◂ marks the Pareto front of the score and the KV cache’s bytes per token.</caption>
            <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">variant</th><th scope="col" role="columnheader" class="n">{task.Metric}</th><th scope="col" role="columnheader" class="n">seeds</th><th scope="col" role="columnheader" class="n">KV heads</th><th scope="col" role="columnheader" class="n">bytes per token</th><th scope="col" role="columnheader" class="n">Δ fair</th><th scope="col" role="columnheader" class="n">p, seeds</th><th scope="col" role="columnheader" class="n">p, texts</th><th scope="col" role="columnheader">verdict</th></tr></thead>
            <tbody role="rowgroup">
            {task.Variants.Select(ScoreRow)}
            </tbody>
            </table>
            </div>
            <p class="note">{ReportText.PValues(task)}</p>

            """);
    }

    private static Markup ScoreRow(VariantResult variant)
    {
        var effect = variant.Effect;
        return Markup.Of(
            $"""
            <tr role="row" class="{(variant.IsOnFront ? "best" : "")}"><th scope="row" role="rowheader"><span class="number">{variant.Number}</span> {variant.Name}</th>{Cell("score", variant.Score?.ToText("0.00"))}{Cell("seeds", $"{variant.Scores.Count}/{variant.Cells.Count}")}{Cell("KV heads", variant.Row is null ? null : variant.Groups is { } groups ? Numbers.Count(groups) : "mixed")}{Cell("bytes/token", variant.CacheBytes is { } bytes ? Numbers.Count(bytes) : null)}{Cell("Δ fair", effect is null ? null : ReportText.WithError(effect))}{Cell("p, seeds", effect?.AdjustedOverSeeds is { } seeds ? Verdict.Shown(seeds) : null)}{Cell("p, texts", effect is null ? null : Verdict.Shown(effect.AdjustedOverTexts))}<td role="cell" class="verdict full">{ReportText.VerdictOf(variant)}</td></tr>

            """);

        static Markup Cell(string label, string? value) => Markup.Of($"""<td role="cell" class="n{(value is null ? " none" : "")}" data-label="{label}">{value ?? "–"}</td>""");
    }

    private static Markup Effects(TaskAnalysis task, string id)
    {
        if (task.Comparisons == 0)
        {
            return Markup.None;
        }

        return Markup.Of(
            $"""
            <h3>Against the fair baseline</h3>
            {Legend(task.Variants.Where(variant => variant.Effect is not null))}
            <figure>
            {EffectChart.Draw(task, $"{id}-effect-w", "wide", Wide)}{EffectChart.Draw(task, $"{id}-effect-n", "narrow", Narrow)}
            <figcaption>{ReportText.EffectCaption(task)}</figcaption>
            </figure>

            """);
    }

    private static Markup Ordering(TaskAnalysis task) => Markup.Of(
        $"""
        <h3>The paper’s ordering</h3>
        <p>{task.Ordering.Words}</p>
        <div class="scroll" role="region" aria-label="The paper’s ordering" tabindex="0">
        <table class="cards" role="table">
        <caption>MHA ≥ weighted GQA ≥ GQA ≥ weighted MQA ≥ MQA ≥ random inits, link by link. A place with several variants has the mean of their scores; p-values are adjusted (Holm) for the links.</caption>
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">link</th><th scope="col" role="columnheader">variants</th><th scope="col" role="columnheader" class="n">difference</th><th scope="col" role="columnheader" class="n">p, seeds</th><th scope="col" role="columnheader" class="n">p, texts</th><th scope="col" role="columnheader">verdict</th></tr></thead>
        <tbody role="rowgroup">
        {task.Ordering.Links.Select(link => Markup.Of(
            $"""
            <tr role="row"><th scope="row" role="rowheader">{link.Better} ≥ {link.Worse}</th><td role="cell" class="full">{ReportText.Members(link)}</td><td role="cell" class="n" data-label="difference">{(link.Effect is null ? "–" : ReportText.WithError(link.Effect))}</td><td role="cell" class="n" data-label="p, seeds">{(link.Effect?.AdjustedOverSeeds is { } seeds ? Verdict.Shown(seeds) : "–")}</td><td role="cell" class="n" data-label="p, texts">{(link.Effect is null ? "–" : Verdict.Shown(link.Effect.AdjustedOverTexts))}</td><td role="cell" class="verdict full">{link.Words}</td></tr>

            """))}
        </tbody>
        </table>
        </div>

        """);

    private static Markup Cache(TaskAnalysis task, string id)
    {
        var chart = CacheChart.Draw(task, $"{id}-cache-w", "wide", Wide);
        return chart == Markup.None ? Markup.None : Markup.Of(
            $"""
            <h3>Quality against KV cache</h3>
            {Legend(task.Scored)}
            <figure>
            {chart}{CacheChart.Draw(task, $"{id}-cache-n", "narrow", Narrow)}
            <figcaption>{ReportText.CacheCaption}</figcaption>
            </figure>

            """);
    }

    private static Markup Losses(TaskAnalysis task, string id)
    {
        var panels = LossChart.Draw(task, $"{id}-loss");
        return panels.Count == 0 ? Markup.None : Markup.Of(
            $"""
            <h3>Training loss</h3>
            <figure>
            <div class="panels">{panels}</div>
            <figcaption>{ReportText.LossCaption(task)}</figcaption>
            </figure>

            """);
    }

    private static Markup Weights(TaskAnalysis task, string id)
    {
        var panels = WeightChart.Draw(task, $"{id}-weights");
        var rows = MergeDistances.Of(WeightChart.Learned(task), task.Variants);
        return panels.Count == 0 ? Markup.None : Markup.Of(
            $"""
            <h3>What merge weights learned (the paper’s Figure 2)</h3>
            <ul class="legend"><li><svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="4" class="key"/></svg>key head</li><li><svg viewBox="0 0 16 16" aria-hidden="true"><rect x="4" y="4" width="8" height="8" class="value"/></svg>value head</li><li><svg viewBox="0 0 16 16" aria-hidden="true"><line x1="1" x2="15" y1="8" y2="8" class="median"/></svg>median</li></ul>
            <figure>
            <div class="panels large">{panels}</div>
            <figcaption>{ReportText.WeightCaption}</figcaption>
            </figure>
            <div class="scroll" role="region" aria-label="Test of Figure 2" tabindex="0">
            <table>
            <caption>{ReportText.WeightTest}</caption>
            <thead><tr><th scope="col">variant</th><th scope="col">kind</th><th scope="col" class="n">heads</th><th scope="col" class="n">mean difference</th><th scope="col" class="n">of mean |W|</th><th scope="col" class="n">t</th><th scope="col" class="n">p</th><th scope="col" class="n">from checkpoint</th><th scope="col" class="n">fair baseline’s</th></tr></thead>
            <tbody>
            {rows.Select(row => Markup.Of(
                $"""
                <tr><th scope="row">{row.Variant}</th><td>{row.Kind}</td><td class="n">{row.Heads:N0}</td><td class="n">{Numbers.Measured(row.Mean)}</td><td class="n">{100 * row.Relative:0.0} %</td><td class="n">{(row.Test is null ? "–" : $"{Numbers.Measured(Math.Round(row.Test.T, 1))}")}</td><td class="n">{(row.Test is null ? "–" : Verdict.Shown(row.Test.PValue))}</td><td class="n">{(row.FromCheckpoint is { } moved ? Numbers.Measured(moved) : "–")}</td><td class="n">{(row.FairFromCheckpoint is { } fair ? Numbers.Measured(fair) : "–")}</td></tr>

                """))}
            </tbody>
            </table>
            </div>

            """);
    }

    private static Markup Samples(TaskAnalysis task)
    {
        var samples = SampleTexts.Of(task);
        return samples.Count == 0 ? Markup.None : Markup.Of(
            $"""
            <h3>Sample outputs</h3>
            <p class="note">{ReportText.SampleCaption(task, samples.Count)} Words with dotted lines are not in the reference.</p>
            {samples.Select(Sample)}
            """);
    }

    private static Markup Sample(SampleTexts sample)
    {
        var known = sample.References.SelectMany(Words).Select(Bare).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Markup.Of(
            $"""
            <section class="sample" aria-label="Text {sample.Number}">
            <dl class="given"><dt>Source, text {sample.Number}</dt><dd>{Shortened(sample.Source)}</dd><dt>Reference</dt><dd>{sample.References.Select((reference, i) => Markup.Of($"{(i > 0 ? " / " : "")}{reference}"))}</dd></dl>
            <dl>{sample.Outputs.Select(output => Markup.Of($"<dt>{string.Join(", ", output.Variants)}</dt><dd>{(output.Text.Length == 0 ? [Markup.Of($"""<span class="dim">(nothing)</span>""")] : Words(output.Text).Select((word, i) => Marked(word, i)))}</dd>"))}</dl>
            </section>

            """);

        Markup Marked(string word, int i) => known.Contains(Bare(word))
            ? Markup.Of($"{(i > 0 ? " " : "")}{word}")
            : Markup.Of($"""{(i > 0 ? " " : "")}<span class="new">{word}</span>""");

        static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        static string Bare(string word) => word.Trim('.', ',', ';', ':', '!', '?', '"', '\'', '(', ')');
        static string Shortened(string text) => text.Length <= 700 ? text : text[..text.LastIndexOf(' ', 700)] + " …";
    }

    private static Markup Run(SweepAnalysis sweep) => Markup.Of(
        $"""
        <section id="conditions" aria-labelledby="conditions-h">
        <h2 id="conditions-h">What was run, and on what</h2>
        {Facts("The sweep", Conditions.Of(sweep))}
        {sweep.Tasks.Select(task => Facts($"Task {task.Asked.Name}: data and hyper-parameters of every run", Conditions.Of(task.Asked)))}
        {sweep.Environments.Select(each => Facts($"Environment of {each.Cells} run{(each.Cells == 1 ? "" : "s")}", Conditions.Of(each.Environment)))}
        {Costs(sweep)}
        </section>

        """);

    private static Markup Costs(SweepAnalysis sweep) => Markup.All(sweep.Tasks.Where(task => task.Variants.Any(variant => variant.Row is not null)).Select(task => Markup.Of(
        $"""
        <div class="scroll" role="region" aria-label="Costs and folds" tabindex="0">
        <table>
        <caption>{task.Asked.Name}: what each variant cost, and its fold. Speeds were measured beside whatever else the machine did.</caption>
        <thead><tr><th scope="col">variant</th><th scope="col" class="n">merge weights</th><th scope="col" class="n">trained parameters</th><th scope="col" class="n">training time per run</th><th scope="col" class="n">final loss</th><th scope="col" class="n">generated tokens/s</th><th scope="col" class="n">fold: largest logit error</th><th scope="col" class="n">fold: same texts</th></tr></thead>
        <tbody>
        {ReportText.Costs(task).Select(row => Markup.Of(
            $"""<tr><th scope="row">{row[0]}</th>{row.Skip(1).Select(cell => Markup.Of($"""<td class="n">{cell}</td>"""))}</tr>"""))}
        </tbody>
        </table>
        </div>

        """)));

    private static Markup Methods(SweepAnalysis sweep) => Markup.Of(
        $"""
        <section id="methods" aria-labelledby="methods-h">
        <h2 id="methods-h">How it is computed</h2>
        <ul>{ReportText.Methods(sweep).Select(sentence => Markup.Of($"<li>{sentence}</li>"))}</ul>
        </section>

        """);

    private static Markup Facts(string caption, IReadOnlyList<(string Name, string Value)> facts) => Markup.Of(
        $"""
        <table class="facts">
        <caption>{caption}</caption>
        <tbody>{facts.Select(fact => Markup.Of($"""<tr><th scope="row">{fact.Name}</th><td>{fact.Value}</td></tr>"""))}</tbody>
        </table>

        """);

    private static Markup Legend(IEnumerable<VariantResult> variants) => Markup.Of(
        $"""<ul class="legend">{variants.Select(variant => variant.Kind).Distinct().Order().Select(kind => Markup.Of($"""<li><svg viewBox="0 0 16 16" aria-hidden="true">{Drawing.Marker(kind, 8, 8, 5, false)}</svg>{kind.Words()}</li>"""))}</ul>""");

    private static string StyleSheet()
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("page.css")!);
        return reader.ReadToEnd();
    }
}
