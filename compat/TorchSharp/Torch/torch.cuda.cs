using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>CUDA devices; without CUDA there are none.</summary>
    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => Native.wgqa_device_count((int)DeviceType.CUDA);

        public static bool is_cudnn_available() => Native.wgqa_has_cudnn() != 0;

        /// <summary>Seeds the current CUDA device; silently nothing without CUDA.</summary>
        public static void manual_seed(long seed)
        {
            if (is_available())
            {
                Seed(new Device(DeviceType.CUDA), seed);
            }
        }

        /// <summary>Seeds every CUDA device.</summary>
        public static void manual_seed_all(long seed)
        {
            for (var i = 0; i < device_count(); i++)
            {
                Seed(new Device(i), seed);
            }
        }

        /// <summary>Waits until everything given to a CUDA device is done.</summary>
        public static void synchronize(Device? device = null)
        {
            InitializeDeviceType(DeviceType.CUDA);
            Native.Check(Native.wgqa_synchronize(Native.Packed(DeviceType.CUDA, device?.index ?? -1)));
        }

        private static void Seed(Device device, long seed)
        {
            using var generator = Generator.Of(device);
            generator.manual_seed(seed);
        }
    }

    /// <summary>Settings of the back ends.</summary>
    public static class backends
    {
        private static bool Get(int which)
        {
            Native.Check(Native.wgqa_context_get(which, out var value));
            return value != 0;
        }

        private static void Set(int which, bool value) => Native.Check(Native.wgqa_context_set(which, value ? 1 : 0));

        public static class cuda
        {
            public static class matmul
            {
                public static bool allow_tf32
                {
                    get => Get(1);
                    set => Set(1, value);
                }
            }
        }

        public static class cudnn
        {
            public static bool allow_tf32
            {
                get => Get(0);
                set => Set(0, value);
            }
        }
    }
}
