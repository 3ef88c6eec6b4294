namespace TorchSharp;

/// <summary>
/// Disposes every tensor made on this thread since it was opened, when it is disposed itself, except those moved out.
/// </summary>
/// <remarks>Its tensors are a list through themselves (<see cref="torch.Tensor.NextInScope"/>): a scope opens at every layer of every step, and has nothing to allocate but itself.</remarks>
public sealed class DisposeScope : IDisposable
{
    private DisposeScopeManager? _manager;
    private torch.Tensor? _first;
    private torch.Tensor? _last;
    private int _count;

    internal DisposeScope(DisposeScopeManager manager)
    {
        _manager = manager;
        Outer = manager.Current;
    }

    internal DisposeScope? Outer { get; set; }

    /// <summary>What the scope holds now.</summary>
    public IReadOnlyList<IDisposable> DisposablesView
    {
        get
        {
            _ = Manager;
            return [.. Held()];
        }
    }

    public int DisposablesCount
    {
        get
        {
            _ = Manager;
            return _count;
        }
    }

    private DisposeScopeManager Manager => _manager ?? throw new ObjectDisposedException(GetType().FullName);

    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        MoveToOther(Outer, disposable);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => MoveToOther(Outer, first, second);

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => MoveToOther(Outer, first, second, third);

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(Outer, disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(Outer, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable)
        where T : IDisposable
    {
        Move(scope, disposable);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope? scope, T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
    {
        Move(scope, first);
        Move(scope, second);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) MoveToOther<T1, T2, T3>(DisposeScope? scope, T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable
    {
        Move(scope, first);
        Move(scope, second);
        Move(scope, third);
        return (first, second, third);
    }

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) =>
        MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(scope, disposable);
        }
    }

    /// <summary>Takes a tensor out of all scopes: it lives until it is disposed by hand.</summary>
    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        Move(null, disposable);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => MoveToOther(null, first, second);

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => MoveToOther(null, first, second, third);

    public void Detach(params IDisposable[] disposables) => MoveToOther(null, (IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables) => MoveToOther(null, disposables);

    public void Attach(IDisposable disposable) => Adopt(disposable);

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var attached = disposables.ToArray();
        foreach (var disposable in attached)
        {
            Adopt(disposable);
        }

        return attached;
    }

    public void DisposeEverything()
    {
        _ = Manager;
        while (_first is { } tensor)
        {
            DisposeHeld(tensor);
        }
    }

    /// <summary>Disposes what the scope holds except <paramref name="inKeep"/>, which stays in the scope.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        _ = Manager;
        var keep = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var tensor in Held().ToArray())
        {
            if (!keep.Contains(tensor))
            {
                DisposeHeld(tensor);
            }
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        DisposeEverythingBut(new IDisposable[] { keep });
        return keep;
    }

    public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable
    {
        DisposeEverythingBut(new IDisposable[] { first, second });
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) DisposeEverythingBut<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable
    {
        DisposeEverythingBut(new IDisposable[] { first, second, third });
        return (first, second, third);
    }

    public void Dispose()
    {
        if (_manager is null)
        {
            return;
        }

        DisposeEverything();
        _manager.Close(this);
        _manager = null;
    }

    /// <summary>Tells the scope that something in it has been disposed by hand.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        _ = Manager;
        if (disposable is torch.Tensor tensor && Contains(tensor))
        {
            Remove(tensor);
        }
    }

    public bool Contains(IDisposable disposable) => disposable is torch.Tensor tensor && ReferenceEquals(tensor.OwningDisposeScope, this);

    /// <summary>Takes in a tensor that no scope holds.</summary>
    internal void Add(torch.Tensor tensor)
    {
        (tensor.OwningDisposeScope, tensor.PreviousInScope) = (this, _last);
        if (_last is null)
        {
            _first = tensor;
        }
        else
        {
            _last.NextInScope = tensor;
        }

        _last = tensor;
        _count++;
    }

    /// <summary>Lets <paramref name="replacement"/> take the place of <paramref name="original"/> in its scope.</summary>
    internal static void ReplaceWith(torch.Tensor original, torch.Tensor replacement)
    {
        if (original.OwningDisposeScope is { } scope)
        {
            scope.Remove(original);
            Transfer(scope, replacement);
        }
    }

    private IEnumerable<torch.Tensor> Held()
    {
        for (var tensor = _first; tensor is not null; tensor = tensor.NextInScope)
        {
            yield return tensor;
        }
    }

    private void Remove(torch.Tensor tensor)
    {
        var (before, after) = (tensor.PreviousInScope, tensor.NextInScope);
        if (before is null)
        {
            _first = after;
        }
        else
        {
            before.NextInScope = after;
        }

        if (after is null)
        {
            _last = before;
        }
        else
        {
            after.PreviousInScope = before;
        }

        (tensor.OwningDisposeScope, tensor.PreviousInScope, tensor.NextInScope) = (null, null, null);
        _count--;
    }

    private void DisposeHeld(torch.Tensor tensor)
    {
        // While the tensor still belongs to the scope, so that it counts as disposed in a scope.
        tensor.Dispose();
        if (Contains(tensor))
        {
            Remove(tensor);   // one that had given its handle away
        }
    }

    private void Move(DisposeScope? scope, IDisposable disposable)
    {
        var counts = Manager.Counts.TensorStatistics;
        if (disposable is not torch.Tensor tensor || !Contains(tensor))
        {
            return;
        }

        if (scope is null)
        {
            counts.DetachedFromScopeCount++;
            Remove(tensor);
        }
        else
        {
            Transfer(scope, tensor);
        }
    }

    private void Adopt(IDisposable disposable)
    {
        var counts = Manager.Counts.TensorStatistics;
        if (disposable is not torch.Tensor tensor)
        {
            throw new InvalidOperationException("DisposeScope can only manage Tensor or PackedSequence");
        }

        if (Transfer(this, tensor))
        {
            counts.AttachedToScopeCount++;
        }
    }

    private static bool Transfer(DisposeScope scope, torch.Tensor tensor)
    {
        var owner = tensor.OwningDisposeScope;
        if (ReferenceEquals(owner, scope))
        {
            return false;
        }

        owner?.Remove(tensor);
        scope.Add(tensor);
        return true;
    }
}
