using System.Globalization;
using Consumer;
using TorchSharp;
using Wgqa;
using Wgqa.Conversion;
using Wgqa.Data;
using Wgqa.Folding;
using Wgqa.Models;
using static TorchSharp.torch;

manual_seed(0);
var config = new T5Config { VocabSize = 32, ModelDim = 16, HeadDim = 4, Heads = 4, FeedForwardDim = 32, EncoderLayers = 1, DecoderLayers = 1, DropoutRate = 0 };
using var multiHead = new T5(config);
multiHead.Initialize();
using var batch = new Seq2SeqBatch(PaddedBatch.Of([new([5, 6, 7, 1], [7, 6, 5, 1]), new([8, 9, 1], [9, 8, 1])]));
using var read = T5.ShiftRight(batch.Labels);   // (b, t)

using var converted = ModelConversion.Convert(multiHead, AttentionVariant.Of<ColumnGqa>());
using var optimizer = optim.AdamW(converted.parameters(), lr: 1e-2);
var before = Step(train: true);
var after = Step(train: false);

using var folded = ModelFolding.Fold(converted);
using var frozen = no_grad();
using var logits = converted.forward(batch.InputIds, batch.AttentionMask, read);         // (b, t, V)
using var foldedLogits = folded.forward(batch.InputIds, batch.AttentionMask, read);      // (b, t, V)
using var difference = (logits - foldedLogits).abs();
using var largest = difference.max();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{string.Join(", ", VariantCatalog.All)}: loss {before:R} then {after:R}, fold error {largest.ToDouble():R}"));

double Step(bool train)
{
    using var scope = NewDisposeScope();
    var loss = T5.Loss(converted.forward(batch.InputIds, batch.AttentionMask, read), batch.Labels);
    if (train)
    {
        loss.backward();
        optimizer.step();
    }

    return loss.ToDouble();
}
