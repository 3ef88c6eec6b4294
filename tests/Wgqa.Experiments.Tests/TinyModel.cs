using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;

namespace Wgqa.Experiments.Tests;

/// <summary>A model folder with random weights, small enough to train in a moment, and data to go with it.</summary>
public sealed class TinyModel : IDisposable
{
    private static readonly string[] Nouns = ["Hund", "Mann", "Baum", "Tisch", "Zug", "Ball", "Berg", "Fluss"];
    private static readonly string[] English = ["dog", "man", "tree", "table", "train", "ball", "mountain", "river"];

    public TinyModel()
    {
        Root = Directory.CreateTempSubdirectory("wgqa-tests-").FullName;
        var sentences = Nouns.Zip(English).SelectMany(pair => new[] { $"translate German to English: Der {pair.First} ist hier.", $"The {pair.Second} is here." });
        var tokenizer = T5Tokenizer.FromModel(SentencePieceTraining.Train(sentences, 60, orFewer: true), 4);
        Four = Model("four", 4, tokenizer);
        Three = Model("three", 3, tokenizer);
        Data = Path.Combine(Root, "data");
        Directory.CreateDirectory(Data);
        foreach (var (split, count) in new[] { ("train", 24), ("val", 4), ("test", 4) })
        {
            var chosen = Enumerable.Range(0, count).Select(i => i % Nouns.Length).ToList();
            File.WriteAllLines(Path.Combine(Data, $"{split}.de"), chosen.Select(i => $"Der {Nouns[i]} ist hier."));
            File.WriteAllLines(Path.Combine(Data, $"{split}.en"), chosen.Select(i => $"The {English[i]} is here."));
        }
    }

    /// <summary>A folder for whatever a test writes.</summary>
    public string Root { get; }

    /// <summary>A model of four heads.</summary>
    public string Four { get; }

    /// <summary>A model of three heads, which no pairs divide.</summary>
    public string Three { get; }

    /// <summary>A data folder with train, val and test.</summary>
    public string Data { get; }

    /// <summary>A path that nothing has yet.</summary>
    public string New(string name) => Path.Combine(Root, $"{name}-{Guid.NewGuid():N}");

    /// <summary>A copy of the four-headed model's folder, to be damaged.</summary>
    public string Copy()
    {
        var folder = New("copy");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Four))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string Model(string name, int heads, T5Tokenizer tokenizer)
    {
        var folder = Path.Combine(Root, name);
        Directory.CreateDirectory(folder);
        tokenizer.Save(folder);
        Randomness.SeedModel(7);
        using var model = new T5(new T5Config
        {
            VocabSize = tokenizer.VocabularySize,
            ModelDim = 12,
            HeadDim = 4,
            Heads = heads,
            FeedForwardDim = 24,
            EncoderLayers = 1,
            DecoderLayers = 2,
            DropoutRate = 0,
        });
        model.Initialize();
        T5Folder.Save(model, folder);
        return folder;
    }
}
