namespace Wgqa.Data;

/// <summary>
/// Pairs of texts in files, read as they are asked for. What a user writes names one of:
/// <list type="bullet">
/// <item><c>train.jsonl</c>, <c>.json</c>, <c>.ndjson</c>: a JSON object on each line;</item>
/// <item><c>pairs.tsv</c>: columns separated by tabs, with or without a header;</item>
/// <item><c>train.de,train.en</c>: two files aligned line by line;</item>
/// <item><c>multi30k/train</c>: what two aligned files' names have in common;</item>
/// <item><c>multi30k</c>: a folder with files called after <see cref="DataOptions.Split"/>.</item>
/// </list>
/// Every file may be gzipped. <c>FILE#split=TRAIN</c> takes only the records whose field <c>split</c> is <c>TRAIN</c>.
/// </summary>
public abstract class DataSource
{
    private static readonly string[] JsonEndings = [".jsonl", ".json", ".ndjson"];
    private static readonly string[] TsvEndings = [".tsv", ".tab"];

    private protected DataSource(string name, DataOptions options) => (Name, Options) = (name, options);

    /// <summary>The files, for messages.</summary>
    public string Name { get; }

    /// <summary>The files that a user's words name. Contents are looked at only where the name does not tell the format.</summary>
    /// <exception cref="UserException">There are no such files, or they are of no known form.</exception>
    public static DataSource Parse(string spec, DataOptions? options = null)
    {
        options ??= new DataOptions();
        if (File.Exists(spec))
        {
            return OfFile(spec, options, null);
        }

        var (path, where) = RecordFilter.Split(spec);
        if (File.Exists(path))
        {
            return OfFile(path, options, where);
        }

        if (where is not null)
        {
            throw new UserException($"{path} does not exist; only a single file can be followed by #{where}.");
        }

        if (Directory.Exists(path))
        {
            return InFolder(path, options)
                ?? throw new UserException($"{path} has no '{options.Split}' data: expected {options.Split}.{options.SourceField ?? "de"} and {options.Split}.{options.TargetField ?? "en"}, {options.Split}.jsonl or {options.Split}.tsv, each possibly with .gz.");
        }

        var files = path.Split(',', StringSplitOptions.TrimEntries);
        return files switch
        {
            _ when files.Contains("") => throw new UserException($"'{spec}' names no data: expected a file, a folder, or two files separated by a comma."),
            [var source, var target] => new ParallelFiles(source, target, options),
            [_] => WithPrefix(path, options) ?? throw new UserException($"{path} does not exist."),
            _ => throw new UserException($"{path} names {files.Length} files: data are one file, or two separated by a comma."),
        };
    }

    /// <summary>
    /// The part of a data folder that <see cref="DataOptions.Split"/> names, or null where the folder has none. <c>val</c> also
    /// finds <c>valid</c>, <c>validation</c> and <c>dev</c>; a part without a file of just its name is the first, in order, of
    /// those that it begins, as <c>test_2016_flickr</c> is a <c>test</c>.
    /// </summary>
    public static DataSource? InFolder(string folder, DataOptions options)
    {
        string[] names = options.Split is "val" or "valid" or "validation" or "dev" ? [options.Split, "val", "valid", "validation", "dev"] : [options.Split];
        IEnumerable<string> longer = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file).Split('.')[0])
                .Where(name => name.StartsWith(options.Split + "_", StringComparison.Ordinal) || name.StartsWith(options.Split + "-", StringComparison.Ordinal))
                .Distinct().Order(StringComparer.Ordinal)
            : [];
        return names.Concat(longer).Select(name => WithPrefix(Path.Combine(folder, name), options)).FirstOrDefault(source => source is not null);
    }

    /// <summary>The pairs, in the files' order.</summary>
    /// <exception cref="UserException">A file is damaged or a record is not as it should be: it names file and line. Or there is no pair at all.</exception>
    public IEnumerable<TextPair> Read()
    {
        var any = false;
        foreach (var pair in ReadPairs())
        {
            any = true;
            yield return Options.Swap ? new TextPair(pair.Target, pair.Source) : pair;
        }

        if (!any)
        {
            throw new UserException(Emptiness);
        }
    }

    /// <summary>The first <paramref name="limit"/> pairs, or all.</summary>
    /// <inheritdoc cref="Read"/>
    public IReadOnlyList<TextPair> ReadAll(int? limit = null) => [.. limit is { } count ? Read().Take(count) : Read()];

    /// <inheritdoc />
    public override string ToString() => Name;

    private protected DataOptions Options { get; }

    private protected virtual string Emptiness => $"{Name} is empty: it has no pairs.";

    private protected abstract IEnumerable<TextPair> ReadPairs();

    private static DataSource OfFile(string path, DataOptions options, RecordFilter? where)
    {
        var plain = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        if (Array.Exists(JsonEndings, ending => plain.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
        {
            return new JsonLines(path, options, where);
        }

        if (Array.Exists(TsvEndings, ending => plain.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
        {
            return new TabSeparated(path, options, where);
        }

        using var reader = new LineReader(path);
        if (!reader.TryRead(out var line))
        {
            throw new UserException($"{path} is empty: it has no lines.");
        }

        return line.Span.TrimStart((byte)' ').StartsWith("{"u8) ? new JsonLines(path, options, where)
            : line.Span.Contains((byte)'\t') ? new TabSeparated(path, options, where)
            : throw new UserException($"{path} has no pairs: its first line is neither a JSON object nor has it columns separated by tabs. Two aligned files are written SOURCE,TARGET.");
    }

    private static DataSource? WithPrefix(string prefix, DataOptions options)
    {
        var source = OneOf(prefix, "." + (options.SourceField ?? "de"));
        var target = OneOf(prefix, "." + (options.TargetField ?? "en"));
        if (source is not null && target is not null)
        {
            return new ParallelFiles(source, target, options);
        }

        return OneOf(prefix, [.. JsonEndings, .. TsvEndings]) is { } file ? OfFile(file, options, null) : null;
    }

    private static string? OneOf(string prefix, params string[] endings) =>
        endings.SelectMany(ending => new[] { prefix + ending, prefix + ending + ".gz" }).FirstOrDefault(File.Exists);
}
