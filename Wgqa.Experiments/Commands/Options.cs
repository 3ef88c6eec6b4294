using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Wgqa.Experiments.Recipes;
using Wgqa.Profiling;

namespace Wgqa.Experiments.Commands;

/// <summary>Options that several commands share, so that one name means one thing.</summary>
internal static class Options
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = false,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object and nothing else." };

    public static Option<string> Model() => new("--model")
    {
        Description = "A Hugging Face T5 folder: config.json, model.safetensors, spiece.model.",
        Required = true,
        HelpName = "DIR",
    };

    public static Option<string> Out(string description) => new("--out") { Description = description, Required = true, HelpName = "PATH" };

    /// <summary>The full path of the folder to write, which must not be the one that is read.</summary>
    /// <exception cref="UserException">It is.</exception>
    public static string Written(string output, string source)
    {
        var written = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        return written != Path.TrimEndingDirectorySeparator(Path.GetFullPath(source))
            ? written
            : throw new UserException($"--out is {output}, the folder of the model that is read; choose another, or it would be lost.");
    }

    public static Option<string> Variant() => new("--variant")
    {
        Description = "A declared variant; `variants` lists them.",
        Required = true,
        HelpName = "NAME",
    };

    public static Option<string> Shape() => new("--shape")
    {
        Description = $"The model shape that costs are computed for: {string.Join(", ", ModelShape.Names)}.",
        DefaultValueFactory = _ => "t5-base",
        HelpName = "NAME",
    };

    public static Option<string> CacheType() => new("--dtype")
    {
        Description = "The cache's element type: float32, bfloat16 or float16.",
        DefaultValueFactory = _ => "float32",
    };

    public static Option<int> Seed() => new("--seed") { Description = "Seed of everything random.", DefaultValueFactory = _ => 1 };

    public static Option<string> Device() => new("--device") { Description = "cpu, cuda or cuda:N.", DefaultValueFactory = _ => "cpu" };

    public static Option<string> Precision() => new("--precision")
    {
        Description = "What matrix products are computed in: float32 or bfloat16. Weights stay float32.",
        DefaultValueFactory = _ => "float32",
    };

    /// <summary>For a command that decodes; <see cref="TrainingFlags"/> has training's.</summary>
    public static Option<bool> DecodingProfile() => new("--profile") { Description = "Say where the time of a decoding step goes." };

    /// <summary>Says on standard error what was measured.</summary>
    public static void Say(Profile? measured)
    {
        foreach (var line in measured?.Lines() ?? [])
        {
            Console.Error.WriteLine(line);
        }
    }

    /// <summary>The last look before files are written, which is then done to the end.</summary>
    /// <exception cref="OperationCanceledException">Somebody has asked to stop.</exception>
    public static void RequireUninterrupted(CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException("Interrupted; nothing has been written.");
        }
    }

    /// <summary>A precision by the name that users write.</summary>
    /// <exception cref="UserException">There is none of that name.</exception>
    public static Precision PrecisionNamed(string name) => name switch
    {
        "float32" => Wgqa.Precision.Float32,
        "bfloat16" => Wgqa.Precision.BFloat16,
        _ => throw new UserException($"--precision is '{name}'; it must be float32 or bfloat16."),
    };

    /// <summary>Prints a result as one line of camel-case JSON.</summary>
    public static void PrintJson(object result) => Console.WriteLine(JsonSerializer.Serialize(result, CamelCase));
}
