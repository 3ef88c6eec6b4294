namespace TorchSharp;

public static partial class torch
{
    private static Device? _cudaDevice;
    private static Device? _mpsDevice;

    /// <summary>The processor.</summary>
    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>Shapes without data.</summary>
    public static readonly Device META = new(DeviceType.META);

    /// <summary>The current CUDA device.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Device CUDA => _cudaDevice ??= InitializeDevice(new Device(DeviceType.CUDA));

    /// <summary>Apple's GPU.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Device MPS => _mpsDevice ??= InitializeDevice(new Device(DeviceType.MPS));

    public static Device device(string description) => InitializeDevice(new Device(description));

    public static Device device(string deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(int index) => new(DeviceType.CUDA, index);

    /// <summary>A kind of device and, where there may be several, its number (−1: the current one).</summary>
    public class Device
    {
        public Device(string description)
        {
            var colon = description.IndexOf(':');
            type = Parsed(colon < 0 ? description : description[..colon]);
            index = colon < 0 ? -1 : int.Parse(description.AsSpan(colon + 1));
        }

        public Device(string deviceType, int index = -1)
            : this(Parsed(deviceType), index)
        {
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return type == DeviceType.CPU || index == -1 ? name : $"{name}:{index}";
        }

        private static DeviceType Parsed(string name) => Enum.Parse<DeviceType>(name.ToUpperInvariant());
    }
}
