using TorchSharp;
using Wgqa;
using Wgqa._1;
using Wgqa.Conversion;
using Wgqa.Data;
using Wgqa.Folding;
using Wgqa.Models;
using static TorchSharp.torch;

// A small multi-head T5 learns to write a sequence backwards. A pretrained one instead: T5Folder.Load("path/of/t5-small").
manual_seed(1);
var random = new SeededRandom(1);
var config = new T5Config { VocabSize = 16, ModelDim = 64, HeadDim = 8, Heads = 8, FeedForwardDim = 128, EncoderLayers = 1, DecoderLayers = 1, DropoutRate = 0 };
using var multiHead = new T5(config);
multiHead.Initialize();
Train(multiHead, steps: 500);
using var heldOut = Batch(rows: 256);
Console.WriteLine($"multi-head   loss {Loss(multiHead, heldOut):F3}");

// Its decoder's attention becomes the variant, which starts from the model's own heads.
var variant = AttentionVariant.Of<MyVariant>();
using var converted = ModelConversion.Convert(multiHead, variant);
Console.WriteLine($"converted    loss {Loss(converted, heldOut):F3}   {variant.Info.Summary}");

// Fine-tuning recovers what merging heads has lost.
Train(converted, steps: 60);
Console.WriteLine($"fine-tuned   loss {Loss(converted, heldOut):F3}   {variant.ExtraParameters(config.Shape):N0} merge weights in a block");

// Folding removes the merge weights: plain grouped-query attention that computes the same.
using var folded = ModelFolding.Fold(converted);
Console.WriteLine($"folded       loss {Loss(folded, heldOut):F3}   largest difference of a logit {Difference(converted, folded, heldOut):0.0e+0}");
Console.WriteLine($"cache        {variant.KvCacheElementsPerToken(config.Shape)} elements per token and block instead of {2 * config.Heads * config.HeadDim}");

Seq2SeqBatch Batch(int rows)
{
    var examples = new List<Seq2SeqExample>();
    for (var row = 0; row < rows; row++)
    {
        var sequence = Enumerable.Range(0, 4 + random.Next(5)).Select(_ => 2 + random.Next(config.VocabSize - 2)).ToArray();
        examples.Add(new([.. sequence, config.EosTokenId], [.. sequence.Reverse(), config.EosTokenId]));
    }

    return new Seq2SeqBatch(PaddedBatch.Of(examples));
}

void Train(T5 model, int steps)
{
    model.train();
    using var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
    for (var step = 0; step < steps; step++)
    {
        using var scope = NewDisposeScope();
        using var batch = Batch(rows: 32);
        optimizer.zero_grad();
        T5.Loss(Logits(model, batch), batch.Labels).backward();
        optimizer.step();
    }
}

double Loss(T5 model, Seq2SeqBatch batch)
{
    using var scope = NewDisposeScope();
    using var frozen = no_grad();
    model.eval();
    return T5.Loss(Logits(model, batch), batch.Labels).ToDouble();
}

double Difference(T5 first, T5 second, Seq2SeqBatch batch)
{
    using var scope = NewDisposeScope();
    using var frozen = no_grad();
    return (Logits(first, batch) - Logits(second, batch)).abs().max().ToDouble();
}

// Logits [b, t, V] of each label from the labels before it.
Tensor Logits(T5 model, Seq2SeqBatch batch)
{
    using var read = T5.ShiftRight(batch.Labels);   // (b, t)
    return model.forward(batch.InputIds, batch.AttentionMask, read);
}
