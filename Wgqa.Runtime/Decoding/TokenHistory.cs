using Wgqa.Data;
using static TorchSharp.torch;

namespace Wgqa.Decoding;

/// <summary>The tokens of a batch of equally long rows, prompt included, on the host.</summary>
internal sealed class TokenHistory
{
    private readonly int _capacity;
    private int[] _tokens;   // [rows, capacity], the first Length of each row filled
    private int[] _spare;    // what Select writes, then swaps

    /// <summary>A history that starts with prompts of one length and has room for <paramref name="capacity"/> tokens a row.</summary>
    public TokenHistory(IReadOnlyList<int[]> prompts, int capacity)
    {
        (_capacity, Rows, Length) = (capacity, prompts.Count, prompts[0].Length);
        (_tokens, _spare) = (new int[Rows * capacity], new int[Rows * capacity]);
        for (var row = 0; row < Rows; row++)
        {
            if (prompts[row].Length != Length)
            {
                throw new ArgumentException($"prompt 0 has {Length} tokens and prompt {row} has {prompts[row].Length}; they must be equally long", nameof(prompts));
            }

            prompts[row].CopyTo(_tokens, row * capacity);
        }
    }

    /// <summary>Rows held.</summary>
    public int Rows { get; private set; }

    /// <summary>Tokens in each row.</summary>
    public int Length { get; private set; }

    /// <summary>The tokens of one row.</summary>
    public ReadOnlySpan<int> Row(int row) => _tokens.AsSpan(row * _capacity, Length);

    /// <summary>Gives a session the newest <paramref name="count"/> tokens of each row.</summary>
    /// <returns>[rows, V]: logits of what comes next; the caller's to dispose.</returns>
    public Tensor FeedTo(IDecodingSession session, int count)
    {
        using var tokens = Newest(count, session.Device);
        return session.Step(tokens);
    }

    /// <summary>The newest <paramref name="count"/> tokens of each row, [rows, count] int64; the caller's to dispose.</summary>
    public Tensor Newest(int count, Device device)
    {
        var newest = new long[Rows * count];
        for (var i = 0; i < newest.Length; i++)
        {
            newest[i] = _tokens[(i / count * _capacity) + Length - count + (i % count)];
        }

        return tensor(newest, [Rows, count], dtype: ScalarType.Int64).Sent(device);
    }

    /// <summary>Adds one token to each row.</summary>
    public void Append(ReadOnlySpan<int> tokens)
    {
        for (var row = 0; row < Rows; row++)
        {
            _tokens[(row * _capacity) + Length] = tokens[row];
        }

        Length++;
    }

    /// <summary>Makes row i what row <paramref name="rows"/>[i] was; rows may be repeated or left out.</summary>
    public void Select(ReadOnlySpan<int> rows)
    {
        if (_spare.Length < rows.Length * _capacity)
        {
            _spare = new int[rows.Length * _capacity];
        }

        for (var row = 0; row < rows.Length; row++)
        {
            Row(rows[row]).CopyTo(_spare.AsSpan(row * _capacity));
        }

        (_tokens, _spare, Rows) = (_spare, _tokens, rows.Length);
    }
}
