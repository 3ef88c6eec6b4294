using Wgqa.Data;

namespace Wgqa.Experiments.Demo;

/// <summary>The choices that make one sentence: a pure function of two seeds.</summary>
internal sealed class Dice
{
    private SeededRandom _random;

    /// <summary>Begins the choices of a sentence.</summary>
    public void Begin(ulong seed, ulong index) => _random = new SeededRandom(seed, index);

    /// <summary>One of the items.</summary>
    public T Pick<T>(T[] items) => items[_random.Next(items.Length)];

    /// <summary>True so many times in a hundred.</summary>
    public bool Chance(int percent) => _random.Next(100) < percent;

    /// <summary>A number in a range, both ends included.</summary>
    public int Between(int low, int high) => low + _random.Next(high - low + 1);
}
