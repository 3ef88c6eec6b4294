// What merging heads loses, before any fine-tuning: for each variant in Variants.cs the part of the keys' and values' energy that the means of the groups do
// not keep, by weights and on calibration data, and the loss on validation text straight after conversion. Nothing is drawn at random.
//
//   dotnet run -c Release --project benchmarks/Wgqa.Alignment -- MODEL DATA [CALIBRATION-PAIRS]
//
// MODEL is a multi-head T5's folder with its tokenizer, DATA a folder with train and val in German and English.
using System.Globalization;
using Wgqa;
using Wgqa.Alignment;
using Wgqa.Attention;
using Wgqa.Conversion;
using Wgqa.Data;
using Wgqa.Models;
using Wgqa.Text;
using static TorchSharp.torch;

const int BatchSize = 64;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (folder, data, pairs) = args switch
{
    [var model, var texts] => (model, texts, 256),
    [var model, var texts, var count] => (model, texts, int.Parse(count)),
    _ => throw new UserException("expected MODEL DATA [CALIBRATION-PAIRS]"),
};

using var frozen = no_grad();
using var multiHead = T5Folder.Load(folder);
multiHead.eval();
var encoder = new Seq2SeqEncoder(T5Tokenizer.Load(folder))
{
    Prefix = Seq2SeqEncoder.TranslationPrefix("German", "English"),
    MaxSourceLength = 128,
    MaxTargetLength = 128,
};
var (train, validation) = (Examples("train", pairs), Examples("val", int.MaxValue));
using var calibration = ModelCalibration.Of(multiHead, Batches(train));

Console.WriteLine($"Multi-head: validation loss {Loss(multiHead):f3} on {validation.Length} pairs; calibrated on {train.Length}.");
Console.WriteLine();
Console.WriteLine("| variant | G | keys lost, weights | values lost, weights | keys lost, data | values lost, data | validation loss |");
Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
foreach (var variant in VariantCatalog.All.OrderByDescending(variant => variant.MapsFor(multiHead.Config.Shape).Key.Groups))
{
    using var converted = ModelConversion.Convert(multiHead, variant, calibration: calibration);
    var losses = multiHead.Attentions.Zip(converted.Attentions).Where(blocks => variant.Info.Sites.HasFlag(blocks.First.Site))
        .Select(blocks => Lost(blocks.First.Name, blocks.First.Attention, variant, blocks.Second.Attention.Maps)).ToList();
    var groups = converted.Attentions.Min(block => block.Attention.Maps.Key.Groups);
    Console.WriteLine($"| {variant.Info.Name} | {groups} | {losses.Average(lost => lost.Weights.Key):f3} | {losses.Average(lost => lost.Weights.Value):f3} | "
        + $"{losses.Average(lost => lost.Data.Key):f3} | {losses.Average(lost => lost.Data.Value):f3} | {Loss(converted):f3} |");
}

// What merging a block's heads by the maps loses, once they are turned as the variant says.
(MergeLoss Weights, MergeLoss Data) Lost(string block, IGroupedAttention attention, AttentionVariant variant, HeadMaps maps)
{
    using var scope = NewDisposeScope();
    var covariance = calibration.InputCovariance(block);
    var source = attention.Fold();
    var merged = variant.Info.Alignment switch
    {
        null => source,
        Calibration.Weights => HeadAlignment.Align(source, maps),
        _ => HeadAlignment.Align(source with { InputCovariance = covariance }, maps),
    };
    return (MergeLoss.Of(merged with { InputCovariance = null }, maps), MergeLoss.Of(merged with { InputCovariance = covariance }, maps));
}

double Loss(T5 model)
{
    var (sum, tokens) = (0.0, 0L);
    foreach (var batch in Batches(validation))
    {
        using var seen = batch;
        using var scope = NewDisposeScope();
        var logits = model.forward(batch.InputIds, batch.AttentionMask, T5.ShiftRight(batch.Labels));
        sum += T5.Loss(logits, batch.Labels).item<float>() * batch.TargetTokens;
        tokens += batch.TargetTokens;
    }

    return sum / tokens;
}

Seq2SeqExample[] Examples(string split, int limit) =>
    [.. encoder.Encode(DataSource.Parse(data, new DataOptions { Split = split, SourceField = "de", TargetField = "en" }).Read().Take(limit))];

IEnumerable<Seq2SeqBatch> Batches(Seq2SeqExample[] examples) => BatchPlan.InOrder(examples.Length, BatchSize).Select(batch => Seq2SeqBatch.Collate(examples, batch));
