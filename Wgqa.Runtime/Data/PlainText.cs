using Wgqa.Text;

namespace Wgqa.Data;

/// <summary>
/// Plain text in files, gzipped or not, as one stream of token ids: a blank line and the end of a file end a document, the lines
/// of a document belong together, and each document is closed by the end-of-text id. Nothing but some thousand lines is in memory.
/// </summary>
public sealed class PlainText
{
    private const int LinesTokenizedTogether = 4096;
    private static readonly string[] Endings = [".txt", ".txt.gz"];

    private readonly string[] _files;

    /// <summary>Text in files.</summary>
    /// <param name="files">At least one.</param>
    public PlainText(IEnumerable<string> files) => _files = [.. files];

    /// <summary>The files, in the order of their names in <see cref="Parse"/>.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>The files that a user's words name: files separated by commas, and folders, of which every <c>.txt</c> and <c>.txt.gz</c>.</summary>
    /// <exception cref="UserException">A file is missing, or a folder has none.</exception>
    public static PlainText Parse(string spec)
    {
        var files = new List<string>();
        foreach (var path in spec.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Directory.Exists(path))
            {
                var inside = Directory.EnumerateFiles(path)
                    .Where(file => Array.Exists(Endings, ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
                    .Order(StringComparer.Ordinal).ToList();
                files.AddRange(inside.Count > 0 ? inside : throw new UserException($"{path} has no text: no file in it is called .txt or .txt.gz."));
            }
            else
            {
                files.Add(File.Exists(path) ? path : throw new UserException($"'{path}' does not exist; text is files, or folders of .txt and .txt.gz files, separated by commas."));
            }
        }

        return new(files);
    }

    /// <summary>The lines that have a visible character, file by file.</summary>
    /// <exception cref="UserException">A file cannot be read.</exception>
    public IEnumerable<string> Lines() => _files.SelectMany(TextLines.Read).Where(line => !string.IsNullOrWhiteSpace(line));

    /// <summary>As many lines as asked for, drawn from all with equal chances, in the text's order; all where there are fewer.</summary>
    /// <remarks>Algorithm R of Vitter, "Random Sampling with a Reservoir" (1985).</remarks>
    public IReadOnlyList<string> Sample(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        var sample = new List<(long Place, string Line)>(count);
        var seen = 0;
        foreach (var line in Lines())
        {
            if (sample.Count < count)
            {
                sample.Add((seen, line));
            }
            else if (random.Next(seen + 1) is var place && place < count)
            {
                sample[place] = (seen, line);
            }

            seen++;
        }

        return [.. sample.OrderBy(drawn => drawn.Place).Select(drawn => drawn.Line)];
    }

    /// <summary>The text as sequences of <paramref name="length"/> ids without a gap, in the files' order; what is left at the end is dropped.</summary>
    /// <param name="tokenizer">Its padding and sentinels never come out of a text, even where a text spells one.</param>
    /// <param name="length">Ids of each sequence.</param>
    /// <param name="order">The files' order, as indices; theirs where none is given.</param>
    /// <exception cref="UserException">A file cannot be read, or all text together is shorter than one sequence.</exception>
    public IEnumerable<int[]> Packed(T5Tokenizer tokenizer, int length, IReadOnlyList<int>? order = null)
    {
        var sequence = new int[length];
        var filled = 0;
        var any = false;
        foreach (var id in Ids(tokenizer, order ?? [.. Enumerable.Range(0, _files.Length)]))
        {
            sequence[filled++] = id;
            if (filled == length)
            {
                yield return sequence;
                (sequence, filled, any) = (new int[length], 0, true);
            }
        }

        if (!any)
        {
            throw new UserException($"{string.Join(", ", _files)}: the text has {filled} tokens, and a single sequence takes {length}.");
        }
    }

    private IEnumerable<int> Ids(T5Tokenizer tokenizer, IReadOnlyList<int> order)
    {
        foreach (var file in order)
        {
            var open = false;
            foreach (var lines in TextLines.Read(_files[file]).Chunk(LinesTokenizedTogether))
            {
                foreach (var ids in tokenizer.EncodeBatch(lines, addEos: false))
                {
                    if (ids.Length == 0 && open)
                    {
                        yield return tokenizer.EosId;
                    }

                    open = ids.Length > 0;
                    foreach (var id in ids)
                    {
                        if (id != tokenizer.PadId && !tokenizer.IsSentinel(id))
                        {
                            yield return id;
                        }
                    }
                }
            }

            if (open)
            {
                yield return tokenizer.EosId;
            }
        }
    }
}
