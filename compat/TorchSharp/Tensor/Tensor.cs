using TorchSharp.Dispatch;

namespace TorchSharp;

/// <summary>PyTorch's names: functions, factories and types.</summary>
public static partial class torch
{
    /// <summary>
    /// An n-dimensional array of libtorch. Holds one native handle, freed by <see cref="Dispose()"/>, by the dispose scope
    /// it was made in, or, as a last resort, by its finalizer.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;

        private nint _handle;

        /// <summary>Takes over a native handle and registers with the current dispose scope.</summary>
        internal Tensor(nint handle)
            : this(handle, register: true)
        {
        }

        internal Tensor(nint handle, bool register)
        {
            _handle = handle;
            var total = Interlocked.Increment(ref _totalCount);
            if (total > Volatile.Read(ref _peakCount))
            {
                Volatile.Write(ref _peakCount, total);
            }

            if (register)
            {
                DisposeScopeManager.OfThisThread.Register(this);
            }
        }

        ~Tensor() => Dispose(false);

        /// <summary>Live managed tensors of all threads. Several may share one storage.</summary>
        public static long TotalCount => Interlocked.Read(ref _totalCount);

        /// <summary>The largest <see cref="TotalCount"/> so far.</summary>
        public static long PeakCount => Volatile.Read(ref _peakCount);

        /// <summary>The native tensor.</summary>
        /// <exception cref="InvalidOperationException">The tensor has been disposed.</exception>
        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        /// <summary>Whether the tensor has been disposed.</summary>
        public bool IsInvalid => _handle == 0;

        /// <summary>A name for debugging.</summary>
        public string? name { get; set; }

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>The tensors beside this one in its scope, which keeps them.</summary>
        internal Tensor? NextInScope { get; set; }

        internal Tensor? PreviousInScope { get; set; }

        /// <summary>A managed tensor over a native one (an <c>at::Tensor*</c>), which it takes over.</summary>
        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Lets go of the native tensor without freeing it.</summary>
        /// <exception cref="InvalidOperationException">The tensor has been disposed.</exception>
        public nint DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            var released = Handle;
            Interlocked.Decrement(ref _totalCount);
            _handle = 0;
            return released;
        }

        /// <summary>Another managed tensor for the same native one; each is disposed on its own.</summary>
        public Tensor alias()
        {
            var another = Native.wgqa_alias(Handle);
            GC.KeepAlive(this);
            return new Tensor(another);
        }

        /// <summary>Moves the tensor to the next dispose scope outwards, or out of all scopes if there is none.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of all dispose scopes.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        [Obsolete("The method name misspells 'Detach.' Use 'DetachFromDisposeScope' instead.", false)]
        public Tensor DetatchFromDisposeScope() => DetachFromDisposeScope();

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } owner)
            {
                owner.MoveToOther(other, this);
            }
            else
            {
                other?.Attach(this);
            }

            return this;
        }

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>Whether shape and elements are equal.</summary>
        public bool Equals(Tensor target) => Aten.equal.CallBool(this, target);

        public override int GetHashCode() => base.GetHashCode();

        /// <summary>
        /// Gives the handle away to another managed tensor (a parameter made from this tensor), which counts as the live one
        /// from now on.
        /// </summary>
        internal nint MoveHandle()
        {
            var moved = Interlocked.Exchange(ref _handle, 0);
            if (moved != 0)
            {
                Interlocked.Decrement(ref _totalCount);
            }

            return moved;
        }

        protected virtual void Dispose(bool disposing)
        {
            var freed = Interlocked.Exchange(ref _handle, 0);
            if (freed == 0)
            {
                return;
            }

            // A finalizer runs on a thread of its own: the scope, if any, is garbage too, and must not be touched there.
            DisposeScopeManager.OfThisThread.CountDisposal(OwningDisposeScope);
            if (disposing)
            {
                OwningDisposeScope?.MarkAsDisposed(this);
            }

            Interlocked.Decrement(ref _totalCount);
            Native.wgqa_free(freed);
        }
    }
}
