using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Wgqa.CodeFixes;

/// <summary>How an argument is taken out of its list: with one comma and what was said about it, and with nothing else.</summary>
internal static class Removal
{
    /// <summary>The edits that take <paramref name="argument"/> out.</summary>
    public static IEnumerable<TextChange> Of(AttributeArgumentSyntax argument, SourceText text)
    {
        var list = (AttributeArgumentListSyntax)argument.Parent!;
        var index = list.Arguments.IndexOf(argument);
        if (list.Arguments.Count == 1)
        {
            return [Delete(list.SpanStart, list.Span.End)];
        }

        if (index == list.Arguments.Count - 1)
        {
            var comma = list.Arguments.GetSeparator(index - 1);

            // A comment after the comma speaks of the argument before.
            return comma.TrailingTrivia.Any(IsComment)
                ? [Delete(comma.SpanStart, comma.Span.End), Delete(argument.SpanStart, argument.Span.End)]
                : [Delete(comma.SpanStart, argument.Span.End)];
        }

        var next = list.Arguments.GetSeparator(index);
        if (StartsItsLine(argument, text) && next.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia))
        {
            return [Delete(argument.FullSpan.Start, next.FullSpan.End)];
        }

        return index > 0 && !list.Arguments.GetSeparator(index - 1).TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia)
            ? [Delete(list.Arguments.GetSeparator(index - 1).SpanStart, argument.Span.End)]
            : [Delete(argument.SpanStart, list.Arguments[index + 1].SpanStart)];
    }

    private static TextChange Delete(int start, int end) => new(TextSpan.FromBounds(start, end), "");

    private static bool IsComment(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);

    private static bool StartsItsLine(AttributeArgumentSyntax argument, SourceText text) =>
        text.Lines.GetLineFromPosition(argument.FullSpan.Start).Start == argument.FullSpan.Start;
}
