namespace Wgqa.Checkpoints;

/// <summary>
/// A file that is whole or not there: written beside its place, flushed to the disk, then renamed. What is no file to begin with
/// (<c>/dev/stdout</c>, <c>/dev/null</c>, a shell's <c>/dev/fd/63</c>) is written to and stays what it is.
/// </summary>
public static class CompleteFile
{
    /// <summary>Writes <paramref name="path"/>, replacing what is there; its folder is made where needed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content. If it throws, nothing is left behind and the old file stays.</param>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        if (IsDevice(path))
        {
            WriteStraight(path, write);
            return;
        }

        path = Destination(path);
        var beside = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be written: {exception.Message}", exception);
        }
        finally
        {
            Remove(beside);   // already renamed, unless something was thrown
        }
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void Write(string path, string text) => Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);   // UTF-8 without a byte order mark
        writer.Write(text);
    });

    private static bool IsDevice(string path)
    {
        var full = Path.GetFullPath(path);
        return File.Exists(full) && full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal);
    }

    /// <summary>Where a link leads, so that it stays one and what it leads to is replaced; else the path itself.</summary>
    private static string Destination(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        }
        catch (IOException exception)
        {
            throw new UserException($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    private static void WriteStraight(string path, Action<Stream> write)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 1 << 16);
            write(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Deletes a file if it is there.</summary>
    /// <exception cref="UserException">The file cannot be deleted.</exception>
    public static void Remove(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be deleted: {exception.Message}", exception);
        }
    }

    /// <summary>Removes what a killed process had begun to write beside files of a folder; nobody else may be writing there.</summary>
    internal static void RemoveUnfinished(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "*.part").Where(static file => Guid.TryParseExact(Path.GetFileName(file).Split('.')[^2], "N", out _)))
        {
            File.Delete(file);
        }
    }
}
