using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Wgqa.Checkpoints;
using Wgqa.Data;

namespace Wgqa.Experiments.Sweeps;

/// <summary>The texts of one task.</summary>
/// <param name="Train">Training pairs.</param>
/// <param name="Test">Held-out pairs that scores are computed on.</param>
internal sealed record TaskData(IReadOnlyList<TextPair> Train, IReadOnlyList<TextPair> Test)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What scores depend on beside the trained model: a cell evaluated on something else is evaluated again.</summary>
    public string EvaluatedOn(int beams)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Test.Select(Line))))[..16];
        return string.Create(CultureInfo.InvariantCulture, $"{Test.Count} pairs ({digest}), beams {beams}");
    }

    /// <summary>Writes the test pairs, a JSON line each; a file that holds them already is left alone.</summary>
    public void WriteTest(string file)
    {
        var text = string.Concat(Test.Select(pair => JsonSerializer.Serialize(Line(pair), Json) + "\n"));
        if (!File.Exists(file) || File.ReadAllText(file) != text)
        {
            CompleteFile.Write(file, text);
        }
    }

    /// <summary>Reads test pairs that were written so.</summary>
    /// <exception cref="UserException">There is no such file, or it is not what was written.</exception>
    public static IReadOnlyList<TextPair> ReadTest(string file)
    {
        try
        {
            return [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize<TestLine>(line, Json)!).Select(line => new TextPair(line.Source, line.References[0]) { References = line.References })];
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            throw new UserException($"{file} cannot be read as a sweep's test pairs: {error.Message}", error);
        }
    }

    private static TestLine Line(TextPair pair) => new(pair.Source, pair.References);

    private sealed record TestLine(string Source, IReadOnlyList<string> References);
}
