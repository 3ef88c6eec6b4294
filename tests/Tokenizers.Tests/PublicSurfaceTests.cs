#if TOKENIZER_LOCAL
using System.Reflection;
using Microsoft.ML.Tokenizers;

namespace Wgqa.Tokenizers.Tests;

/// <summary>
/// The stand-in offers nothing that the package lacks: code written against it compiles against the package. The listing
/// holds the public and protected members of the package's types of these names, one a line.
/// </summary>
public class PublicSurfaceTests
{
    private static readonly NullabilityInfoContext Nullability = new();

    [Fact]
    public void EveryPublicMemberIsThePackages()
    {
        var listed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Microsoft.ML.Tokenizers-2.0.0.api.txt")).ToHashSet(StringComparer.Ordinal);
        string[] ours = [.. typeof(Tokenizer).Assembly.GetExportedTypes().SelectMany(Lines)];
        Assert.Contains("Microsoft.ML.Tokenizers.SentencePieceTokenizer :: public int UnknownId { get; }", ours);
        Assert.Equal("", string.Join('\n', ours.Where(line => !listed.Contains(line))));
    }

    [Fact]
    public void TheTokenizerLacksOnlyWhatIsKnown()
    {
        // Overrides of protected members appear in the listing once more; vocabularies that are not a model are not loaded.
        string[] missing = [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Microsoft.ML.Tokenizers-2.0.0.api.txt"))
            .Except(typeof(Tokenizer).Assembly.GetExportedTypes().SelectMany(Lines))
            .Where(line => line.Contains(":: public", StringComparison.Ordinal))];
        Assert.All(missing, line => Assert.Matches(
            @"SentencePieceTokenizer :: public static \S+ (CreateFromTokenizerJson|Create)\((System.IO.Stream tokenizerJsonStream|IEnumerable<\(string, float\)> vocab)|PreTokenizer :: public static .* CreateW",
            line));
    }

    private static IEnumerable<string> Lines(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var prefix = $"{Name(type)} :: ";
        yield return prefix + Kind(type);
        foreach (var constructor in type.GetConstructors(Declared).Where(IsVisible))
        {
            yield return $"{prefix}{Access(constructor)} ctor({Parameters(constructor)})";
        }

        foreach (var property in type.GetProperties(Declared).Where(property => IsVisible(property.GetMethod!)))
        {
            var set = property.SetMethod is { } setter && IsVisible(setter) ? " set;" : "";
            yield return $"{prefix}{Access(property.GetMethod!)}{Modifiers(property.GetMethod!)} {Name(property.PropertyType)} {property.Name} {{ get;{set} }}";
        }

        foreach (var method in type.GetMethods(Declared).Where(method => IsVisible(method) && !method.IsSpecialName && method.GetBaseDefinition().DeclaringType != typeof(object) && method.GetBaseDefinition().DeclaringType != typeof(ValueType)))
        {
            yield return $"{prefix}{Access(method)}{Modifiers(method)} {Name(method.ReturnType)} {method.Name}({Parameters(method)})";
        }
    }

    private static string Kind(Type type)
    {
        if (type.IsValueType)
        {
            var equatable = typeof(IEquatable<>).MakeGenericType(type);
            return equatable.IsAssignableFrom(type) ? $"struct : {Name(equatable)}" : "struct";
        }

        var modifier = type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        return modifier + (type.BaseType == typeof(object) ? "class" : $"class : {Name(type.BaseType!)}");
    }

    // "protected" and "protected internal"; not "private protected".
    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";

    private static string Modifiers(MethodInfo method) =>
        method.IsStatic ? " static"
        : method.IsAbstract ? " abstract"
        : method.GetBaseDefinition() != method ? " override"
        : method.IsVirtual && !method.IsFinal ? " virtual"
        : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        var nullable = !type.IsValueType && Nullability.Create(parameter).ReadState == NullabilityState.Nullable ? "?" : "";
        var value = !parameter.HasDefaultValue ? "" : parameter.DefaultValue switch
        {
            null => " = null",
            bool flag => flag ? " = true" : " = false",
            var other => $" = {other}",
        };
        return $"{(parameter.IsOut ? "out " : "")}{Name(type)}{nullable} {parameter.Name}{value}";
    }));

    private static string Name(Type type) => type switch
    {
        { IsGenericParameter: true } => type.Name,
        _ when type == typeof(int) => "int",
        _ when type == typeof(bool) => "bool",
        _ when type == typeof(char) => "char",
        _ when type == typeof(string) => "string",
        { IsGenericType: true } when type.Name.StartsWith("ValueTuple", StringComparison.Ordinal) => $"({Arguments(type)})",
        { IsGenericType: true } => $"{Space(type)}{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{Arguments(type)}>",
        _ => Space(type) + type.Name,
    };

    private static string Arguments(Type type) => string.Join(", ", type.GetGenericArguments().Select(Name));

    // The listing leaves out the namespaces that a file imports without being asked, System.IO apart.
    private static string Space(Type type) => type.Namespace is "System" or "System.Collections.Generic" ? "" : $"{type.Namespace}.";
}
#endif
