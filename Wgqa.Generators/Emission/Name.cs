namespace Wgqa.Generators.Emission;

/// <summary>Every name from outside that emitted code uses, written so that nothing in the user's namespaces can hide it.</summary>
internal static class Name
{
    public const string Torch = "global::TorchSharp.torch";
    public const string Tensor = Torch + ".Tensor";
    public const string Generator = Torch + ".Generator";
    public const string Nn = Torch + ".nn";
    public const string NewDisposeScope = Torch + ".NewDisposeScope";
    public const string Linear = "global::TorchSharp.Modules.Linear";
    public const string Parameter = "global::TorchSharp.Modules.Parameter";
    public const string ComponentName = "global::TorchSharp.Utils.ComponentName";

    public const string Wgqa = "global::Wgqa";
    public const string Shape = Wgqa + ".AttentionShape";
    public const string Variant = Wgqa + ".AttentionVariant";
    public const string Info = Wgqa + ".VariantInfo";
    public const string UserException = Wgqa + ".UserException";
    public const string Attention = Wgqa + ".Attention";
    public const string LinearMap = Attention + ".LinearMap";
    public const string Cache = Attention + ".KeyValueCache";
    public const string PositionBias = Attention + ".RelativePositionBias";
    public const string Dropout = Attention + ".Dropout";
    public const string Projections = Attention + ".AttentionProjections";
    public const string Map = Attention + ".HeadMap";
    public const string Maps = Attention + ".HeadMaps";
    public const string Grouped = Attention + ".GroupedAttention";
    public const string Block = Attention + ".IGroupedAttention";
    public const string Allocation = Attention + ".KeyAllocation";
    public const string Noise = Attention + ".AttentionNoise";
    public const string Blended = Attention + ".BlendedAttention";
    public const string Pooling = Wgqa + ".Conversion.HeadPooling";
    public const string Alignment = Wgqa + ".Conversion.HeadAlignment";
    public const string Search = Wgqa + ".Conversion.HeadSearch";
    public const string Module = $"{Nn}.Module<{Tensor}, {Tensor}?, {Tensor}?, {Cache}?, {Tensor}>";

    /// <summary>The attribute that marks a type as this generator's.</summary>
    public static readonly string GeneratedCodeAttribute =
        $"[global::System.CodeDom.Compiler.GeneratedCode(\"Wgqa.Generators\", \"{typeof(Name).Assembly.GetName().Version.ToString(3)}\")]";
}
