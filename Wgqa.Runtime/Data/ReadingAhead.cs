using System.Collections.Concurrent;

namespace Wgqa.Data;

/// <summary>Does the work of a sequence before it is asked for.</summary>
internal static class ReadingAhead
{
    /// <summary>
    /// The same items in the same order, made on another thread while the one before is being used; what the sequence throws is thrown
    /// after the items before it. Whoever stops asking stops the other thread, which has ended when the enumerator is disposed.
    /// </summary>
    /// <param name="items">What to enumerate. Items are to be plain memory: one that was made and is not asked for is left to the garbage collector.</param>
    /// <param name="most">Items that may be waiting.</param>
    public static IEnumerable<T> Ahead<T>(this IEnumerable<T> items, int most)
    {
        using var stop = new CancellationTokenSource();
        using var waiting = new BlockingCollection<T>(most);
        var reader = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    foreach (var item in items)
                    {
                        waiting.Add(item, stop.Token);
                    }
                }
                finally
                {
                    waiting.CompleteAdding();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        try
        {
            foreach (var item in waiting.GetConsumingEnumerable())
            {
                yield return item;
            }

            reader.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            Task.WaitAny(reader);
        }
    }
}
