using System.CommandLine;
using Wgqa.Data;
using Wgqa.Experiments.Recipes;

namespace Wgqa.Experiments.Commands;

/// <summary>The options that say what data a command reads and what task they are.</summary>
/// <param name="dataIsRequired">Whether a command cannot do without data.</param>
/// <param name="plainText">Whether the command can do with text that is not in pairs.</param>
internal sealed class TaskOptions(bool dataIsRequired = true, bool plainText = false)
{
    /// <summary>The task that is learned from plain text, and that <c>pretrain</c> alone has.</summary>
    public const string SpanCorruption = "span-corruption";

    private readonly Option<string> _task = new("--task")
    {
        Description = plainText ? $"translation, summarization or {SpanCorruption}." : "translation or summarization.",
        DefaultValueFactory = _ => "translation",
    };

    private readonly Option<string[]> _data = new("--data")
    {
        Description = "Pairs of texts: FILE.jsonl, FILE.tsv, SOURCE,TARGET (two aligned files), or a folder with train, val and test; each may be gzipped."
            + (plainText ? $" With {SpanCorruption}: text files, and folders of them." : ""),
        Required = dataIsRequired,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "DATA",
    };

    private readonly Option<string?> _sourceField = new("--source-field") { Description = "JSON field, TSV column or file ending of the source text." };
    private readonly Option<string?> _targetField = new("--target-field") { Description = "JSON field, TSV column or file ending of the target text." };
    private readonly Option<bool> _swap = new("--swap") { Description = "Exchange source and target." };
    private readonly Option<int?> _limit = new("--limit") { Description = "Use only the first N pairs." };
    private readonly Option<string?> _prefix = new("--prefix") { Description = "The words before each source text (default: the task's own)." };
    private readonly Option<int?> _maxSource = new("--max-source") { Description = "The longest source in tokens; what is longer is cut." };
    private readonly Option<int?> _maxTarget = new("--max-target") { Description = "The longest target in tokens, trained on or generated." };

    public void AddTo(Command command)
    {
        Option[] all = [_task, _data, _sourceField, _targetField, _swap, _limit, _prefix, _maxSource, _maxTarget];
        foreach (var option in all)
        {
            command.Add(option);
        }
    }

    /// <summary>Whether data are named.</summary>
    public bool HasData(ParseResult result) => result.GetValue(_data) is { Length: > 0 };

    /// <summary>The words after <c>--data</c>, separated by commas.</summary>
    public string DataSpec(ParseResult result) => string.Join(',', result.GetValue(_data)!);

    /// <summary>The words after <c>--data</c>, one by one.</summary>
    public IReadOnlyList<string> DataSpecs(ParseResult result) => result.GetValue(_data) ?? [];

    /// <summary>The most pairs that are to be used, if the command line says.</summary>
    public int? Limit(ParseResult result) => AtLeast(1, result.GetValue(_limit), "--limit");

    /// <summary>Prefix and lengths where the command line writes them; else as they were.</summary>
    public TextTask Over(ParseResult result, TextTask task) => task with
    {
        Prefix = result.GetValue(_prefix) ?? task.Prefix,
        MaxSourceTokens = MaxSource(result) ?? task.MaxSourceTokens,
        MaxTargetTokens = AtLeast(1, result.GetValue(_maxTarget), "--max-target") ?? task.MaxTargetTokens,
    };

    /// <summary>Whether the task is <see cref="SpanCorruption"/>, on plain text.</summary>
    public bool IsSpanCorruption(ParseResult result) => plainText && result.GetValue(_task) == SpanCorruption;

    /// <summary>Whether the command line says what task it is.</summary>
    public bool KindIsWritten(ParseResult result) => result.GetResult(_task) is { Implicit: false };

    /// <summary>The words after <c>--max-source</c>.</summary>
    public int? MaxSource(ParseResult result) => AtLeast(1, result.GetValue(_maxSource), "--max-source");

    /// <summary>The task, with what the command line changes in it.</summary>
    public TextTask Task(ParseResult result) => Over(result, TextTask.Named(result.GetValue(_task)!));

    /// <summary>The pairs of one split of the data (a file has one split, whatever it is called).</summary>
    public IReadOnlyList<TextPair> Pairs(ParseResult result, string split) =>
        DataSource.Parse(DataSpec(result), Reading(result, split)).ReadAll(Limit(result));

    /// <summary>The pairs of another file or folder, read the same way.</summary>
    public IReadOnlyList<TextPair> Pairs(ParseResult result, string spec, string split, int? limit = null) =>
        DataSource.Parse(spec, Reading(result, split)).ReadAll(limit);

    /// <summary>The pairs that a model in training is validated on: those named, else the val split of a data folder, else none.</summary>
    public IReadOnlyList<TextPair> HeldOut(ParseResult result, string? spec) =>
        spec is null ? SplitOfFolder(result, "val") ?? [] : Pairs(result, spec, "val");

    /// <summary>The split of the data folder, or null where the data is a file or the folder has no such split.</summary>
    public IReadOnlyList<TextPair>? SplitOfFolder(ParseResult result, string split) => SplitOfFolder(result, DataSpec(result), split);

    /// <inheritdoc cref="SplitOfFolder(ParseResult, string)"/>
    public IReadOnlyList<TextPair>? SplitOfFolder(ParseResult result, string spec, string split, int? limit = null) =>
        Directory.Exists(spec) ? DataSource.InFolder(spec, Reading(result, split))?.ReadAll(limit) : null;

    /// <summary>Refuses a number below the smallest that makes sense.</summary>
    public static int? AtLeast(int least, int? value, string option) =>
        value is { } given && given < least ? throw new UserException($"{option} is {given}; it must be at least {least}.") : value;

    private DataOptions Reading(ParseResult result, string split) => new()
    {
        SourceField = result.GetValue(_sourceField),
        TargetField = result.GetValue(_targetField),
        Swap = result.GetValue(_swap),
        Split = split,
    };
}
