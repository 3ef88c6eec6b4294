using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A stream of random numbers.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            Native.Check(Native.wgqa_new_generator(seed, Native.Packed(this.device.type, this.device.index), out _handle));
        }

        private Generator(nint handle, Device device)
        {
            _handle = handle;
            this.device = device;
        }

        ~Generator() => Dispose(false);

        /// <summary>The generator that everything on the processor uses unless told otherwise.</summary>
        public static Generator Default => Of(CPU);

        public nint Handle => _handle;

        public Device device { get; }

        /// <summary>The whole state, a tensor of bytes.</summary>
        public Tensor get_state()
        {
            Native.Check(Native.wgqa_generator_state(_handle, out var state), this);
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            Native.Check(Native.wgqa_set_generator_state(_handle, value.Handle), this);
            GC.KeepAlive(value);
        }

        public Generator manual_seed(long seed)
        {
            Native.Check(Native.wgqa_set_generator_seed(_handle, unchecked((ulong)seed)), this);
            return this;
        }

        /// <summary>Seeds the generator from the machine's randomness and returns the seed.</summary>
        public long seed()
        {
            Native.Check(Native.wgqa_reseed_generator(_handle, out var seed), this);
            return unchecked((long)seed);
        }

        public long initial_seed()
        {
            Native.Check(Native.wgqa_generator_seed(_handle, out var seed), this);
            return unchecked((long)seed);
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        internal static Generator Of(Device device)
        {
            Native.Check(Native.wgqa_default_generator(Native.Packed(device.type, device.index), out var handle));
            return new Generator(handle, device);
        }

        protected virtual void Dispose(bool disposing)
        {
            var freed = Interlocked.Exchange(ref _handle, 0);
            if (freed != 0)
            {
                Native.wgqa_free_generator(freed);
            }
        }
    }
}
