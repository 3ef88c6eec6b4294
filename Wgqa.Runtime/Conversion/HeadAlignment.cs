using Wgqa.Attention;
using static TorchSharp.torch;

namespace Wgqa.Conversion;

/// <summary>
/// Turning heads so that those which share a key or value head agree before they are merged (Jin et al., "Align Attention Heads Before Merging
/// Them", arXiv 2412.20677). An orthogonal R_i applied to a head's queries and keys leaves every score as it is, and an orthogonal S_i applied to its
/// values and undone in the output projection leaves every output as it is; T5 has no rotary embedding, so any orthogonal matrix will do.
/// </summary>
public static class HeadAlignment
{
    // Sweeps over a group end when one adds less than this part of the group's energy to its agreement. Heads with something in common settle within 10
    // sweeps; unrelated ones creep for hundreds, where the cap gives up less than a thousandth of the loss. Stopping early is as exact.
    private const double Gain = 1e-8;
    private const int MaxSweeps = 50;

    /// <summary>
    /// The same multi-head attention with the heads of each group turned to agree as well as found: within a group, Σ ‖R_i·W_i − mean‖²_C is never more
    /// than before, and a group's first head stays as it is. C is <see cref="AttentionProjections.InputCovariance"/>, or without one the identity.
    /// </summary>
    /// <param name="source">Multi-head projections, which stay the caller's.</param>
    /// <param name="maps">Which heads share a key head (they turn in Q and K), and which a value head (they turn in V and O).</param>
    /// <returns>New tensors of the source's element type and device, computed in float64; the caller's to dispose.</returns>
    /// <exception cref="UserException">The projections do not have the maps' heads, or hold a number that is not finite.</exception>
    public static AttentionProjections Align(AttentionProjections source, HeadMaps maps)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var keyTurns = Turns(source.Key, source.InputCovariance, maps.Key);                  // (h, d, d)
        var valueTurns = Turns(source.Value, source.InputCovariance, maps.Value);            // (h, d, d)
        return new(
            TurnRows(source.Query, keyTurns).MoveToOuterDisposeScope(),
            TurnRows(source.Key, keyTurns).MoveToOuterDisposeScope(),
            TurnRows(source.Value, valueTurns).MoveToOuterDisposeScope(),
            TurnColumns(source.Output, valueTurns).MoveToOuterDisposeScope())
        {
            InputCovariance = source.InputCovariance?.alias().MoveToOuterDisposeScope(),
        };
    }

    /// <summary>The orthogonal matrix by which each head of a projection is multiplied: [h, d, d] float64, the caller's to dispose.</summary>
    internal static Tensor Turns(Tensor projection, Tensor? metric, HeadMap map)
    {
        using var scope = NewDisposeScope();
        using var gram = HeadGram.Of(projection, metric, map.Heads);
        var turns = new Tensor[map.Heads];
        foreach (var members in Enumerable.Range(0, map.Groups).Select(map.Members).Where(static members => members.Count > 0))
        {
            using var products = gram.Among(members);                                        // (n·d, n·d)
            foreach (var (head, turn) in members.Zip(Procrustes(products, members.Count)))
            {
                turns[head] = turn;                                                          // (d, d)
            }
        }

        return stack(turns).MoveToOuterDisposeScope();
    }

    // Generalised orthogonal Procrustes: starting from each head turned to the first, or from the heads as they are where those agree more already, one
    // head after another is turned to the sum of the others. That can only add to the agreement, Σ ⟨R_i·W_i, R_j·W_j⟩ over all pairs, and so only
    // take from the loss. All turns are given relative to the first head's, which is then the identity.
    private static Tensor[] Procrustes(Tensor products, int heads)
    {
        var width = products.size(0) / heads;
        var identity = eye(width, dtype: ScalarType.Float64);
        Tensor[] asTheyAre = [.. Enumerable.Repeat(identity, heads)];
        Tensor[] turns = [identity, .. Enumerable.Range(1, heads - 1).Select(head => Polar(Product(0, head)))];
        if (heads <= 2)
        {
            return turns;   // Two heads are one pair: turning the second to the first is the best there is.
        }

        var energy = products.trace().item<double>();
        var agreement = Agreement(turns, products);
        if (Agreement(asTheyAre, products) is var before && before > agreement)
        {
            (turns, agreement) = (asTheyAre, before);
        }

        for (var (sweep, gain) = (0, double.PositiveInfinity); sweep < MaxSweeps && gain > Gain * energy; sweep++)
        {
            for (var head = 0; head < heads; head++)
            {
                using var step = NewDisposeScope();
                var toAll = cat(turns, 1).matmul(products.narrow(1, head * width, width));   // (d, d)
                turns[head] = Polar(toAll.sub(turns[head].matmul(Product(head, head)))).MoveToOuterDisposeScope();
            }

            var reached = Agreement(turns, products);
            (gain, agreement) = (reached - agreement, reached);
        }

        var back = turns[0].transpose(0, 1);
        return [identity, .. turns.Skip(1).Select(back.matmul)];

        Tensor Product(int one, int other) => products.narrow(0, one * width, width).narrow(1, other * width, width);   // (d, d)
    }

    private static double Agreement(Tensor[] turns, Tensor products)
    {
        using var scope = NewDisposeScope();
        var all = cat(turns, 1);                                                             // (d, n·d)
        return all.matmul(products).mul(all).sum().item<double>();
    }

    // The orthogonal R that maximises tr(A·Rᵀ): U·Vᵀ of A = U·Σ·Vᵀ.
    private static Tensor Polar(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        var (u, _, vh) = linalg.svd(matrix);
        return u.matmul(vh).MoveToOuterDisposeScope();
    }

    private static Tensor TurnRows(Tensor weight, Tensor turns)
    {
        using var scope = NewDisposeScope();
        var perHead = weight.to(ScalarType.Float64, CPU).view(turns.size(0), turns.size(1), weight.size(1));   // (h, d, m)
        return turns.bmm(perHead).view(weight.shape)                                                           // (h·d, m)
            .to(weight.dtype, weight.device).MoveToOuterDisposeScope();
    }

    private static Tensor TurnColumns(Tensor weight, Tensor turns)
    {
        using var scope = NewDisposeScope();
        using var transposed = weight.transpose(0, 1).contiguous();                                            // (h·d, m)
        return TurnRows(transposed, turns).transpose(0, 1).contiguous().MoveToOuterDisposeScope();             // (m, h·d)
    }
}
