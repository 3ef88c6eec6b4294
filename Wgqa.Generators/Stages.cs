namespace Wgqa.Generators;

/// <summary>Names of the pipeline's stages, by which tests ask whether an edit reached them.</summary>
internal static class Stages
{
    public const string Variants = nameof(Variants);
    public const string FileNames = nameof(FileNames);
    public const string Files = nameof(Files);
    public const string Catalog = nameof(Catalog);
}
