namespace TorchSharp;

/// <summary>How much a convolution pads: nothing, or what keeps the size.</summary>
public enum Padding
{
    Valid = 0,
    Same = 1,
}
