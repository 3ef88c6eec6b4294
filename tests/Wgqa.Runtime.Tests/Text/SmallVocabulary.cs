using Wgqa.Text;

namespace Wgqa.Tests.Text;

/// <summary>A vocabulary trained on a few hundred sentences, for tests that need no particular one.</summary>
internal static class SmallVocabulary
{
    public const int Size = 64;

    private static readonly string[] Subjects = ["The river", "A small dog", "My neighbour", "The old clock", "Das Mädchen", "Der Fährmann"];
    private static readonly string[] Verbs = ["crosses", "remembers", "doesn't see", "is painting", "überquert", "sucht"];
    private static readonly string[] Objects = ["the garden", "the quiet street", "seven letters", "die Brücke", "den Schlüssel", "nothing at all"];
    private static readonly Lazy<T5Tokenizer> Loaded = new(() => T5Tokenizer.FromModel(Model));
    private static readonly Lazy<byte[]> Trained = new(() => SentencePieceTraining.Train(Sentences, Size));

    public static IEnumerable<string> Sentences =>
        from subject in Subjects
        from verb in Verbs
        from complement in Objects
        select $"{subject} {verb} {complement}.";

    public static byte[] Model => Trained.Value;

    public static T5Tokenizer Tokenizer => Loaded.Value;
}
