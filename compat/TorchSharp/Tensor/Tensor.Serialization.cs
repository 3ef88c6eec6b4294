using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static void save(Tensor t, string location) => t.save(location);

    public static Tensor load(string location) => Tensor.load(location);

    /// <summary>
    /// TorchSharp's own format: the type's number, the number of dimensions and each size as LEB128, then the elements.
    /// </summary>
    public partial class Tensor
    {
        /// <exception cref="FileNotFoundException">There is no such file.</exception>
        public static Tensor Load(string location)
        {
            using var stream = File.OpenRead(location);
            return Load(stream);
        }

        public static Tensor Load(Stream stream)
        {
            using var reader = new BinaryReader(stream);
            return Load(reader);
        }

        public static Tensor Load(BinaryReader reader)
        {
            var (type, sizes) = ReadHeader(reader);
            var tensor = empty(sizes, dtype: type, device: CPU);
            tensor.ReadBytesFromStream(reader.BaseStream);
            return tensor;
        }

        public static Tensor load(string location) => Load(location);

        public void save(string location) => this.Save(location);

        internal static (ScalarType Type, long[] Sizes) ReadHeader(BinaryReader reader)
        {
            var type = (ScalarType)reader.Decode();
            var sizes = new long[reader.Decode()];
            for (var i = 0; i < sizes.Length; i++)
            {
                sizes[i] = reader.Decode();
            }

            return (type, sizes);
        }
    }
}
