using TorchSharp;
using static TorchSharp.torch;

namespace Wgqa.Data;

/// <summary>Numbers of the host's for a device.</summary>
internal static class HostNumbers
{
    /// <summary>
    /// Takes a tensor of the CPU, which is disposed, to a device without waiting for what the device still has to do: ordinary memory has been read when this returns, and the
    /// device goes on in its order. A copy that waits would leave it with nothing to do while the host prepares what comes next.
    /// </summary>
    public static Tensor Sent(this Tensor numbers, Device device) =>
        device.type == DeviceType.CPU ? numbers : numbers.to(device, disposeAfter: true, non_blocking: true);
}
