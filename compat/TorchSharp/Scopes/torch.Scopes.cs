namespace TorchSharp;

public static partial class torch
{
    /// <summary>This thread's innermost dispose scope, or null.</summary>
    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.OfThisThread.Current;

    /// <summary>Opens a dispose scope on this thread: <c>using var scope = NewDisposeScope();</c></summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.OfThisThread.Open();

    /// <summary>Evaluates an expression, disposes its intermediates and hands its value to the outer scope.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }
}
