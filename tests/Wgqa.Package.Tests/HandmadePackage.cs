using System.IO.Compression;

namespace Wgqa.Package.Tests;

/// <summary>The least that is a package.</summary>
internal static class HandmadePackage
{
    /// <summary>Writes a package without dependencies.</summary>
    public static void Write(string folder, string id, string version, params (string Name, byte[] Bytes)[] files)
    {
        using var archive = ZipFile.Open(Path.Combine(folder, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using (var manifest = new StreamWriter(archive.CreateEntry($"{id}.nuspec").Open()))
        {
            manifest.Write($"<package><metadata><id>{id}</id><version>{version}</version><authors>Nobody</authors><description>Compiled against, and nothing else.</description></metadata></package>");
        }

        foreach (var (name, bytes) in files)
        {
            using var file = archive.CreateEntry(name).Open();
            file.Write(bytes);
        }
    }
}
