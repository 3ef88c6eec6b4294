using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Wgqa.CodeFixes;

/// <summary>How an argument or an attribute is taken out of its list: with one comma and what was said about it, and with nothing else.</summary>
internal static class Removal
{
    /// <summary>The edits that take <paramref name="node"/> out.</summary>
    public static IEnumerable<TextChange> Of(SyntaxNode node, SourceText text) => (node, node.Parent) switch
    {
        (AttributeArgumentSyntax, AttributeArgumentListSyntax { Arguments.Count: 1 } list) => [Delete(list.SpanStart, list.Span.End)],
        (AttributeArgumentSyntax argument, AttributeArgumentListSyntax list) => OneOf(list.Arguments, argument, text),
        (AttributeSyntax, AttributeListSyntax { Attributes.Count: 1 } list) => [WithItsLine(list, text)],
        (AttributeSyntax attribute, AttributeListSyntax list) => OneOf(list.Attributes, attribute, text),
        _ => [],
    };

    private static IEnumerable<TextChange> OneOf<T>(SeparatedSyntaxList<T> list, T node, SourceText text)
        where T : SyntaxNode
    {
        var index = list.IndexOf(node);
        if (index == list.Count - 1)
        {
            var comma = list.GetSeparator(index - 1);

            // A comment after the comma speaks of what is before it.
            return comma.TrailingTrivia.Any(IsComment)
                ? [Delete(comma.SpanStart, comma.Span.End), Delete(node.SpanStart, node.Span.End)]
                : [Delete(comma.SpanStart, node.Span.End)];
        }

        var next = list.GetSeparator(index);
        if (StartsItsLine(node.FullSpan.Start, text) && next.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia))
        {
            return [Delete(node.FullSpan.Start, next.FullSpan.End)];
        }

        return index > 0 && !list.GetSeparator(index - 1).TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia)
            ? [Delete(list.GetSeparator(index - 1).SpanStart, node.Span.End)]
            : [Delete(node.SpanStart, list[index + 1].SpanStart)];
    }

    // What documents the class may come before its attributes; it stays.
    private static TextChange WithItsLine(AttributeListSyntax list, SourceText text)
    {
        var line = text.Lines.GetLineFromPosition(list.SpanStart);
        var isAlone = string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(line.Start, list.SpanStart))) && list.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia);
        return Delete(isAlone ? line.Start : list.SpanStart, list.FullSpan.End);
    }

    private static TextChange Delete(int start, int end) => new(TextSpan.FromBounds(start, end), "");

    private static bool IsComment(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);

    private static bool StartsItsLine(int position, SourceText text) => text.Lines.GetLineFromPosition(position).Start == position;
}
