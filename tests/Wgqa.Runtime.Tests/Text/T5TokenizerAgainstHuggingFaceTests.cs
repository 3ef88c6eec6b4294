using System.Text.Json;
using Wgqa.Testing;
using Wgqa.Text;

namespace Wgqa.Tests.Text;

/// <summary>Ids and texts of Hugging Face's T5 tokenizer, on T5's own vocabulary and on a small one.</summary>
public class T5TokenizerAgainstHuggingFaceTests
{
    [SharedFact]
    public void EveryTextHasHuggingFacesIdsOnT5sOwnVocabulary()
    {
        var tokenizer = T5Tokenizer.Load(SharedFolder.Path("data", "tokenizer", "t5"));
        var cases = Cases();
        Assert.Equal(998, cases.Count);
        var batch = tokenizer.EncodeBatch([.. cases.Select(entry => entry.Text)]);
        for (var i = 0; i < cases.Count; i++)
        {
            Assert.Equal(cases[i].Ids, tokenizer.Encode(cases[i].Text));
            Assert.Equal(cases[i].Ids, batch[i]);
        }
    }

    [SharedFact]
    public void EveryIdListHasHuggingFacesTextOnT5sOwnVocabulary()
    {
        var tokenizer = T5Tokenizer.Load(SharedFolder.Path("data", "tokenizer", "t5", "spiece.model"));
        foreach (var (_, ids, decoded) in Cases())
        {
            Assert.Equal(decoded, tokenizer.Decode(ids, skipSpecialTokens: false));
        }
    }

    [SharedFact]
    public void T5sOwnVocabularyHasItsKnownIds()
    {
        var tokenizer = T5Tokenizer.Load(SharedFolder.Path("data", "tokenizer", "t5"));
        Assert.Equal((0, 1, 2), (tokenizer.PadId, tokenizer.EosId, tokenizer.UnkId));
        Assert.Equal(32100, tokenizer.VocabularySize);
        Assert.Equal((32099, 32000), (tokenizer.SentinelId(0), tokenizer.SentinelId(99)));
        Assert.Equal([37, 32099, 10681, 16, 32098, 2447, 1], tokenizer.Encode("The <extra_id_0> walks in <extra_id_1> park"));
    }

    [SharedFact]
    public void EveryGoldenTextHasTheReferencesIdsAndTexts()
    {
        var tokenizer = T5Tokenizer.Load(SharedFolder.Path("golden", "tokenizer"));
        using var golden = Golden();
        Assert.Equal(golden.RootElement.GetProperty("vocab_size_total").GetInt32(), tokenizer.VocabularySize);
        foreach (var entry in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var text = entry.GetProperty("text").GetString()!;
            var ids = Ints(entry.GetProperty("hf_legacy_ids"));
            Assert.Equal(ids, tokenizer.Encode(text));
            Assert.Equal(entry.GetProperty("hf_legacy_decode").GetString(), tokenizer.Decode(ids, skipSpecialTokens: false));
            Assert.Equal(entry.GetProperty("hf_legacy_decode_skip_special").GetString(), tokenizer.Decode(ids));
            Assert.Equal(entry.GetProperty("hf_legacy_decode_skip_special_noclean").GetString(), tokenizer.Decode(ids, cleanUpSpaces: false));
        }
    }

    [SharedFact]
    public void TruncationKeepsTheEndOfTheText()
    {
        var tokenizer = T5Tokenizer.Load(SharedFolder.Path("golden", "tokenizer"));
        using var golden = Golden();
        var batch = golden.RootElement.GetProperty("batch");
        string[] texts = [.. batch.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];
        var expected = batch.GetProperty("input_ids").EnumerateArray().Select(Ints);
        Assert.Equal(expected, tokenizer.EncodeBatch(texts, batch.GetProperty("max_length").GetInt32()));
    }

    private static List<(string Text, int[] Ids, string Decoded)> Cases()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("data", "tokenizer", "t5", "hf-cases.json")));
        return [.. document.RootElement.EnumerateArray().Select(entry => (entry[0].GetString()!, Ints(entry[1]), entry[2].GetString()!))];
    }

    private static JsonDocument Golden() => JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Path("golden", "tokenizer", "golden.json")));

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(element => element.GetInt32())];
}
