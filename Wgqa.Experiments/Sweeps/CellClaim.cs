namespace Wgqa.Experiments.Sweeps;

/// <summary>
/// One process's claim on a cell: an open file that no other process can open. The system lets go of it when the process ends, however it ends,
/// so a process that is killed leaves its cell to the others.
/// </summary>
/// <remarks>The file itself stays: were it deleted, a process that had just opened it would hold a claim on a file that nobody else can see.</remarks>
internal sealed class CellClaim : IDisposable
{
    private readonly FileStream _file;

    private CellClaim(FileStream file) => _file = file;

    /// <summary>Claims the cell with this folder; null where another process has it.</summary>
    /// <exception cref="UserException">The folder cannot be written to.</exception>
    public static CellClaim? TryTake(string cell)
    {
        try
        {
            Directory.CreateDirectory(cell);
            return new(new FileStream(Path.Combine(cell, ".claim"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UserException($"The sweep's folder {cell} cannot be written to: {error.Message}", error);
        }
        catch (IOException) when (Directory.Exists(cell))
        {
            return null;
        }
        catch (IOException error)
        {
            throw new UserException($"The sweep's folder {cell} cannot be made: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
