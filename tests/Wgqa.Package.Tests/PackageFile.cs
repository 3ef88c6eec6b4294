using System.IO.Compression;
using System.Xml.Linq;

namespace Wgqa.Package.Tests;

/// <summary>A package, read.</summary>
internal sealed class PackageFile
{
    private readonly Dictionary<string, byte[]> _files = [];

    public PackageFile(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        foreach (var entry in archive.Entries.Where(static entry => !IsEnvelope(entry.FullName)))
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            _files.Add(entry.FullName, bytes.ToArray());
        }

        var manifest = XDocument.Load(new MemoryStream(this[Files.Single(static file => file.EndsWith(".nuspec", StringComparison.Ordinal))]));
        Metadata = manifest.Root!.Elements().Single();
    }

    /// <summary>Everything in it, in ordinal order, but for what makes a zip file a package.</summary>
    public IEnumerable<string> Files => _files.Keys.Order(StringComparer.Ordinal);

    /// <summary>The manifest's only element.</summary>
    public XElement Metadata { get; }

    /// <summary>"Id Version" of each dependency.</summary>
    public IEnumerable<string> Dependencies =>
        Metadata.Descendants().Where(static element => element.Name.LocalName == "dependency").Select(static element => $"{(string?)element.Attribute("id")} {(string?)element.Attribute("version")}");

    public byte[] this[string file] => _files[file];

    /// <summary>A field of the manifest; null where it is left out.</summary>
    public string? Field(string name) => Metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;

    private static bool IsEnvelope(string name) => name is "[Content_Types].xml" or "_rels/.rels" || name.EndsWith(".psmdcp", StringComparison.Ordinal);
}
