using System.CommandLine;
using TorchSharp;
using Wgqa.Checkpoints;
using Wgqa.Experiments.Recipes;
using Wgqa.Models;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Commands;

/// <summary><c>logits</c>: a model's numbers for given inputs, so that anyone can compare with another implementation.</summary>
internal static class LogitsCommand
{
    public static Command Create()
    {
        var model = Options.Model();
        var inputs = new Option<string>("--inputs")
        {
            Description = "A safetensors file with input_ids [b, s], decoder_input_ids [b, t] and, if wanted, attention_mask [b, s].",
            Required = true,
            HelpName = "FILE",
        };
        var output = Options.Out("The safetensors file to write: logits [b, t, V] and encoder_last_hidden_state [b, s, m].");
        var device = Options.Device();
        var command = new Command("logits", "Compute logits for given token ids.") { model, inputs, output, device };
        command.SetAction(result => Run(result.GetValue(model)!, result.GetValue(inputs)!, result.GetValue(output)!, result.GetValue(device)!));
        return command;
    }

    private static void Run(string folder, string inputs, string output, string deviceName)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var device = FineTuning.DeviceNamed(deviceName);
        using var file = SafetensorsFile.Open(inputs);
        using var model = T5Folder.Load(folder, VariantCatalog.All, device: device);
        var inputIds = Ids(file, "input_ids", model.Config.VocabSize).to(device);
        var decoderInputIds = Ids(file, "decoder_input_ids", model.Config.VocabSize).to(device);
        var mask = file.Entries.ContainsKey("attention_mask") ? Ids(file, "attention_mask", 2).to(device) : null;
        if (mask is not null && !mask.shape.SequenceEqual(inputIds.shape))
        {
            throw new UserException($"{inputs}: attention_mask is [{string.Join(", ", mask.shape)}] and input_ids is [{string.Join(", ", inputIds.shape)}]; they must be alike.");
        }

        if (decoderInputIds.size(0) != inputIds.size(0))
        {
            throw new UserException($"{inputs}: decoder_input_ids has {decoderInputIds.size(0)} rows and input_ids has {inputIds.size(0)}; they must have as many.");
        }

        var encoded = model.Encode(inputIds, mask);
        var logits = model.Decode(decoderInputIds, encoded, mask);
        SafetensorsFile.Write(output, [("logits", logits.cpu()), ("encoder_last_hidden_state", encoded.cpu())]);
    }

    private static Tensor Ids(SafetensorsFile file, string name, long limit)
    {
        if (!file.Entries.TryGetValue(name, out var entry))
        {
            throw new UserException($"{file.Path} has no tensor {name} among its {file.Entries.Count}.");
        }

        if (entry.Shape.Count != 2 || entry.Shape.Any(length => length == 0))
        {
            throw new UserException($"{file.Path}: {name} is [{string.Join(", ", entry.Shape)}]; it must have two dimensions, neither of them 0.");
        }

        if (entry.Type is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64)
        {
            throw new UserException($"{file.Path}: {name} holds {entry.Type}; it must hold integers.");
        }

        var ids = file.Read(name).to_type(ScalarType.Int64);
        var (least, most) = (ids.min().ToInt64(), ids.max().ToInt64());
        return least >= 0 && most < limit
            ? ids
            : throw new UserException($"{file.Path}: {name} holds {(least < 0 ? least : most)}; its values must be from 0 to {limit - 1}.");
    }
}
