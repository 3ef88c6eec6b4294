#nullable disable // As in TorchSharp, whose callers see no annotation here.

namespace TorchSharp.Utils;

/// <summary>The name under which a module registers a field, where it is not to be the field's own.</summary>
public class ComponentNameAttribute : Attribute
{
    public string Name { get; set; }
}
