#if SNAPSHOT_VERIFY
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Wgqa.Generators.Tests;

/// <summary>Compares generated files with their snapshots, by the package Verify.SourceGenerators.</summary>
internal static class Snapshot
{
    [ModuleInitializer]
    public static void Initialize() => VerifyTests.VerifySourceGenerators.Initialize();

    public static async Task Verify(GeneratorDriver driver, [CallerFilePath] string file = "", [CallerMemberName] string test = "")
    {
        var settings = new VerifyTests.VerifySettings();
        settings.UseMethodName(test);
        await VerifyXunit.Verifier.Verify(driver, settings, file);
    }
}
#else
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Wgqa.Generators.Tests;

/// <summary>
/// Compares generated files with their snapshots, which have Verify's names and format: <c>Class.Test#File.verified.cs</c>
/// beside the test, beginning with the file's name. What differs is written to <c>….received.cs</c>: rename it to accept it.
/// </summary>
internal static class Snapshot
{
    public static async Task Verify(GeneratorDriver driver, [CallerFilePath] string file = "", [CallerMemberName] string test = "")
    {
        var prefix = Path.Combine(Path.GetDirectoryName(file)!, $"{Path.GetFileNameWithoutExtension(file)}.{test}#");
        var expected = Directory.GetFiles(Path.GetDirectoryName(prefix)!, Path.GetFileName(prefix) + "*.verified.cs").ToHashSet();
        var different = new List<string>();
        foreach (var source in driver.GetRunResult().Results.Single().GeneratedSources)
        {
            var path = prefix + Path.GetFileNameWithoutExtension(source.HintName);
            var (verified, received) = (path + ".verified.cs", path + ".received.cs");
            var text = $"//HintName: {source.HintName}\n{source.SourceText}";
            File.Delete(received);
            if (!expected.Remove(verified) || (await File.ReadAllTextAsync(verified)).ReplaceLineEndings("\n") != text)
            {
                await File.WriteAllTextAsync(received, text);
                different.Add(received);
            }
        }

        Assert.True(different.Count == 0, $"not as verified: {string.Join(", ", different)}");
        Assert.True(expected.Count == 0, $"verified, and no longer generated: {string.Join(", ", expected)}");
    }
}
#endif
