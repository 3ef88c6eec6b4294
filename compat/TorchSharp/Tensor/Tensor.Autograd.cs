using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Whether gradients flow to this tensor.</summary>
        public bool requires_grad
        {
            get => Native.wgqa_requires_grad(Handle) != 0;
            set => Native.Check(Native.wgqa_set_requires_grad(Handle, value ? 1 : 0), this);
        }

        public bool is_leaf => Native.wgqa_is_leaf(Handle) != 0;

        /// <summary>The accumulated gradient, or null. Each read makes a managed tensor of its own.</summary>
        public Tensor? grad
        {
            get
            {
                Native.Check(Native.wgqa_grad(Handle, out var gradient), this);
                return gradient == 0 ? null : new Tensor(gradient);
            }
            set
            {
                Native.Check(Native.wgqa_set_grad(Handle, value is null ? 0 : value.Handle), this);
                GC.KeepAlive(value);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Keeps the gradient of a tensor that is not a leaf.</summary>
        public void retain_grad() => Native.Check(Native.wgqa_retain_grad(Handle), this);

        public Tensor detach() => Aten.detach.Call(this);

        public Tensor detach_() => Aten.detach_.InPlace(this);

        public void backward() => autograd.backward(this);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
