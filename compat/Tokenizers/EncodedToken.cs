namespace Microsoft.ML.Tokenizers;

/// <summary>One token of an encoded text.</summary>
public readonly struct EncodedToken : IEquatable<EncodedToken>
{
    /// <summary>A token.</summary>
    /// <param name="id">Its id in the vocabulary.</param>
    /// <param name="value">Its text; for an unknown token, the text that it stands for.</param>
    /// <param name="offset">Where it lies in the normalized text, in UTF-16 units.</param>
    public EncodedToken(int id, string value, Range offset)
    {
        Id = id;
        Value = value;
        Offset = offset;
    }

    /// <summary>The id in the vocabulary.</summary>
    public int Id { get; }

    /// <summary>The token's text; for an unknown token, the text that it stands for.</summary>
    public string Value { get; }

    /// <summary>Where it lies in the normalized text, in UTF-16 units.</summary>
    public Range Offset { get; }

    /// <inheritdoc/>
    public bool Equals(EncodedToken other) => Id == other.Id && Value == other.Value && Offset.Equals(other.Offset);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EncodedToken other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Value, Offset);
}
