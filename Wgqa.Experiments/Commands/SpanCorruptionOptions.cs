using System.CommandLine;
using Wgqa.Data;

namespace Wgqa.Experiments.Commands;

/// <summary>The options of T5's objective on plain text; the defaults are T5's.</summary>
internal sealed class SpanCorruptionOptions
{
    /// <summary>Ids of an input, unless said otherwise.</summary>
    public const int InputLength = 512;

    private readonly Option<double> _noise = new("--noise") { Description = "Span corruption: the share of a text's tokens that are replaced.", DefaultValueFactory = _ => new SpanCorruption().NoiseDensity };
    private readonly Option<double> _span = new("--span") { Description = "Span corruption: tokens of a replaced span, on average.", DefaultValueFactory = _ => new SpanCorruption().MeanSpanLength };

    public void AddTo(Command command)
    {
        command.Add(_noise);
        command.Add(_span);
    }

    /// <summary>The objective.</summary>
    public SpanCorruption Corruption(ParseResult result)
    {
        var corruption = new SpanCorruption { NoiseDensity = result.GetValue(_noise), MeanSpanLength = result.GetValue(_span) };
        corruption.Validate();
        return corruption;
    }
}
