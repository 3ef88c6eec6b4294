using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Wgqa.Experiments.Reports;

/// <summary>
/// HTML or SVG text. What is interpolated into it is escaped, unless it is markup itself: text from data cannot become an element.
/// </summary>
internal readonly record struct Markup
{
    private readonly string? _text;

    private Markup(string text) => _text = text;

    /// <summary>Nothing.</summary>
    public static Markup None => default;

    /// <summary>An interpolated string.</summary>
    public static Markup Of(Handler handler) => new(handler.ToText());

    /// <summary>Text that is markup as it stands.</summary>
    public static Markup Raw(string text) => new(text);

    /// <summary>One after the other.</summary>
    public static Markup All(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part._text)));

    /// <inheritdoc/>
    public override string ToString() => _text ?? "";

    /// <summary>Collects the parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Handler(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _builder = new(literalLength + (16 * formattedCount));

        public void AppendLiteral(string text) => _builder.Append(text);

        public void AppendFormatted(Markup markup) => _builder.Append(markup._text);

        public void AppendFormatted(string? text) => _builder.Append(WebUtility.HtmlEncode(text));

        /// <summary>Numbers: at most two decimals where no format is given, as coordinates need.</summary>
        public void AppendFormatted(double value, string format = "0.##") => _builder.Append(value.ToString(format, CultureInfo.InvariantCulture));

        public void AppendFormatted<T>(T value, string? format = null) => _builder.Append(value switch
        {
            IEnumerable<Markup> parts => All(parts)._text,
            IFormattable formattable => WebUtility.HtmlEncode(formattable.ToString(format, CultureInfo.InvariantCulture)),
            _ => WebUtility.HtmlEncode(value?.ToString()),
        });

        internal string ToText() => _builder.ToString();
    }
}
