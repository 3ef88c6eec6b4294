using System.Collections;
using System.Globalization;
using System.Text;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Shape, type and device.</summary>
        public override string ToString() => Metadata();

        public string ToString(bool disamb, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null) =>
            disamb ? ToString(TensorStringStyle.Default, fltFormat, width, cultureInfo, newLine) : Metadata();

        /// <summary>The elements as text, the middle of long dimensions left out.</summary>
        public string ToString(TensorStringStyle style, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null)
        {
            if (style == TensorStringStyle.Metadata || is_meta)
            {
                return Metadata();
            }

            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            var text = new TensorText(fltFormat ?? "g5", cultureInfo ?? CultureInfo.CurrentCulture, newLine ?? Environment.NewLine);
            return style switch
            {
                TensorStringStyle.Numpy => text.Nested(this, '[', ']'),
                TensorStringStyle.CSharp => text.Nested(this, '{', '}'),
                _ => text.Matrices(this, Metadata()),
            };
        }

        /// <summary>Nested lists of scalars; a scalar for a tensor without dimensions.</summary>
        public object tolist()
        {
            if (ndim == 0)
            {
                return ToScalar();
            }

            var list = new ArrayList();
            for (long i = 0; i < size(0); i++)
            {
                using var item = this[i];
                list.Add(item.tolist());
            }

            return list;
        }

        private string Metadata() => $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        /// <summary>Writes elements, rows and blocks of a tensor.</summary>
        private sealed class TensorText(string format, CultureInfo culture, string newLine)
        {
            private const int Shown = 6;

            /// <summary>As nested brackets, one row a line.</summary>
            internal string Nested(Tensor tensor, char open, char close)
            {
                var builder = new StringBuilder();
                Nest(builder, tensor, open, close, 1);
                return builder.ToString();
            }

            /// <summary>As a headline and the matrices of the last two dimensions.</summary>
            internal string Matrices(Tensor tensor, string headline)
            {
                if (tensor.ndim == 0)
                {
                    return $"{headline}, value = {Number(tensor)}";
                }

                var builder = new StringBuilder(headline).Append(newLine);
                Block(builder, tensor, []);
                return builder.ToString();
            }

            private void Nest(StringBuilder builder, Tensor tensor, char open, char close, int depth)
            {
                if (tensor.ndim == 0)
                {
                    builder.Append(Number(tensor));
                    return;
                }

                builder.Append(open);
                // NumPy sets rows apart by lines alone, C# by commas too.
                var separator = tensor.ndim == 1 ? ", "
                    : open == '[' ? string.Concat(Enumerable.Repeat(newLine, (int)tensor.ndim - 1)) + new string(' ', depth)
                    : "," + newLine + new string(' ', depth);
                var first = true;
                foreach (var i in Positions(tensor.size(0)))
                {
                    builder.Append(first ? string.Empty : separator);
                    first = false;
                    if (i is { } position)
                    {
                        Nest(builder, tensor[position], open, close, depth + 1);
                    }
                    else
                    {
                        builder.Append("...");
                    }
                }

                builder.Append(close);
            }

            private void Block(StringBuilder builder, Tensor tensor, long[] prefix)
            {
                if (tensor.ndim > 2)
                {
                    for (long i = 0; i < tensor.size(0); i++)
                    {
                        Block(builder, tensor[i], [.. prefix, i]);
                    }

                    return;
                }

                if (prefix.Length > 0)
                {
                    builder.Append('[').Append(string.Join(',', prefix)).Append(",..,..] =").Append(newLine);
                }

                if (tensor.ndim == 1)
                {
                    Row(builder, tensor);
                    return;
                }

                foreach (var i in Positions(tensor.size(0)))
                {
                    if (i is { } position)
                    {
                        Row(builder, tensor[position]);
                    }
                    else
                    {
                        builder.Append(" ...").Append(newLine);
                    }
                }
            }

            private void Row(StringBuilder builder, Tensor row)
            {
                foreach (var i in Positions(row.size(0)))
                {
                    builder.Append(' ').Append(i is { } position ? Number(row[position]) : "...");
                }

                builder.Append(newLine);
            }

            private static IEnumerable<long?> Positions(long size)
            {
                for (long i = 0; i < Math.Min(size, size <= Shown ? size : Shown / 2); i++)
                {
                    yield return i;
                }

                if (size > Shown)
                {
                    yield return null;
                    for (var i = size - (Shown / 2); i < size; i++)
                    {
                        yield return i;
                    }
                }
            }

            private string Number(Tensor element)
            {
                var value = element.ToScalar();
                return element.dtype switch
                {
                    ScalarType.Bool => value.ToBoolean().ToString(culture),
                    ScalarType.Float64 => value.ToDouble().ToString(format, culture),
                    ScalarType.Float16 or ScalarType.Float32 or ScalarType.BFloat16 => value.ToSingle().ToString(format, culture),
                    ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64 => value.ToComplexFloat64().ToString(format, culture),
                    _ => value.ToInt64().ToString(culture),
                };
            }
        }
    }
}
