using System.Runtime.InteropServices;
using TorchSharp.Dispatch;

namespace TorchSharp;

public static partial class torch
{
    private static Device _defaultDevice = CPU;

    /// <summary>libtorch's version.</summary>
    public static unsafe string __version__ => Marshal.PtrToStringUTF8((nint)Native.wgqa_version())!;

    public static int get_num_threads() => Native.wgqa_threads();

    public static void set_num_threads(int num) => Native.Check(Native.wgqa_set_threads(num));

    public static int get_num_interop_threads() => Native.wgqa_interop_threads();

    public static void set_num_interop_threads(int num) => Native.Check(Native.wgqa_set_interop_threads(num));

    public static ScalarType get_default_dtype() => (ScalarType)Native.wgqa_default_dtype();

    public static void set_default_dtype(ScalarType dtype) => Native.Check(Native.wgqa_set_default_dtype((int)dtype));

    public static void set_default_tensor_type(Tensor t) => set_default_dtype(t.dtype);

    public static Device get_default_device() => _defaultDevice;

    public static void set_default_device(Device device) => _defaultDevice = InitializeDevice(device);

    public static void set_default_device(string device) => set_default_device(new Device(device));

    /// <summary>The device, or the default device for null, once it is known to be there.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public static Device InitializeDevice(Device? device)
    {
        device ??= _defaultDevice;
        InitializeDeviceType(device.type);
        return device;
    }

    /// <exception cref="InvalidOperationException">This libtorch or this machine has no such device.</exception>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
        {
            throw new InvalidOperationException($"Torch device type '{deviceType}' is not available on this machine.");
        }
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType switch
    {
        DeviceType.CUDA or DeviceType.MPS => Native.wgqa_device_count((int)deviceType) > 0,
        _ => true,
    };

    public static bool cuda_is_available() => cuda.is_available();

    public static bool mps_is_available() => TryInitializeDeviceType(DeviceType.MPS);

    /// <summary>Nothing to do: every failure of libtorch is thrown where it happens.</summary>
    public static void CheckForErrors()
    {
    }
}
