using Microsoft.CodeAnalysis.CSharp;

namespace Wgqa.Generators.Model;

/// <summary>Names as C# has to write them.</summary>
internal static class Identifier
{
    /// <summary>The name, with <c>@</c> before a keyword.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    /// <summary>A dotted name, each part escaped.</summary>
    public static string EscapeAll(string dotted) => string.Join(".", dotted.Split('.').Select(Escape));

    /// <summary>The namespace that an assembly's name stands for: what no identifier may hold becomes <c>_</c>.</summary>
    public static string Namespace(string assemblyName) => string.Join(".", assemblyName.Split('.').Select(Part));

    private static string Part(string text)
    {
        var letters = new string([.. text.Select(letter => SyntaxFacts.IsIdentifierPartCharacter(letter) ? letter : '_')]);
        return letters.Length > 0 && SyntaxFacts.IsIdentifierStartCharacter(letters[0]) ? letters : "_" + letters;
    }
}
