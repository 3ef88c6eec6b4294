using Wgqa.Testing;
using Wgqa.Models;
using static TorchSharp.torch;
using Dropout = Wgqa.Attention.Dropout;

namespace Wgqa.Runtime.Tests.Models;

/// <summary>T5 v1.0 and v1.1 against the numbers of Hugging Face's code; tolerances from ../shared/golden/README.md.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public class T5AgainstHuggingFaceTests
{
    private const double Logits = 5e-5;
    private const double Hidden = 1e-5;
    private const double LossTolerance = 5e-6;
    private const double Gradient = 5e-5;

    private static T5 Load(string name) => T5Folder.Load(SharedFolder.Path("golden", name), device: TestDevice.Current);

    [SharedTheory]
    [InlineData("t5_tied")]
    [InlineData("t5_gated")]
    public void EveryHiddenStateIsTheSame(string name)
    {
        using var golden = Golden.Open(name, "golden_forward");
        using var model = Load(name);
        using var frozen = no_grad();
        var (ids, mask, decoderIds) = (golden["in.input_ids"], golden["in.attention_mask"], golden["in.decoder_input_ids"]);

        // Block outputs grow to a hundred times what the norm leaves of them, and the noise with them.
        model.Encoder.Observe = (i, x) => Closeness.AssertWithin(5 * Hidden, golden[$"enc.block.{i}.out"], x, $"encoder block {i}");
        model.Decoder.Observe = (i, x) => Closeness.AssertWithin(5 * Hidden, golden[$"dec.block.{i}.out"], x, $"decoder block {i}");
        var encoded = model.Encode(ids, mask);
        Closeness.AssertWithin(Hidden, golden["enc.last_hidden_state"], encoded, "encoder");
        Closeness.AssertWithin(Hidden, golden["dec.last_hidden_state"], model.DecodeHidden(decoderIds, encoded, mask, null, null), "decoder");
        Closeness.AssertWithin(Logits, golden["logits"], model.Decode(decoderIds, encoded, mask), "logits");
        Closeness.AssertWithin(Logits, golden["logits"], model.forward(ids, mask, decoderIds), "logits of forward");
    }

    [SharedTheory]
    [InlineData("t5_tied")]
    [InlineData("t5_gated")]
    public void PositionBiasIsTheSame(string name)
    {
        using var golden = Golden.Open(name, "golden_forward");
        using var model = Load(name);
        foreach (var (site, stack) in new[] { (Sites.Encoder, "enc"), (Sites.DecoderSelf, "dec") })
        {
            var expected = golden[$"{stack}.position_bias"];
            var bias = model.Attentions.First(a => a.Site == site).Attention.PositionBias!;
            Closeness.AssertWithin(1e-6, expected, bias.forward(expected.size(2), expected.size(3)), $"{stack} position bias");
        }
    }

    [SharedTheory]
    [InlineData("t5_tied")]
    [InlineData("t5_gated")]
    public void AttentionProbabilitiesAreTheSame(string name)
    {
        using var golden = Golden.Open(name, "golden_forward");
        using var model = Load(name);
        var seen = new Dictionary<string, Tensor>();
        SubstituteDropout(model, (place, x) =>
        {
            seen[place] = x.clone().DetachFromDisposeScope();
            return x.alias();
        });
        model.forward(golden["in.input_ids"], golden["in.attention_mask"], golden["in.decoder_input_ids"]);

        Closeness.AssertWithin(Hidden, golden["enc.block.0.attn_probs"], seen["encoder.block.0.layer.0.SelfAttention.dropout"], "encoder");
        Closeness.AssertWithin(Hidden, golden["dec.block.1.self_attn_probs"], seen["decoder.block.1.layer.0.SelfAttention.dropout"], "decoder self");
        Closeness.AssertWithin(Hidden, golden["dec.block.1.cross_attn_probs"], seen["decoder.block.1.layer.1.EncDecAttention.dropout"], "decoder cross");
    }

    [SharedTheory]
    [InlineData("t5_tied")]
    [InlineData("t5_gated")]
    public void LossAndEveryGradientAreTheSame(string name)
    {
        using var golden = Golden.Open(name, "golden_forward");
        using var model = Load(name);
        var labels = golden["in.labels"];
        using var decoderIds = T5.ShiftRight(labels);
        Assert.Equal(0, Closeness.MaxDifference(golden["in.decoder_input_ids"], decoderIds));

        var logits = model.forward(golden["in.input_ids"], golden["in.attention_mask"], decoderIds);
        var loss = T5.Loss(logits, labels);
        loss.backward();
        Assert.Equal(golden.Numbers.GetProperty("loss").GetDouble(), loss.item<float>(), LossTolerance);
        var perToken = nn.functional.cross_entropy(logits.view(-1, logits.size(2)), labels.view(-1), ignore_index: T5.IgnoredLabel, reduction: nn.Reduction.None);
        Closeness.AssertWithin(Logits, golden["token_loss"], perToken.view(labels.shape), "token loss");

        var norms = golden.Numbers.GetProperty("grad_norm");
        var total = 0.0;
        foreach (var (parameterName, parameter) in model.named_parameters())
        {
            var gradient = parameter.grad!;
            var norm = Closeness.Norm(gradient);
            total += norm * norm;
            Closeness.AssertRelativelyWithin(Gradient, norms.GetProperty(parameterName).GetDouble(), norm, $"gradient norm of {parameterName}");
            if (golden.Names.Contains($"grad.{parameterName}"))
            {
                Closeness.AssertRelativelyWithin(Gradient, golden[$"grad.{parameterName}"], gradient, $"gradient of {parameterName}");
            }
        }

        Closeness.AssertRelativelyWithin(Gradient, golden.Numbers.GetProperty("grad_norm_total").GetDouble(), Math.Sqrt(total), "total gradient norm");
        Assert.Equal(norms.EnumerateObject().Select(n => n.Name).Order(), model.named_parameters().Select(p => p.Item1).Order());
    }

    [SharedTheory]
    [InlineData("t5_tied")]
    [InlineData("t5_gated")]
    public void MasksDoWhatTheyDoThere(string name)
    {
        using var golden = Golden.Open(name, "golden_forward");
        using var model = Load(name);
        using var frozen = no_grad();
        var (ids, mask, decoderIds, labels) = (golden["in.input_ids"], golden["in.attention_mask"], golden["in.decoder_input_ids"], golden["in.labels"]);

        var unmasked = T5.Loss(model.forward(ids, null, decoderIds), labels).item<float>();
        Assert.Equal(golden.Numbers.GetProperty("loss_without_attention_mask").GetDouble(), unmasked, LossTolerance);

        var encoded = model.Encode(ids, mask);
        var logits = model.Decode(decoderIds, encoded, mask, golden["in.decoder_attention_mask"]);
        Closeness.AssertWithin(Logits, golden["dam.logits_row0_last4"], logits.select(0, 0).narrow(0, logits.size(1) - 4, 4), "logits with a decoder mask");
        Assert.Equal(golden.Numbers.GetProperty("loss_with_decoder_attention_mask").GetDouble(), T5.Loss(logits, labels).item<float>(), LossTolerance);
    }

    [SharedTheory]
    [InlineData("t5_tied")]
    [InlineData("t5_gated")]
    public void SequencesBeyondTheLastBucketAreTheSame(string name)
    {
        using var golden = Golden.Open(name, "golden_forward");
        using var model = Load(name);
        using var frozen = no_grad();
        var encoded = model.Encode(golden["long.input_ids"], null);
        var logits = model.Decode(golden["long.decoder_input_ids"], encoded, null);
        Closeness.AssertWithin(Hidden, golden["long.encoder_every20"], encoded.select(0, 0).slice(0, 0, 200, 20), "encoder");
        Closeness.AssertWithin(Logits, golden["long.logits_every10"], logits.select(0, 0).slice(0, 0, 150, 10), "logits");
    }

    [SharedTheory]
    [InlineData("t5_tied", true)]
    [InlineData("t5_tied", false)]
    [InlineData("t5_gated", true)]
    [InlineData("t5_gated", false)]
    public void TheCacheHoldsTheSameKeysAndValues(string name, bool oneByOne)
    {
        using var golden = Golden.Open(name, "golden_forward");
        using var model = Load(name);
        var (mask, decoderIds) = (golden["in.attention_mask"], golden["in.decoder_input_ids"]);
        var encoded = model.Encode(golden["in.input_ids"], mask);
        using var cache = model.NewCache(decoderIds.size(1));
        for (var start = 0L; start < 5; start += oneByOne ? 1 : 5)
        {
            model.Decode(decoderIds.narrow(1, start, oneByOne ? 1 : 5), encoded, mask, cache: cache);
        }

        Assert.Equal(5, cache.Length);
        Closeness.AssertWithin(Hidden, golden["cache5.block.1.self_k"], cache.Self(1).Keys!, "self keys");
        Closeness.AssertWithin(Hidden, golden["cache5.block.1.self_v"], cache.Self(1).Values!, "self values");
        Closeness.AssertWithin(Hidden, golden["cache5.block.1.cross_k"], cache.Cross(1).Keys!, "cross keys");
        Closeness.AssertWithin(Hidden, golden["cache5.block.1.cross_v"], cache.Cross(1).Values!, "cross values");

        var next = model.Decode(decoderIds.narrow(1, 5, 1), encoded, mask, cache: cache);
        Closeness.AssertWithin(Logits, golden["cache5.next_logits"], next.select(1, 0), "the next token's logits");
    }

    [SharedTheory]
    [InlineData("t5_tied")]
    [InlineData("t5_gated")]
    public void DropoutStandsInTheSamePlaces(string name)
    {
        using var golden = Golden.Open(name, "golden_forward");
        using var model = Load(name);
        var calls = new List<(string Place, long[] Shape)>();
        SubstituteDropout(model, (place, x) =>
        {
            calls.Add((place, x.shape));
            return x.mul(0.9);
        });
        var logits = model.forward(golden["in.input_ids"], golden["in.attention_mask"], golden["in.decoder_input_ids"]);

        var probe = golden.Numbers.GetProperty("dropout_probe");
        var expected = probe.GetProperty("calls_in_order").EnumerateArray().Select(call => (
            Place: call.GetProperty("where").GetString()!.Replace(" (attention probabilities)", ".dropout", StringComparison.Ordinal),
            Shape: call.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray()));
        Assert.Equal(expected, calls);
        Closeness.AssertWithin(Logits, golden["dropout_probe.logits"], logits, "logits");
        Assert.Equal(probe.GetProperty("loss").GetDouble(), T5.Loss(logits, golden["in.labels"]).item<float>(), LossTolerance);
    }

    [SharedFact]
    public void ParametersAreNamedAndShapedAsThere()
    {
        foreach (var name in new[] { "t5_tied", "t5_gated" })
        {
            using var golden = Golden.Open(name, "golden_forward");
            using var model = Load(name);
            var expected = golden.Numbers.GetProperty("param_shapes").EnumerateObject()
                .Select(p => $"{p.Name} [{string.Join(", ", p.Value.EnumerateArray().Select(size => size.GetInt64()))}]");
            Assert.Equal(expected.Order(), model.named_parameters().Select(p => $"{p.Item1} [{string.Join(", ", p.Item2.shape)}]").Order());
        }
    }

    private static void SubstituteDropout(T5 model, Func<string, Tensor, Tensor> substitute)
    {
        foreach (var (place, module) in model.named_modules())
        {
            if (module is Dropout dropout)
            {
                dropout.Substitute = x => substitute(place, x);
            }
        }

        model.train();
    }
}
