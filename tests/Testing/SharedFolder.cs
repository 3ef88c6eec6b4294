namespace Wgqa.Testing;

/// <summary>
/// Reference data that lives beside a checkout and is not part of it: <c>../shared</c>, or the folder that
/// <c>WGQA_SHARED</c> names. Tests that need it are skipped, visibly, where it is absent.
/// </summary>
internal static class SharedFolder
{
    /// <summary>The folder's full path, or null where there is none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>A path under the folder. Call it only from a test that <see cref="SharedFactAttribute"/> guards.</summary>
    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([Root ?? throw new InvalidOperationException("this test needs the shared reference data; mark it [SharedFact]"), .. parts]);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("WGQA_SHARED") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Wgqa.sln")))
            {
                var beside = System.IO.Path.Combine(folder.Parent?.FullName ?? "/", "shared");
                return Directory.Exists(System.IO.Path.Combine(beside, "golden")) ? beside : null;
            }
        }

        return null;
    }
}

/// <summary>A test that needs the shared reference data.</summary>
public sealed class SharedFactAttribute : FactAttribute
{
    /// <summary>Skips where the data is absent.</summary>
    public SharedFactAttribute()
    {
        if (SharedFolder.Root is null)
        {
            Skip = "needs the reference data in ../shared";
        }
    }
}

/// <summary>A theory that needs the shared reference data.</summary>
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where the data is absent.</summary>
    public SharedTheoryAttribute()
    {
        if (SharedFolder.Root is null)
        {
            Skip = "needs the reference data in ../shared";
        }
    }
}
