using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>No gradients are tracked on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => Native.wgqa_grad_enabled() != 0;

    /// <summary>As <see cref="no_grad"/>, and tensors made meanwhile can never take part in autograd: less bookkeeping.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => Native.wgqa_inference_enabled() != 0;

    private sealed class GradMode : IDisposable
    {
        private readonly int _before = Native.wgqa_grad_enabled();

        internal GradMode(bool enabled) => Native.wgqa_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => Native.wgqa_set_grad_enabled(_before);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint _guard = Native.wgqa_enter_inference(enabled ? 1 : 0);

        public void Dispose()
        {
            var left = Interlocked.Exchange(ref _guard, 0);
            if (left != 0)
            {
                Native.wgqa_leave_inference(left);
            }
        }
    }
}
