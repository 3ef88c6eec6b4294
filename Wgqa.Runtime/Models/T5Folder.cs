using System.Text.Json.Nodes;
using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Decoding;
using static TorchSharp.torch;

namespace Wgqa.Models;

/// <summary>
/// A T5 in a Hugging Face folder: config.json, the weights in safetensors, and beside them whatever files its tokenizer has.
/// Multi-head models are exactly Hugging Face's; variants and folded models carry a section <c>wgqa</c> in config.json.
/// </summary>
public static class T5Folder
{
    private static readonly string[] TokenizerFiles =
        ["spiece.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "generation_config.json"];

    // Tied copies of the embedding that some checkpoints hold, and a bias that the first published ones hold and no code reads.
    private static readonly string[] EmbeddingCopies = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"];
    private const string HeadName = "lm_head.weight";
    private const string StrayBias = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";

    /// <summary>Loads a model, in evaluation mode.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="variants">The declared variants, among which a saved variant is looked up by name.</param>
    /// <param name="elementType">The type to compute in; weights of another are converted.</param>
    /// <param name="device">Where the model is to be; null is the CPU.</param>
    /// <exception cref="UserException">Something in the folder is missing or not as it should be.</exception>
    public static T5 Load(string folder, IReadOnlyList<AttentionVariant>? variants = null, ScalarType elementType = ScalarType.Float32, Device? device = null)
    {
        var config = T5ConfigFile.Load(folder);
        using var weights = CheckpointWeights.Open(folder);
        var name = config.Grouping?.Variant;
        var variant = variants?.FirstOrDefault(v => v.Info.Name == name);
        if (name is not null && variant is null)
        {
            throw new UserException($"{Path.Combine(folder, T5ConfigFile.Name)}: wgqa.variant is {name}, which is none of the declared variants.");
        }

        RequireSizes(config, weights);
        var tied = config.TieWordEmbeddings && !HasItsOwnHead(config, weights);
        config = config with { TieWordEmbeddings = tied, ScaleDecoderOutputs = config.ScaleDecoderOutputs == tied ? null : config.ScaleDecoderOutputs };
        var model = new T5(config, variant);
        try
        {
            if (elementType != ScalarType.Float32)
            {
                model.to(elementType);
            }

            weights.CopyInto(
                model,
                parameter => parameter == "shared.weight" ? config.TieWordEmbeddings ? [.. EmbeddingCopies, HeadName] : EmbeddingCopies : [],
                tensor => tensor == StrayBias || EmbeddingCopies.Contains(tensor) || (config.TieWordEmbeddings && tensor is HeadName or "shared.weight"));
            if (device is not null)
            {
                model.to(device);
            }
        }
        catch
        {
            model.Dispose();
            throw;
        }

        model.eval();
        return model;
    }

    /// <summary>Writes a model. Every file is whole or not there, and config.json comes last: a folder without one is no model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder, made where needed; a model in it is replaced.</param>
    /// <param name="tokenizerFrom">A folder whose tokenizer files to copy; null writes none.</param>
    /// <exception cref="UserException">A file cannot be written.</exception>
    public static void Save(T5 model, string folder, string? tokenizerFrom = null)
    {
        CompleteFile.Remove(Path.Combine(folder, T5ConfigFile.Name));
        SafetensorsFile.Write(Path.Combine(folder, CheckpointWeights.FileName), model.named_parameters().Select(static p => (p.Item1, (Tensor)p.Item2)).Concat(model.named_buffers()));
        var generation = Path.Combine(folder, "generation_config.json");
        CopyTokenizer(tokenizerFrom, folder);
        if (!File.Exists(generation))
        {
            var keys = new JsonObject
            {
                ["_from_model_config"] = true,
                ["decoder_start_token_id"] = model.Config.DecoderStartTokenId,
                ["eos_token_id"] = model.Config.EosTokenId,
                ["pad_token_id"] = model.Config.PadTokenId,
            };
            foreach (var (key, value) in GenerationConfigFile.OptionsIn(model.Config.OtherKeys))
            {
                keys[key] = value?.DeepClone();
            }

            CompleteFile.Write(generation, keys.ToJsonString(T5ConfigFile.Layout) + "\n");
        }

        T5ConfigFile.Save(model.Config, folder, model.parameters().First().dtype.ToString().ToLowerInvariant());
    }

    /// <summary>Every size in the configuration is one in the file before memory is taken for it: a lying config.json cannot exhaust it.</summary>
    private static void RequireSizes(T5Config config, CheckpointWeights weights)
    {
        var (model, inner) = ((long)config.ModelDim, (long)config.Heads * config.HeadDim);
        weights.RequireShape(["shared.weight", .. EmbeddingCopies, HeadName], config.VocabSize, model);
        weights.RequireShape(["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"], config.RelativeBuckets, config.Heads);
        weights.RequireShape([$"encoder.block.{config.EncoderLayers - 1}.layer.1.DenseReluDense.wo.weight"], model, config.FeedForwardDim);
        weights.RequireShape([$"decoder.block.{config.DecoderLayers - 1}.layer.0.SelfAttention.q.weight"], inner, model);
    }

    // transformers 5 writes tie_word_embeddings as true whatever the head is, and scale_decoder_outputs beside it.
    private static bool HasItsOwnHead(T5Config config, CheckpointWeights weights)
    {
        if (config.ScaleDecoderOutputs is null || !weights.Names.Contains(HeadName) || !weights.Names.Contains("shared.weight"))
        {
            return false;
        }

        using Tensor head = weights.Read(HeadName), embedding = weights.Read("shared.weight");
        return head.dtype != embedding.dtype || !head.Equals(embedding);
    }

    private static void CopyTokenizer(string? source, string folder)
    {
        if (source is null || Path.GetFullPath(source) == Path.GetFullPath(folder))
        {
            return;
        }

        foreach (var path in TokenizerFiles.Select(name => Path.Combine(source, name)).Where(File.Exists))
        {
            CompleteFile.Write(Path.Combine(folder, Path.GetFileName(path)), stream =>
            {
                using var original = File.OpenRead(path);
                original.CopyTo(stream);
            });
        }
    }
}
