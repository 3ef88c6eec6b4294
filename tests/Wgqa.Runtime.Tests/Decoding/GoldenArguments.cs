using System.Text.Json;
using Wgqa.Decoding;

namespace Wgqa.Runtime.Tests.Decoding;

/// <summary>Reads the reference files' generation cases.</summary>
internal static class GoldenArguments
{
    public static JsonElement Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    /// <summary>Hugging Face's arguments as options, read the way a generation_config.json is.</summary>
    public static GenerationOptions Options(JsonElement arguments)
    {
        var folder = Directory.CreateTempSubdirectory("wgqa-golden-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, GenerationConfigFile.FileName), arguments.GetRawText());
            return GenerationConfigFile.Read(folder.FullName, new());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A list of lists of token ids.</summary>
    public static int[][] Rows(JsonElement sequences) => [.. sequences.EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray())];
}
