using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Wgqa.Generators.Benchmarks;

/// <summary>What somebody types.</summary>
public enum Edit
{
    /// <summary>A method's body, in a file without declarations.</summary>
    UnrelatedFile,

    /// <summary>A blank line at the head of a file with ten declarations.</summary>
    BlankLine,

    /// <summary>One declaration says something else.</summary>
    OneChanged,

    /// <summary>One declaration more.</summary>
    OneAdded,
}

/// <summary>A project of 1,000 declarations in 100 files, and of 1,000 other classes in 100 more.</summary>
internal sealed class Corpus
{
    /// <summary>Declarations, and other classes.</summary>
    public const int Size = 1000;

    private const int PerFile = 10;

    private static readonly string[] Declarations =
    [
        "[KvGrouping]",
        "[KvGrouping(Groups = 1)]",
        "[KvGrouping(GroupSize = 2, Pooling = FirstHead)]",
        "[KvGrouping(Heads = 12, Groups = 6, Layout = Strided)]",
        "[KvGrouping(Groups = 6, Weighting = Column, Init = Mean)]",
        "[KvGrouping(Heads = 12, Map = new[] { 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2 }, Weighting = Row)]",
        "[KvGrouping(GroupSize = 4, Weighting = Scalar, Init = Normal, Sites = Encoder | Self), Align]",
        "[KvGrouping(Groups = 4, Merge = Live), GroupsAt(Sites = DecoderCross, Layers = new[] { 0, 1 }, Groups = 1)]",
        "[KvGrouping(GroupSize = 2), KeyDriven(Allocation = MovingAverage, Window = 300)]",
        "[KvGrouping(KeyGroups = 2, ValueGroups = 4), Blend, Perturbed(Scale = 0.5)]",
    ];

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var file
                && (file.StartsWith("System.", StringComparison.Ordinal) || file is "netstandard.dll" or "TorchSharp.dll" or "Wgqa.Runtime.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly Dictionary<Edit, (SyntaxTree Tree, SourceText Text)> _edits;

    private Corpus(Func<int, string> declarations, params (Edit Edit, string Old, string New)[] edits)
    {
        var files = Enumerable.Range(0, Size / PerFile).SelectMany(file => new[] { declarations(file), Others(file) }).ToList();
        Compilation = CSharpCompilation.Create(
            "Declared",
            files.Select((text, number) => CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), Parsing, $"File{number}.cs")),
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        (Edit Edit, string Old, string New)[] everywhere =
        [
            (Edit.UnrelatedFile, "x * 500;", "x * 501;"),
            (Edit.BlankLine, "namespace Declared.Part50;", "\nnamespace Declared.Part50;"),
        ];
        _edits = everywhere.Concat(edits).ToDictionary(edit => edit.Edit, edit =>
        {
            var file = files.FindIndex(text => text.Contains(edit.Old, StringComparison.Ordinal));
            var tree = Compilation.SyntaxTrees[file];
            return (tree, tree.GetText().Replace(files[file].IndexOf(edit.Old, StringComparison.Ordinal), edit.Old.Length, edit.New));
        });
    }

    /// <summary>How the files are read.</summary>
    public static CSharpParseOptions Parsing { get; } = new(LanguageVersion.Latest);

    /// <summary>Files without a declaration beside the other classes.</summary>
    public static Corpus Undeclared { get; } = new(file => $"namespace Declared.Part{file};\n");

    /// <summary>Ten variants a file, each declared in another way.</summary>
    public static Corpus Variants { get; } = new(
        file => new StringBuilder()
            .Append("using Wgqa;\nusing static Wgqa.Allocation;\nusing static Wgqa.Init;\nusing static Wgqa.Layout;\nusing static Wgqa.Merge;\nusing static Wgqa.Pooling;\nusing static Wgqa.Sites;\nusing static Wgqa.Weighting;\n")
            .Append($"namespace Declared.Part{file};\n")
            .AppendJoin('\n', Range(file).Select(number => $"{Declarations[number % PerFile]}\npublic sealed partial class Variant{number};\n"))
            .ToString(),
        (Edit.OneChanged, "(Groups = 6, Weighting = Column, Init = Mean)]\npublic sealed partial class Variant504;", "(Groups = 3)]\npublic sealed partial class Variant504;"),
        (Edit.OneAdded, "namespace Declared.Part50;", "namespace Declared.Part50;\n[KvGrouping(Groups = 5)] public sealed partial class Added;\n"));

    /// <summary>Ten types a file and the context that serialises them.</summary>
    public static Corpus JsonTypes { get; } = new(
        file => new StringBuilder()
            .Append("using System.Collections.Generic;\nusing System.Text.Json.Serialization;\n")
            .Append($"namespace Declared.Part{file};\n")
            .AppendJoin('\n', Range(file).Select(number => $"public sealed class Type{number}\n{{\n    public int Size {{ get; set; }}\n    public string Name {{ get; set; }} = \"\";\n    public List<double> Values {{ get; set; }} = [];\n}}\n"))
            .AppendJoin('\n', Range(file).Select(number => $"[JsonSerializable(typeof(Type{number}))]"))
            .Append($"\npublic sealed partial class Context{file} : JsonSerializerContext;\n")
            .ToString(),
        (Edit.OneChanged, "class Type504\n{\n    public int Size", "class Type504\n{\n    public long Size"),
        (Edit.OneAdded, "namespace Declared.Part50;", "namespace Declared.Part50;\npublic sealed class Added { public int Size { get; set; } }\n[JsonSerializable(typeof(Added))] public sealed partial class AddedContext : JsonSerializerContext;\n"));

    /// <summary>The project before the edit.</summary>
    public CSharpCompilation Compilation { get; }

    /// <summary>The project after it: the edited file alone is parsed, and of it only what changed.</summary>
    public CSharpCompilation After(Edit edit) => Compilation.ReplaceSyntaxTree(_edits[edit].Tree, _edits[edit].Tree.WithChangedText(_edits[edit].Text));

    private static string Others(int file) => new StringBuilder()
        .Append($"using System;\nnamespace Declared.Others{file};\n")
        .AppendJoin('\n', Range(file).Select(number => $"[Obsolete]\npublic sealed class Other{number}\n{{\n    private readonly int _size = {number};\n    public int Twice(int x)\n    {{\n        var y = x * {number};\n        return y + _size;\n    }}\n}}\n"))
        .ToString();

    private static IEnumerable<int> Range(int file) => Enumerable.Range(file * PerFile, PerFile);
}
