using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Wgqa.Text;

/// <summary>
/// Trains a unigram SentencePiece vocabulary with T5's settings: padding 0, <c>&lt;/s&gt;</c> 1, <c>&lt;unk&gt;</c> 2, no
/// beginning of sentence, normalization <c>nmt_nfkc</c>. Microsoft.ML.Tokenizers has no trainer, so this calls
/// libsentencepiece, whichever tokenizer the build uses. The same sentences always give the same vocabulary. It is not quite
/// that of <c>spm_train</c>: every word that occurs twice or more is counted once more, on a line of its own.
/// </summary>
public static unsafe partial class SentencePieceTraining
{
    // U+2585 marks an uncovered character inside the trainer, which leaves out sentences that contain it; U+2581 is a space.
    private const char UnknownMark = '\u2585';
    private const char SpaceMark = '\u2581';

    // The trainer's suffix array counts characters in 32 bits, normalization may multiply them, and a text too long for it
    // ends the process.
    private const long LongestText = 1L << 30;

    private static readonly SearchValues<char> Spaces = SearchValues.Create(" \t\n\r\u00A0\u2581");

    /// <summary>Trains a vocabulary.</summary>
    /// <param name="sentences">The text, in sentences or lines, of any length; one without a visible character counts for nothing.</param>
    /// <param name="vocabularySize">The number of pieces, the three special ones among them (T5: 32,000).</param>
    /// <param name="characterCoverage">The share of the text's characters, 0.98 or more, that pieces cover; the rarest beyond it
    /// become <c>&lt;unk&gt;</c>. 1 covers every character; T5 has 0.9995.</param>
    /// <param name="orFewer">Whether a text that does not yield that many pieces gets a smaller vocabulary instead of an error.</param>
    /// <returns>The serialized model: the content of a <c>spiece.model</c>, which <see cref="T5Tokenizer.FromModel"/> takes.</returns>
    /// <exception cref="UserException">There is no text, it yields fewer pieces or has more characters than
    /// <paramref name="vocabularySize"/>, or libsentencepiece is missing.</exception>
    public static byte[] Train(IEnumerable<string> sentences, int vocabularySize, double characterCoverage = 1.0, bool orFewer = false)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        if (characterCoverage is not (>= 0.98 and <= 1.0))
        {
            throw new UserException(string.Create(CultureInfo.InvariantCulture, $"the character coverage of a vocabulary is from 0.98 to 1, and {characterCoverage} was given"));
        }

        using var text = new MemoryStream();
        var ends = new List<long>();
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        var wordsBySpan = words.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var sentence in sentences)
        {
            if (sentence.EnumerateRunes().Any(IsVisible))
            {
                Add(sentence.Replace(UnknownMark, ' '));
                foreach (var range in sentence.AsSpan().SplitAny(Spaces))
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(wordsBySpan, sentence.AsSpan(range), out _)++;
                }
            }
        }

        if (ends.Count == 0)
        {
            throw new UserException("a vocabulary needs text to be trained on, and there is none");
        }

        // libsentencepiece only considers a string for a piece that is followed by two different characters somewhere. In a
        // text with little punctuation most words are followed by a space and nothing else; a line of its own is another end.
        var sentenceCount = ends.Count;
        foreach (var word in words.Where(word => word.Value > 1).Select(word => word.Key).Order(StringComparer.Ordinal))
        {
            if (word.EnumerateRunes().Any(IsVisible))
            {
                Add(word.Replace(UnknownMark, ' '));
            }
        }

        // The sum of the expected counts depends, in its last bits, on the number of threads: it is fixed, and not that of
        // the machine. The length limit counts bytes, and a longer sentence would be left out without a word; it is the
        // highest that libsentencepiece allows.
        string[] options = [
            "model_type", "unigram",
            "vocab_size", vocabularySize.ToString(CultureInfo.InvariantCulture),
            "character_coverage", characterCoverage.ToString("R", CultureInfo.InvariantCulture),
            "hard_vocab_limit", orFewer ? "false" : "true",
            "pad_id", "0",
            "eos_id", "1",
            "unk_id", "2",
            "bos_id", "-1",
            "max_sentence_length", (1 << 30).ToString(CultureInfo.InvariantCulture),
            "num_threads", "4",
            "minloglevel", "2",
        ];
        try
        {
            return Train(text.GetBuffer(), [.. ends], options, sentenceCount);
        }
        catch (DllNotFoundException exception)
        {
            throw new UserException("training a vocabulary needs libsentencepiece, which was not found: run ./wgqa setup", exception);
        }

        void Add(string sentence)
        {
            var utf8 = Encoding.UTF8.GetBytes(sentence);
            if (text.Length + utf8.Length > LongestText)
            {
                throw new UserException($"a vocabulary can be trained on {LongestText >> 20} MiB of text, and there is more; leave some of it out");
            }

            text.Write(utf8);
            ends.Add(text.Length);
        }
    }

    /// <summary>
    /// Whether normalization leaves something of a character. Where it leaves nothing of a whole text, libsentencepiece
    /// ends the process.
    /// </summary>
    internal static bool IsVisible(Rune character) =>
        (Rune.IsLetterOrDigit(character) || Rune.IsPunctuation(character) || Rune.IsSymbol(character))
        && character != Rune.ReplacementChar && character.Value is not (UnknownMark or SpaceMark);

    private static byte[] Train(byte[] text, long[] ends, string[] options, int sentenceCount)
    {
        var strings = new nint[options.Length];
        try
        {
            for (var i = 0; i < options.Length; i++)
            {
                strings[i] = Marshal.StringToCoTaskMemUTF8(options[i]);
            }

            fixed (byte* bytes = text)
            fixed (long* firstEnd = ends)
            fixed (nint* firstString = strings)
            {
                if (NativeMethods.wgqa_sp_train(bytes, firstEnd, ends.Length, firstString, options.Length, out var model, out var length) != 0)
                {
                    throw new UserException($"no such vocabulary can be trained on this text of {sentenceCount} sentences: {Marshal.PtrToStringUTF8(NativeMethods.wgqa_sp_error())}");
                }

                return new ReadOnlySpan<byte>(model, checked((int)length)).ToArray();
            }
        }
        finally
        {
            foreach (var text8 in strings)
            {
                Marshal.FreeCoTaskMem(text8);
            }
        }
    }

    /// <summary>The part of compat/native/sentencepiece.cpp that trains.</summary>
    private static partial class NativeMethods
    {
        private const string Library = "WgqaSentencePiece";

        [LibraryImport(Library)]
        internal static partial nint wgqa_sp_error();

        [LibraryImport(Library)]
        internal static partial int wgqa_sp_train(byte* text, long* ends, long count, nint* options, int optionCount, out byte* model, out long length);
    }
}
