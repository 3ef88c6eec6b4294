using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace Wgqa.Checkpoints;

/// <summary>
/// A file in the safetensors format: 8 bytes with the header's length, a JSON header, raw little-endian tensors. Reading is
/// straight into a tensor's memory, one tensor at a time.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly SafetensorsHeader _header;
    private readonly long _dataStart;

    private SafetensorsFile(string path, SafeFileHandle handle, SafetensorsHeader header, long dataStart) =>
        (Path, _handle, _header, _dataStart) = (path, handle, header, dataStart);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The header's own notes, such as <c>format</c>: <c>pt</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _header.Entries;

    /// <summary>Opens a file and checks its whole header; the tensors are read on demand.</summary>
    /// <exception cref="UserException">There is no such file, or its header and its length do not agree.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UserException($"{path} is a folder, not a file.");
        }

        try
        {
            return Read(path, File.OpenHandle(path));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserException($"{path} does not exist.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads one tensor in its own element type, on the CPU; the caller's to dispose.</summary>
    /// <exception cref="UserException">There is no tensor of that name, or the file ends before it does.</exception>
    public Tensor Read(string name)
    {
        if (!Entries.TryGetValue(name, out var entry))
        {
            throw new UserException($"{Path} has no tensor {name}.");
        }

        var result = empty([.. entry.Shape], entry.Type, CPU);
        try
        {
            TensorBytes.ForEachPiece(result, (piece, offset) =>
            {
                if (ReadFully(_handle, piece, _dataStart + entry.Begin + offset) < piece.Length)
                {
                    throw new UserException($"{Path}: the file ended within tensor {name}, which needs {entry.End - entry.Begin} bytes from {_dataStart + entry.Begin} on.");
                }
            });
        }
        catch (IOException exception)
        {
            result.Dispose();
            throw new UserException($"{Path}: tensor {name} cannot be read: {exception.Message}", exception);
        }
        catch
        {
            result.Dispose();
            throw;
        }

        return result;
    }

    /// <summary>Writes tensors as Hugging Face's <c>save_pretrained</c> does, byte for byte: whole or not at all.</summary>
    /// <param name="path">The file, replaced where it exists.</param>
    /// <param name="tensors">Names and tensors, on any device; they stay the caller's.</param>
    /// <param name="metadata">Notes for the header; null writes <c>format</c>: <c>pt</c>.</param>
    /// <exception cref="UserException">A tensor's element type is not in the format, or the file cannot be written.</exception>
    public static void Write(string path, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors.Select(t => (t.Name, t.Tensor, Rank: Rank(path, t.Name, t.Tensor.dtype)))
            .OrderBy(t => t.Rank).ThenBy(t => t.Name, StringComparer.Ordinal).ToList();
        CompleteFile.Write(path, stream =>
        {
            var json = HeaderJson(ordered, metadata ?? new Dictionary<string, string> { ["format"] = "pt" });
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)json.Length);
            stream.Write(prefix);
            stream.Write(json);
            foreach (var (_, tensor, _) in ordered)
            {
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                TensorBytes.ForEachPiece(tensor.detach().cpu().contiguous(), (piece, _) => stream.Write(piece));
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static SafetensorsFile Read(string path, SafeFileHandle handle)
    {
        try
        {
            var length = RandomAccess.GetLength(handle);
            Span<byte> prefix = stackalloc byte[8];
            if (length < prefix.Length || ReadFully(handle, prefix, 0) < prefix.Length)
            {
                throw new UserException($"{path} is {length} bytes long, and a safetensors file begins with {prefix.Length} bytes of header length.");
            }

            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (headerLength > (ulong)(length - prefix.Length) || headerLength > SafetensorsHeader.MaxLength)
            {
                throw new UserException($"{path} says that its header is {headerLength} bytes long; {length - prefix.Length} bytes follow, and at most {SafetensorsHeader.MaxLength} are allowed.");
            }

            var json = new byte[headerLength];
            var dataStart = prefix.Length + json.Length;
            if (ReadFully(handle, json, prefix.Length) < json.Length)
            {
                throw new UserException($"{path} became shorter than {dataStart} bytes while it was read.");
            }

            return new(path, handle, SafetensorsHeader.Parse(path, json, length - dataStart), dataStart);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static int Rank(string path, string name, ScalarType type)
    {
        var rank = SafetensorsHeader.Types.TakeWhile(t => t.Type != type).Count();
        return rank < SafetensorsHeader.Types.Count
            ? rank
            : throw new UserException($"{path}: tensor {name} is {type}, which safetensors has no name for.");
    }

    /// <summary>The header, padded with spaces to a multiple of 8 bytes so that the data after it is aligned.</summary>
    private static byte[] HeaderJson(List<(string Name, Tensor Tensor, int Rank)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata)
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
            var begin = 0L;
            foreach (var (name, tensor, rank) in tensors)
            {
                var (typeName, _, width) = SafetensorsHeader.Types[rank];
                var end = begin + (tensor.numel() * width);
                writer.WriteStartObject(name);
                writer.WriteString("dtype", typeName);
                WriteNumbers(writer, "shape", tensor.shape);
                WriteNumbers(writer, "data_offsets", begin, end);
                writer.WriteEndObject();
                begin = end;
            }

            writer.WriteEndObject();
        }

        buffer.Write(Enumerable.Repeat((byte)' ', (int)(-buffer.Length & 7)).ToArray());
        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, params long[] numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private static int ReadFully(SafeFileHandle handle, Span<byte> target, long offset)
    {
        var total = 0;
        while (total < target.Length)
        {
            var read = RandomAccess.Read(handle, target[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }
}
