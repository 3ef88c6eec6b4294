namespace Wgqa.Language.Tests;

/// <summary>An array with its sizes, read and written element by element.</summary>
internal sealed class Numbers(double[] values, params int[] sizes)
{
    public Numbers(params int[] sizes)
        : this(new double[sizes.Aggregate(1, (product, size) => product * size)], sizes)
    {
    }

    public double[] Values { get; } = values;

    public int Size(int axis) => sizes[axis];

    public double this[params int[] place]
    {
        get => Values[Index(place)];
        set => Values[Index(place)] = value;
    }

    private int Index(int[] place)
    {
        var index = 0;
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            index = (index * sizes[axis]) + place[axis];
        }

        return index;
    }
}

/// <summary>The projections and learned weights of a block.</summary>
internal sealed record OracleWeights(Numbers Query, Numbers Key, Numbers Value, Numbers Output, Numbers? KeyMerge, Numbers? ValueMerge, Numbers? KeyExpand, Numbers? ValueExpand);

/// <summary>
/// What a declaration means, computed head by head and number by number in plain loops: nothing here knows of tensors, of folded weights or of what the
/// generator writes.
/// </summary>
internal sealed class SlowOracle(RandomVariant variant, int modelDim, int headDim)
{
    /// <summary>A projection [h·d, m] pooled to [G·d, m] as conversion does.</summary>
    /// <param name="projection">[h·d, m].</param>
    /// <param name="groupOf">The group of each head.</param>
    /// <param name="drawn">For pooling at random, the place of each group's head among its members.</param>
    public Numbers Pooled(Numbers projection, int[] groupOf, long[] drawn)
    {
        var groups = groupOf.Max() + 1;
        var pooled = new Numbers(groups * headDim, modelDim);
        for (var g = 0; g < groups; g++)
        {
            var members = Members(groupOf, g);
            for (var row = 0; row < headDim; row++)
            {
                for (var m = 0; m < modelDim; m++)
                {
                    pooled[(g * headDim) + row, m] = variant.Pooling switch
                    {
                        Pooling.FirstHead => projection[(members[0] * headDim) + row, m],
                        Pooling.RandomHead => projection[(members[(int)drawn[g]] * headDim) + row, m],
                        _ => members.Average(head => projection[(head * headDim) + row, m]),
                    };
                }
            }
        }

        return pooled;
    }

    /// <summary>Keys or values of each group, [b, G, s, d]: what a trained projection and its merge weights make of the source [b, s, m].</summary>
    public Numbers Projected(Numbers source, Numbers projection, Numbers? merge, int[] groupOf, int groups)
    {
        var result = new Numbers(source.Size(0), groups, source.Size(1), headDim);
        for (var b = 0; b < source.Size(0); b++)
        {
            for (var g = 0; g < groups; g++)
            {
                for (var s = 0; s < source.Size(1); s++)
                {
                    for (var row = 0; row < headDim; row++)
                    {
                        var sum = 0.0;
                        for (var m = 0; m < modelDim; m++)
                        {
                            sum += Weight(projection, merge, groupOf, g, row, m) * source[b, s, m];
                        }

                        result[b, g, s, row] = sum;
                    }
                }
            }
        }

        return result;
    }

    /// <summary>What the heads attend to, [b, t, h·d], before any noise and before the output projection.</summary>
    public Numbers Attended(OracleWeights weights, Numbers x, Numbers keys, Numbers values, Numbers? bias, int[] keyOf, int[] valueOf)
    {
        var (batch, targets, sources, heads) = (x.Size(0), x.Size(1), keys.Size(2), variant.Heads);
        var attended = new Numbers(batch, targets, heads * headDim);
        for (var b = 0; b < batch; b++)
        {
            for (var head = 0; head < heads; head++)
            {
                for (var t = 0; t < targets; t++)
                {
                    var scores = new double[sources];
                    for (var s = 0; s < sources; s++)
                    {
                        scores[s] = bias?[0, head, t, s] ?? 0;
                        for (var row = 0; row < headDim; row++)
                        {
                            var query = 0.0;
                            for (var m = 0; m < modelDim; m++)
                            {
                                query += weights.Query[(head * headDim) + row, m] * x[b, t, m];
                            }

                            scores[s] += query * Seen(keys, weights.KeyExpand, b, head, s, row, keyOf);
                        }
                    }

                    var largest = scores.Max();
                    var total = scores.Sum(score => Math.Exp(score - largest));
                    for (var row = 0; row < headDim; row++)
                    {
                        for (var s = 0; s < sources; s++)
                        {
                            attended[b, t, (head * headDim) + row] += Math.Exp(scores[s] - largest) / total * Seen(values, weights.ValueExpand, b, head, s, row, valueOf);
                        }
                    }
                }
            }
        }

        return attended;
    }

    /// <summary>The output projection, [b, t, m].</summary>
    public Numbers Output(Numbers attended, Numbers output)
    {
        var result = new Numbers(attended.Size(0), attended.Size(1), modelDim);
        for (var b = 0; b < attended.Size(0); b++)
        {
            for (var t = 0; t < attended.Size(1); t++)
            {
                for (var m = 0; m < modelDim; m++)
                {
                    for (var column = 0; column < attended.Size(2); column++)
                    {
                        result[b, t, m] += output[m, column] * attended[b, t, column];
                    }
                }
            }
        }

        return result;
    }

    private double Weight(Numbers projection, Numbers? merge, int[] groupOf, int group, int row, int m)
    {
        if (variant.Merge == Merge.Once)
        {
            return projection[(group * headDim) + row, m];
        }

        var (sum, count) = (0.0, 0);
        for (var head = 0; head < groupOf.Length; head++)
        {
            var value = projection[(head * headDim) + row, m];
            if (variant.Weighting == Weighting.Dense)
            {
                sum += merge![group, head] * value;
            }
            else if (groupOf[head] == group)
            {
                count++;
                sum += variant.Weighting switch
                {
                    Weighting.Scalar => merge![head, 0] * value,
                    Weighting.Row => merge![head, m] * value,
                    Weighting.Column => merge![head, row] * value,
                    _ => value,
                };
            }
        }

        return variant.Weighting == Weighting.None ? sum / count : sum;
    }

    private static double Seen(Numbers held, Numbers? expand, int b, int head, int s, int row, int[] groupOf)
    {
        if (expand is null)
        {
            return held[b, groupOf[head], s, row];
        }

        var sum = 0.0;
        for (var g = 0; g < held.Size(1); g++)
        {
            sum += expand[head, g] * held[b, g, s, row];
        }

        return sum;
    }

    private static int[] Members(int[] groupOf, int group) => [.. Enumerable.Range(0, groupOf.Length).Where(head => groupOf[head] == group)];
}
