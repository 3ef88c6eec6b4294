namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // Values by name, in memory and in TorchSharp's own file format: a LEB128 count, then per entry its name
        // (length-prefixed UTF-8) and the tensor (LEB128 element type, rank and sizes, then the bytes).
        public partial class Module
        {
            /// <summary>The module's own parameters and persistent buffers by name: not copies. Nothing that is there already is replaced.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                foreach (var (name, parameter) in named_parameters())
                {
                    destination.TryAdd(Prefixed(name), parameter);
                }

                foreach (var (name, buffer) in named_buffers(include_nonpersistent: false))
                {
                    destination.TryAdd(Prefixed(name), buffer);
                }

                // A parameter that two children share was listed once above; here each gets its own name.
                foreach (var (name, module) in _internal_submodules)
                {
                    module.state_dict(destination, Prefixed(name));
                }

                return destination;

                string Prefixed(string name) => string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}";
            }

            /// <summary>Copies values in by name.</summary>
            /// <returns>The names that the source lacked, and those that the module does not have.</returns>
            /// <exception cref="InvalidOperationException">Strict, and the names are not the same.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                skip ??= [];
                var destination = state_dict();
                var unexpected = source.Keys.Where(key => !skip.Contains(key) && !destination.ContainsKey(key)).ToList();
                var missing = destination.Keys.Where(key => !skip.Contains(key) && !source.ContainsKey(key)).ToList();
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                {
                    throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");
                }

                using var _ = no_grad();
                foreach (var (key, value) in source)
                {
                    if (!skip.Contains(key) && destination.TryGetValue(key, out var target))
                    {
                        target.copy_(value);
                    }
                }

                return (missing, unexpected);
            }

            public Module save(string location, IList<string>? skip = null)
            {
                using var stream = File.Create(location);
                return save(stream, skip);
            }

            /// <summary>Writes the state to a stream, and closes it.</summary>
            public Module save(Stream stream, IList<string>? skip = null)
            {
                using var writer = new BinaryWriter(stream);
                return save(writer, skip);
            }

            public Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                save_state_dict(writer, state_dict(), skip);
                return this;
            }

            /// <summary>Writes named tensors, without those to be skipped.</summary>
            public static void save_state_dict(BinaryWriter writer, Dictionary<string, Tensor> sd, IList<string>? skip = null)
            {
                var entries = sd.Where(entry => skip is null || !skip.Contains(entry.Key)).ToList();
                writer.Write7BitEncodedInt64(entries.Count);
                foreach (var (name, tensor) in entries)
                {
                    writer.Write(name);
                    tensor.Save(writer);
                }
            }

            /// <exception cref="FileNotFoundException">There is no such file.</exception>
            /// <inheritdoc cref="load(BinaryReader, bool, IList{string}, Dictionary{string, bool})"/>
            public virtual Module load(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                if (!File.Exists(location))
                {
                    throw new FileNotFoundException(location);
                }

                using var stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            /// <summary>Reads the state from a stream, and closes it.</summary>
            /// <inheritdoc cref="load(BinaryReader, bool, IList{string}, Dictionary{string, bool})"/>
            public Module load(Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var reader = new BinaryReader(stream);
                return load(reader, strict, skip, loadedParameters);
            }

            /// <summary>
            /// Reads what <see cref="save(BinaryWriter, IList{string})"/> wrote into this module's tensors.
            /// <paramref name="loadedParameters"/> receives each name in the file and whether the module has it.
            /// </summary>
            /// <exception cref="ArgumentException">
            /// Strict, and the number of entries or a name differs; or an entry's shape or element type differs.
            /// </exception>
            public virtual Module load(BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                skip ??= [];
                var (deviceType, deviceIndex) = (_deviceType, _deviceIndex);
                if (deviceType != DeviceType.CPU)
                {
                    this.cpu();
                }

                try
                {
                    ReadEntries(reader, strict, skip, loadedParameters);
                }
                finally
                {
                    if (deviceType != DeviceType.CPU)
                    {
                        _to(deviceType, deviceIndex, false);
                    }
                }

                return this;
            }

            private void ReadEntries(BinaryReader reader, bool strict, IList<string> skip, Dictionary<string, bool>? loadedParameters)
            {
                var state = state_dict();
                var count = reader.Read7BitEncodedInt64();
                if (strict && count != state.Count)
                {
                    throw new ArgumentException($"Mismatched state_dict sizes: expected {state.Count}, but found {count} entries.");
                }

                for (var i = 0L; i < count; i++)
                {
                    var key = reader.ReadString();
                    var found = state.TryGetValue(key, out var tensor);
                    if (!found && strict)
                    {
                        throw new ArgumentException(
                            $"Mismatched module state names: the target modules does not have a submodule or buffer named '{key}'");
                    }

                    if (found && !skip.Contains(key))
                    {
                        tensor!.Load(reader);
                    }
                    else
                    {
                        // Skipped or not, the reader has to come past it.
                        TensorExtensionMethods.Load(reader, skip: true)?.Dispose();
                    }

                    loadedParameters?.Add(key, found);
                }
            }

            public static Module Create<T>(string path) where T : Module, new() => new T().load(path);
        }
    }
}
