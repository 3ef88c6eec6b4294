namespace TorchSharp;

/// <summary>A thread's stack of dispose scopes and what it counts.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? _ofThisThread;

    public static ThreadDisposeScopeStatistics Statistics => OfThisThread.Counts;

    internal static DisposeScopeManager OfThisThread => _ofThisThread ??= new DisposeScopeManager();

    internal ThreadDisposeScopeStatistics Counts { get; } = new();

    internal DisposeScope? Current { get; private set; }

    internal DisposeScope Open() => Current = new DisposeScope(this);

    /// <summary>Takes a scope off the stack; usually the top one, but scopes may be disposed out of order.</summary>
    internal void Close(DisposeScope scope)
    {
        if (ReferenceEquals(Current, scope))
        {
            Current = scope.Outer;
            return;
        }

        for (var inner = Current; inner is not null; inner = inner.Outer)
        {
            if (ReferenceEquals(inner.Outer, scope))
            {
                inner.Outer = scope.Outer;
                return;
            }
        }
    }

    /// <summary>Puts a new tensor in the current scope, if there is one.</summary>
    internal void Register(torch.Tensor tensor)
    {
        if (Current is null)
        {
            Counts.TensorStatistics.CreatedOutsideScopeCount++;
            return;
        }

        Counts.TensorStatistics.CreatedInScopeCount++;
        Current.Add(tensor);
    }

    internal void CountDisposal(DisposeScope? owner)
    {
        if (owner is null)
        {
            Counts.TensorStatistics.DisposedOutsideScopeCount++;
        }
        else
        {
            Counts.TensorStatistics.DisposedInScopeCount++;
        }
    }
}
