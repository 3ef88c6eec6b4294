namespace Wgqa.Data;

public class ReadingAheadTests
{
    [Fact]
    public void ItemsComeInTheirOrder() => Assert.Equal(Enumerable.Range(0, 1000), Enumerable.Range(0, 1000).Ahead(3));

    [Fact]
    public void NoMoreThanAsManyAsAskedForAreMadeAhead()
    {
        var made = 0;
        using var enumerator = Counted().Ahead(3).GetEnumerator();
        Assert.True(enumerator.MoveNext());
        SpinWait.SpinUntil(() => Volatile.Read(ref made) >= 5, TimeSpan.FromSeconds(10));
        Thread.Sleep(50);
        Assert.Equal(5, Volatile.Read(ref made));   // one taken, three waiting, one in hand

        IEnumerable<int> Counted()
        {
            while (true)
            {
                Interlocked.Increment(ref made);
                yield return made;
            }
        }
    }

    [Fact]
    public void TheyAreMadeOnAnotherThread() => Assert.DoesNotContain(Environment.CurrentManagedThreadId, Threads().Ahead(2).Take(20));

    [Fact]
    public void WhatTheSequenceThrowsIsThrownAfterTheItemsBefore()
    {
        var taken = new List<int>();
        var error = Assert.Throws<UserException>(() => taken.AddRange(Failing().Ahead(8)));
        Assert.Equal("line 3 is damaged", error.Message);

        taken.Clear();
        Assert.Throws<UserException>(() =>
        {
            foreach (var item in Failing().Ahead(8))
            {
                taken.Add(item);
            }
        });
        Assert.Equal([1, 2], taken);

        static IEnumerable<int> Failing()
        {
            yield return 1;
            yield return 2;
            throw new UserException("line 3 is damaged");
        }
    }

    [Fact]
    public void WhoeverStopsAskingHasTheSequenceEndedAndItsFilesClosed()
    {
        var closed = false;
        foreach (var item in Endless().Ahead(2))
        {
            if (item == 10)
            {
                break;
            }
        }

        Assert.True(closed);

        IEnumerable<int> Endless()
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    yield return i;
                }
            }
            finally
            {
                closed = true;
            }
        }
    }

    private static IEnumerable<int> Threads()
    {
        while (true)
        {
            yield return Environment.CurrentManagedThreadId;
        }
    }
}
