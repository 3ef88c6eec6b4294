using System.Reflection;

namespace Wgqa.Package.Tests;

/// <summary>How these tests, and the product beside them, were built.</summary>
internal static class Origin
{
    /// <summary>The checkout.</summary>
    public static string Root { get; } = Written("RepositoryRoot");

    /// <summary>Debug or Release.</summary>
    public static string Configuration { get; } = Written("Configuration");

    /// <summary>The product's version, without the suffix of a package that stands on a stand-in.</summary>
    public static string Version { get; } = Written("Version");

    /// <summary>Where the packed product's TorchSharp comes from.</summary>
    public static string TorchSource { get; } = IsPackable ? Written("TorchSource") : "local";

    /// <summary>Where the packed product's tokenizer comes from.</summary>
    public static string TokenizerSource { get; } = Written("TokenizerSource");

    /// <summary>Whether what is built can be packed as it is: a TorchSharp that is files and no package cannot be depended on.</summary>
    public static bool IsPackable => Written("TorchSource") != "dll";

    /// <summary>The folder of restored packages that this build used.</summary>
    public static string PackageFolder { get; } = Written("NuGetPackageRoot");

    /// <summary>The version of a package that the repository's projects may reference.</summary>
    public static string VersionOf(string package) => Written($"{package}.Version");

    private static string Written(string key) =>
        typeof(Origin).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
