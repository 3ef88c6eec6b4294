namespace Wgqa.Generators.Tests.Mistakes;

/// <summary>A change for the worse. Two added up are both made, the right one last.</summary>
internal sealed record Spoiling(Func<Declaration, Declaration> Spoil)
{
    public static Spoiling operator +(Spoiling first, Spoiling second) => new(declaration => second.Spoil(first.Spoil(declaration)));
}
