namespace Wgqa.Data;

/// <summary>Takes the records one of whose fields has one value.</summary>
/// <param name="Field">The field's name.</param>
/// <param name="Value">Its value, as text.</param>
internal sealed record RecordFilter(string Field, string Value)
{
    /// <summary>Splits <c>FILE#field=value</c>; there is no filter where no such ending is.</summary>
    public static (string Path, RecordFilter? Filter) Split(string spec)
    {
        var hash = spec.LastIndexOf('#');
        var equals = hash < 0 ? -1 : spec.IndexOf('=', hash);
        return equals > hash + 1 ? (spec[..hash], new RecordFilter(spec[(hash + 1)..equals], spec[(equals + 1)..])) : (spec, null);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Field}={Value}";
}
