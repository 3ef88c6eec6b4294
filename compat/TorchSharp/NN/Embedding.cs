using System.Diagnostics.CodeAnalysis;
using TorchSharp.Dispatch;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Rows of a table by number: [..] of int64 → [.., width], with a weight [count, width].</summary>
public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    private static readonly Op RowsOf = new("aten::embedding");
    private static readonly Op Renormalize = new("aten::embedding_renorm_");

    private readonly long? _paddingIndex;
    private readonly double? _maxNorm;
    private readonly double _normType;
    private readonly bool _scaleGradByFreq;
    private readonly bool _sparse;

    [ComponentName(Name = nameof(weight))]
    private Parameter? _made;

    internal Embedding(Parameter weight, long? paddingIndex, double? maxNorm, double normType, bool scaleGradByFreq, bool sparse)
        : base(nameof(Embedding))
    {
        _paddingIndex = paddingIndex < 0 ? weight.size(0) + paddingIndex : paddingIndex;
        _maxNorm = maxNorm;
        _normType = normType;
        _scaleGradByFreq = scaleGradByFreq;
        _sparse = sparse;
        _made = weight;
        register_parameter(nameof(weight), weight);
    }

    /// <summary>
    /// [count, width]. As in TorchSharp, every look returns another handle on the one tensor, the caller's to dispose;
    /// the module's own is among its parameters.
    /// </summary>
    [DisallowNull]
    public Parameter? weight
    {
        get => Parameter.Another(Table);
        set
        {
            ConditionallyRegisterParameter(nameof(weight), value);
            if (!ReferenceEquals(_made, value))
            {
                _made?.Dispose();
                _made = null;
            }
        }
    }

    public override Tensor forward(Tensor input)
    {
        if (_maxNorm is { } maxNorm)
        {
            using (no_grad())
            {
                Renormalize.InPlace(Table, input, maxNorm, _normType);
            }
        }

        return RowsOf.Call(Table, input, _paddingIndex ?? -1, _scaleGradByFreq, _sparse);
    }

    private Parameter Table => _internal_params[nameof(weight)];
}
