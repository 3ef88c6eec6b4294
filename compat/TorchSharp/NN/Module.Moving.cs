using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // Another device or element type: parameters and buffers become new tensors, and the fields that held the old ones follow.
        public partial class Module
        {
            /// <exception cref="ArgumentException">The type is neither floating-point nor complex.</exception>
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                MustBeFloatingPointOrComplex(dtype);
                if (device.type != DeviceType.CUDA)
                {
                    device = new Device(device.type, -1);
                }

                MustBeAvailable(device.type);
                _toEpilog(device, dtype, non_blocking);
                return this;
            }

            /// <exception cref="InvalidOperationException">CUDA was asked for and there is none.</exception>
            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                if (deviceType != DeviceType.CUDA)
                {
                    deviceIndex = -1;
                }

                MustBeAvailable(deviceType);
                if (deviceType != _deviceType || deviceIndex != _deviceIndex)
                {
                    _toEpilog(deviceType, deviceIndex, non_blocking);
                }

                return this;
            }

            /// <exception cref="ArgumentException">The type is neither floating-point nor complex.</exception>
            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                MustBeFloatingPointOrComplex(dtype);
                _toEpilog(dtype, non_blocking);
                return this;
            }

            /// <summary>Takes element type and device from a tensor.</summary>
            public Module _to(Tensor other, bool non_blocking)
            {
                _to(other.dtype, non_blocking);
                return _to(other.device_type, other.device_index, non_blocking);
            }

            protected void _toEpilog(ScalarType dtype, bool non_blocking) => _toEpilog(dtype, null, non_blocking);

            protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) => _toEpilog(dtype, device, non_blocking);

            protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);

            /// <summary>
            /// Children first, then own parameters and buffers. A public property of the component's name is assigned,
            /// and its setter owns the change; otherwise the old tensor is freed and the field of that name assigned.
            /// Integer and boolean tensors keep their element type.
            /// </summary>
            protected virtual void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
            {
                if (dtype is null && device is null)
                {
                    throw new ArgumentNullException($"{nameof(dtype)} and {nameof(device)} are both null,");
                }

                foreach (var (_, module) in named_children())
                {
                    if (device is null)
                    {
                        module._to(dtype!.Value, non_blocking);
                    }
                    else if (dtype is null)
                    {
                        module._to(device.type, device.index, non_blocking);
                    }
                    else
                    {
                        module._to(device, dtype.Value, non_blocking);
                    }
                }

                var fields = InstanceFields().ToDictionary(field => field.ComponentName());
                var properties = new Dictionary<string, PropertyInfo>();
                foreach (var property in GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    properties.TryAdd(property.Name, property);
                }

                foreach (var (name, parameter) in named_parameters(false).ToList())
                {
                    if (!ReplaceParameter(dtype, device, parameter, out var replacement))
                    {
                        continue;
                    }

                    if (properties.TryGetValue(name, out var property))
                    {
                        property.SetValue(this, replacement);
                        continue;
                    }

                    parameter.Dispose();
                    ConditionallyRegisterParameter(name, replacement);
                    if (fields.TryGetValue(name, out var field))
                    {
                        field.SetValue(this, replacement);
                    }
                }

                foreach (var (name, buffer) in named_buffers(false).ToList())
                {
                    if (!ReplaceBuffer(dtype, device, buffer, out var replacement))
                    {
                        continue;
                    }

                    if (properties.TryGetValue(name, out var property))
                    {
                        property.SetValue(this, replacement);
                        continue;
                    }

                    ConditionallyRegisterBuffer(name, replacement);
                    if (fields.TryGetValue(name, out var field))
                    {
                        field.SetValue(this, replacement);
                    }
                }

                if (device is not null)
                {
                    _deviceType = device.type;
                    _deviceIndex = device.index;
                }
            }

            /// <summary>The buffer on another device or of another type; frees the old one. False where nothing has to change.</summary>
            protected static bool ReplaceBuffer(ScalarType? dtype, Device? device, Tensor buffer, out Tensor? result)
            {
                result = null;
                if (!WouldChange(buffer, dtype, device))
                {
                    return false;
                }

                result = buffer.to(TargetType(buffer, dtype), device ?? buffer.device, disposeAfter: true).DetachFromDisposeScope();
                return true;
            }

            /// <summary>
            /// The parameter on another device or of another type, a leaf as before, with its gradient. The old one is
            /// the caller's to free. False where nothing has to change.
            /// </summary>
            protected static bool ReplaceParameter(ScalarType? dtype, Device? device, Parameter param, out Parameter? p)
            {
                p = null;
                using var grad = param.grad;
                if (!WouldChange(param, dtype, device) && (grad is null || !WouldChange(grad, dtype, device)))
                {
                    return false;
                }

                // A copy that autograd followed would not be a leaf, and gradients would go to the old tensor.
                using (no_grad())
                {
                    var type = TargetType(param, dtype);
                    var target = device ?? param.device;
                    p = new Parameter(param.to(type, target), param.requires_grad);
                    p.DetachFromDisposeScope();
                    if (grad is not null)
                    {
                        using var moved = grad.to(type, target).with_requires_grad(grad.requires_grad);
                        p.grad = moved;
                    }
                }

                return true;
            }

            /// <summary>
            /// What a property with a parameter behind it does when assigned: frees the old one, takes the new one out of
            /// its dispose scope and registers it.
            /// </summary>
            internal void AssignParameter(ref Parameter? field, Parameter? value, string name)
            {
                if (ReferenceEquals(field, value))
                {
                    return;
                }

                field?.Dispose();
                field = value;
                field?.DetachFromDisposeScope();
                ConditionallyRegisterParameter(name, field);
            }

            /// <summary>Moves or converts one parameter, for modules that know theirs by name.</summary>
            internal void MoveParameter(ref Parameter? field, string name, ScalarType? dtype, Device? device)
            {
                if (field is not null && ReplaceParameter(dtype, device, field, out var replacement))
                {
                    AssignParameter(ref field, replacement, name);
                }
            }

            private static bool WouldChange(Tensor tensor, ScalarType? dtype, Device? device) =>
                (dtype is not null && dtype != tensor.dtype)
                || (device is not null && (device.type != tensor.device_type || device.index != tensor.device_index));

            private static ScalarType TargetType(Tensor tensor, ScalarType? dtype) =>
                dtype is { } type && (tensor.is_floating_point() || tensor.is_complex()) ? type : tensor.dtype;

            private static void MustBeFloatingPointOrComplex(ScalarType dtype)
            {
                if (!is_floating_point(dtype) && !is_complex(dtype))
                {
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");
                }
            }

            private static void MustBeAvailable(DeviceType deviceType)
            {
                if (deviceType == DeviceType.CUDA && !cuda.is_available())
                {
                    throw new InvalidOperationException("CUDA is not available.");
                }

                InitializeDeviceType(deviceType);
            }

            protected static (Device device, ScalarType dtype) GetDefaultDeviceAndType(Device? device = null, ScalarType? dtype = null) =>
                (device ?? get_default_device(), dtype ?? get_default_dtype());

            /// <summary>Puts a newly made module where the caller, or the default, wants it.</summary>
            internal T MoveModule<T>(Device? device, ScalarType? dtype) where T : Module
            {
                var (targetDevice, targetType) = GetDefaultDeviceAndType(device, dtype);
                return (T)_to(targetDevice, targetType, false);
            }
        }
    }
}
