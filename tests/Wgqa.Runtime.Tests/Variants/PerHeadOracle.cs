using static TorchSharp.torch;

namespace Wgqa.Runtime.Tests.Variants;

/// <summary>
/// Grouped attention written head by head, as the papers define it: project every head, mix the projections of a group,
/// repeat them to its query heads, attend. Slow, and nothing in common with what is generated.
/// </summary>
/// <param name="Heads">Query heads.</param>
/// <param name="Groups">Key/value heads.</param>
/// <param name="Weighting">What the merge weights scale.</param>
/// <param name="Query">[h·d, m].</param>
/// <param name="Key">[h·d, m], or [G·d, m] when already merged.</param>
/// <param name="Value">As <paramref name="Key"/>.</param>
/// <param name="Output">[m, h·d].</param>
/// <param name="KeyMerge">[h, 1], [h, m] or [h, d]; null without a weighting.</param>
/// <param name="ValueMerge">As <paramref name="KeyMerge"/>.</param>
internal sealed record PerHeadOracle(
    int Heads, int Groups, Weighting Weighting, Tensor Query, Tensor Key, Tensor Value, Tensor Output, Tensor? KeyMerge, Tensor? ValueMerge)
{
    public Tensor Forward(Tensor x, Tensor memory, Tensor? bias)
    {
        var width = (int)Query.size(0) / Heads;
        var keys = MixedHeads(memory, Key, KeyMerge, width);
        var values = MixedHeads(memory, Value, ValueMerge, width);
        var heads = new List<Tensor>();
        for (var head = 0; head < Heads; head++)
        {
            var group = head / (Heads / Groups);
            var query = Project(x, Query, head, width);                       // (b, t, d)
            var scores = query.matmul(keys[group].transpose(1, 2));           // (b, t, s)
            if (bias is not null)
            {
                scores = scores.add(bias.select(1, head));
            }

            heads.Add(scores.softmax(-1).matmul(values[group]));              // (b, t, d)
        }

        return cat([.. heads], -1).matmul(Output.t());                        // (b, t, m)
    }

    private List<Tensor> MixedHeads(Tensor memory, Tensor weight, Tensor? merge, int width)
    {
        var present = (int)weight.size(0) / width;
        var members = present / Groups;
        var mixed = new List<Tensor>();
        for (var group = 0; group < Groups; group++)
        {
            var parts = Enumerable.Range(group * members, members).Select(head => Weighting switch
            {
                Weighting.Scalar => Project(memory, weight, head, width).mul(merge!.select(0, head)),
                Weighting.Column => Project(memory, weight, head, width).mul(merge!.select(0, head)),   // each output feature
                Weighting.Row => Project(memory.mul(merge!.select(0, head)), weight, head, width),      // each input feature
                _ => Project(memory, weight, head, width).div(members),
            });
            mixed.Add(parts.Aggregate((sum, part) => sum.add(part)));
        }

        return mixed;
    }

    private static Tensor Project(Tensor x, Tensor weight, int head, int width) => x.matmul(weight.narrow(0, head * width, width).t());
}
