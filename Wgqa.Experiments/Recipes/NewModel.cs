using TorchSharp;
using Wgqa.Experiments.Processes;
using Wgqa.Models;
using Wgqa.Text;
using Wgqa.Training;
using static TorchSharp.torch;

namespace Wgqa.Experiments.Recipes;

/// <summary>A multi-head T5 to be made from nothing, with its vocabulary.</summary>
/// <param name="Shape">The model's shape.</param>
/// <param name="VocabularySize">Pieces of the vocabulary to train.</param>
/// <param name="Tokenizer">A spiece.model to use instead of training one.</param>
/// <param name="Dropout">Dropout rate.</param>
internal sealed record NewModel(ModelShape Shape, int VocabularySize, string? Tokenizer, double Dropout)
{
    // As many as T5 has, so that a model pretrained on something else can be trained on span corruption later.
    private const int Sentinels = 100;

    /// <summary>The model's configuration.</summary>
    public T5Config Config => Shape.Config(Tokenizer is null ? VocabularySize + Sentinels : T5Tokenizer.Load(Tokenizer).VocabularySize, Dropout);

    /// <summary>The vocabulary: the run's own if it has one already, else the one given, else one trained and kept in the run's folder.</summary>
    /// <param name="run">The run.</param>
    /// <param name="lines">What to train it on.</param>
    /// <param name="of">What that is, in words.</param>
    /// <param name="display">Where it is said that this takes a while.</param>
    /// <param name="peers">The processes of the run: the first trains the vocabulary, and the others read it in the run's folder.</param>
    public T5Tokenizer Vocabulary(RunFolder run, Func<IEnumerable<string>> lines, string of, IProgressDisplay display, Peers peers) =>
        peers.AfterFirst(() => Vocabulary(run, lines, of, display), () => T5Tokenizer.Load(run.Path));

    /// <summary>The model, with the initial weights that follow from a seed.</summary>
    public T5 Create(T5Tokenizer tokenizer, long seed, Device place)
    {
        Randomness.SeedModel(seed);
        var model = new T5(Shape.Config(tokenizer.VocabularySize, Dropout));
        model.Initialize();
        model.to(place);
        return model;
    }

    private T5Tokenizer Vocabulary(RunFolder run, Func<IEnumerable<string>> lines, string of, IProgressDisplay display)
    {
        if (File.Exists(Path.Combine(run.Path, T5Tokenizer.FileName)))
        {
            return T5Tokenizer.Load(run.Path);
        }

        if (Tokenizer is null)
        {
            display.Say($"training a vocabulary of {VocabularySize} pieces on {of}");
        }

        var tokenizer = Tokenizer is null
            ? T5Tokenizer.FromModel(SentencePieceTraining.Train(lines(), VocabularySize), Sentinels)
            : T5Tokenizer.Load(Tokenizer);
        tokenizer.Save(run.Path);
        return tokenizer;
    }
}
