using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Wgqa.CodeFixes;

/// <summary>Where a using directive goes: among those that are there, in their order and outside any <c>#if</c>; else first in the file.</summary>
internal static class DirectivePlace
{
    /// <summary>The edit that brings <paramref name="directive"/> into scope at <paramref name="place"/>.</summary>
    public static TextChange Insert(string directive, CompilationUnitSyntax root, SyntaxToken place, SourceText text)
    {
        var added = SyntaxFactory.ParseCompilationUnit(directive).Usings[0];
        var present = Present(root, place);
        var before = present.LastOrDefault(other => Compare(other, added) <= 0 && IsUnconditional(root, other.FullSpan.End));
        if (before is not null)
        {
            return After(before, directive, text);
        }

        var next = present.FirstOrDefault();
        return next is not null && IsUnconditional(root, next.SpanStart)
            ? new(new(next.SpanStart, 0), directive + LineEnd(text) + Indentation(next, text))
            : First(root, directive, text);
    }

    /// <summary>The file's directives, or, where the file has none, those of the namespaces around the place.</summary>
    private static SyntaxList<UsingDirectiveSyntax> Present(CompilationUnitSyntax root, SyntaxToken place)
    {
        var inside = place.Parent!.AncestorsAndSelf().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault(outer => outer.Usings.Count > 0);
        return root.Usings.Count > 0 || inside is null ? root.Usings : inside.Usings;
    }

    private static TextChange After(UsingDirectiveSyntax before, string directive, SourceText text)
    {
        var lineEnds = before.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia);
        return new(new(before.FullSpan.End, 0), lineEnds ? Indentation(before, text) + directive + LineEnd(text) : directive + " ");
    }

    /// <summary>Before everything but what has to stay first: the file's header, <c>#define</c> and aliases of assemblies.</summary>
    private static TextChange First(CompilationUnitSyntax root, string directive, SourceText text)
    {
        if (root.Externs.LastOrDefault() is { } assemblyAlias)
        {
            return new(new(assemblyAlias.FullSpan.End, 0), directive + LineEnd(text));
        }

        var position = 0;
        var lines = 0;
        foreach (var trivia in root.GetFirstToken(includeZeroWidth: true).LeadingTrivia)
        {
            lines = trivia.Kind() switch
            {
                SyntaxKind.EndOfLineTrivia => lines + 1,
                SyntaxKind.WhitespaceTrivia => lines,
                _ => trivia.IsDirective ? 1 : 0,
            };

            // A comment is the file's header if an empty line follows it; otherwise it speaks of what follows.
            var staysFirst = lines == 2 || trivia.Kind() is SyntaxKind.DefineDirectiveTrivia or SyntaxKind.UndefDirectiveTrivia or SyntaxKind.EndIfDirectiveTrivia;
            if (staysFirst && IsUnconditional(root, trivia.FullSpan.End))
            {
                position = trivia.FullSpan.End;
            }
        }

        return new(new(position, 0), directive + LineEnd(text) + LineEnd(text));
    }

    // The order of `dotnet format`: global ones, namespaces, static ones, aliases; System before others.
    private static int Compare(UsingDirectiveSyntax left, UsingDirectiveSyntax right)
    {
        var kinds = Kind(left).CompareTo(Kind(right));
        return kinds != 0 ? kinds : StringComparer.OrdinalIgnoreCase.Compare(Name(left), Name(right));

        static int Kind(UsingDirectiveSyntax one) =>
            one.GlobalKeyword != default ? 0 : one.Alias is not null ? 4 : one.StaticKeyword != default ? 3 : IsSystem(one) ? 1 : 2;

        static string Name(UsingDirectiveSyntax one) => one.NamespaceOrType.ToString();

        static bool IsSystem(UsingDirectiveSyntax one) => Name(one) == "System" || Name(one).StartsWith("System.", StringComparison.Ordinal);
    }

    private static bool IsUnconditional(CompilationUnitSyntax root, int position)
    {
        var depth = 0;
        for (var directive = root.GetFirstDirective(); directive is not null && directive.SpanStart < position; directive = directive.GetNextDirective())
        {
            depth += directive.Kind() switch
            {
                SyntaxKind.IfDirectiveTrivia => 1,
                SyntaxKind.EndIfDirectiveTrivia => -1,
                _ => 0,
            };
        }

        return depth == 0;
    }

    private static string Indentation(SyntaxNode node, SourceText text)
    {
        var start = text.Lines.GetLineFromPosition(node.SpanStart).Start;
        var before = text.ToString(TextSpan.FromBounds(start, node.SpanStart));
        return string.IsNullOrWhiteSpace(before) ? before : "";
    }

    private static string LineEnd(SourceText text)
    {
        var line = text.Lines[0];
        return line.EndIncludingLineBreak > line.End ? text.ToString(TextSpan.FromBounds(line.End, line.EndIncludingLineBreak)) : "\n";
    }
}
