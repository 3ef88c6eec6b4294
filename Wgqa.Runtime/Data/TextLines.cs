using System.Text;

namespace Wgqa.Data;

/// <summary>Text files as lines: UTF-8, plain or gzipped, with LF or CRLF.</summary>
public static class TextLines
{
    /// <summary>The lines of a file, read as they are asked for.</summary>
    /// <exception cref="UserException">The file is missing, truncated, or not UTF-8.</exception>
    public static IEnumerable<string> Read(string path)
    {
        using var reader = new LineReader(path);
        while (reader.TryRead(out var line))
        {
            yield return Encoding.UTF8.GetString(line.Span);
        }
    }

    /// <summary>Several files whose lines belong together, such as predictions and their references.</summary>
    /// <returns>For each file its lines; all have the same count.</returns>
    /// <exception cref="UserException">A file cannot be read or is empty, or two have different counts: it names both.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> ReadAligned(params IReadOnlyList<string> paths)
    {
        var files = paths.Select(path => (IReadOnlyList<string>)Read(path).ToList()).ToList();
        for (var i = 0; i < files.Count; i++)
        {
            if (files[i].Count == 0)
            {
                throw new UserException($"{paths[i]} is empty: it has no lines.");
            }

            if (files[i].Count != files[0].Count)
            {
                throw new UserException($"{paths[0]} has {files[0].Count} lines but {paths[i]} has {files[i].Count}.");
            }
        }

        return files;
    }
}
