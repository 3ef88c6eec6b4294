using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Wgqa.Generators.Emission;
using Wgqa.Generators.Model;

namespace Wgqa.Generators.Reading;

/// <summary>
/// Reads the declared class. The generator sees it before its other half is written and the analyzer after, so
/// everything here looks at the parts that a person wrote.
/// </summary>
internal static class ClassReader
{
    /// <summary>Adds what is wrong with the class itself, whatever its attribute says.</summary>
    public static void Check(INamedTypeSymbol type, ImmutableArray<Diagnostic>.Builder findings, CancellationToken cancellation)
    {
        var parts = WrittenParts(type, cancellation);
        if (parts.FirstOrDefault() is not { } first)
        {
            return;
        }

        if (OtherKind(type) is { } kind)
        {
            findings.Add(Diagnostic.Create(Rules.VariantsAreOrdinaryClasses, Name(first), type.Name, kind));
        }

        if (parts.FirstOrDefault(part => !IsPartial(part)) is { } whole)
        {
            findings.Add(Diagnostic.Create(Rules.VariantsArePartial, Name(whole), type.Name));
        }

        if (type.TypeParameters.Length > 0)
        {
            findings.Add(Diagnostic.Create(Rules.VariantsAreNotGeneric, Name(first), type.Name));
        }

        if (type.IsFileLocal || EnclosingTypes(type).Any(container => container.IsFileLocal))
        {
            findings.Add(Diagnostic.Create(Rules.VariantsAreKnownOutsideTheirFile, Name(first), type.Name));
        }

        CheckContainers(type, findings, cancellation);
        CheckBase(type, parts, findings);
        CheckMembers(type, parts, findings);
    }

    /// <summary>The class as a value.</summary>
    public static TypeSpec Describe(INamedTypeSymbol type) => new(
        Name(type.ContainingNamespace),
        type.ContainingType is null ? default : new(EnclosingTypes(type).Reverse().Select(container => new ContainerSpec(Keyword(container), container.Name))),
        type.Name,
        IsReachable(type) && EnclosingTypes(type).All(IsReachable));

    private static void CheckContainers(INamedTypeSymbol type, ImmutableArray<Diagnostic>.Builder findings, CancellationToken cancellation)
    {
        foreach (var container in EnclosingTypes(type))
        {
            var parts = WrittenParts(container, cancellation);
            if (parts.FirstOrDefault(part => !IsPartial(part)) is { } whole)
            {
                findings.Add(Diagnostic.Create(Rules.ContainersArePartial, Name(whole), container.Name, type.Name));
            }

            if (container.TypeParameters.Length > 0 && parts.FirstOrDefault() is { } first)
            {
                findings.Add(Diagnostic.Create(Rules.ContainersAreNotGeneric, Name(first), container.Name));
            }
        }
    }

    private static void CheckBase(INamedTypeSymbol type, ImmutableArray<TypeDeclarationSyntax> parts, ImmutableArray<Diagnostic>.Builder findings)
    {
        // Looking at the base class makes the compiler look it up.
        if (parts.All(part => part.BaseList is null) || type.BaseType is not { SpecialType: SpecialType.None } inherited || IsGeneratedBase(inherited) || type.TypeKind != TypeKind.Class)
        {
            return;
        }

        // A base class is the first of its part's list; which part wrote it, the symbol does not say.
        var place = parts.Select(part => part.BaseList?.Types.FirstOrDefault())
            .FirstOrDefault(entry => entry is not null && entry.ToString().Contains(inherited.Name))?.GetLocation();
        findings.Add(Diagnostic.Create(Rules.TheBaseClassIsGenerated, place ?? Name(parts[0]), type.Name, inherited.Name));
    }

    private static void CheckMembers(INamedTypeSymbol type, ImmutableArray<TypeDeclarationSyntax> parts, ImmutableArray<Diagnostic>.Builder findings)
    {
        if (GeneratedNames.All.Contains(type.Name))
        {
            findings.Add(Diagnostic.Create(Rules.GeneratedNamesAreTaken, Name(parts[0]), type.Name, type.Name));
        }

        foreach (var part in parts)
        {
            if (part.ParameterList is { } parameters && type.TypeKind == TypeKind.Class)
            {
                findings.Add(Diagnostic.Create(Rules.TheConstructorIsGenerated, parameters.GetLocation(), type.Name));
            }

            foreach (var member in part.Members)
            {
                if (member is ConstructorDeclarationSyntax constructor && !constructor.Modifiers.Any(SyntaxKind.StaticKeyword))
                {
                    findings.Add(Diagnostic.Create(Rules.TheConstructorIsGenerated, constructor.Identifier.GetLocation(), type.Name));
                }

                foreach (var name in DeclaredNames(member))
                {
                    if (GeneratedNames.All.Contains(name.ValueText))
                    {
                        findings.Add(Diagnostic.Create(Rules.GeneratedNamesAreTaken, name.GetLocation(), name.ValueText, type.Name));
                    }
                }
            }
        }
    }

    private static IEnumerable<SyntaxToken> DeclaredNames(MemberDeclarationSyntax member) => member switch
    {
        MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null } method => [method.Identifier],
        PropertyDeclarationSyntax { ExplicitInterfaceSpecifier: null } property => [property.Identifier],
        EventDeclarationSyntax { ExplicitInterfaceSpecifier: null } @event => [@event.Identifier],
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier),
        BaseTypeDeclarationSyntax nested => [nested.Identifier],
        DelegateDeclarationSyntax @delegate => [@delegate.Identifier],
        _ => [],
    };

    private static string? OtherKind(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Struct, IsRecord: true } => "a record struct",
        { TypeKind: TypeKind.Struct } => "a struct",
        { TypeKind: TypeKind.Interface } => "an interface",
        { IsRecord: true } => "a record",
        { IsStatic: true } => "a static class",
        { IsAbstract: true } => "an abstract class",
        _ => null,
    };

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Struct, IsRecord: true } => "record struct",
        { TypeKind: TypeKind.Struct } => "struct",
        { TypeKind: TypeKind.Interface } => "interface",
        { IsRecord: true } => "record",
        _ => "class",
    };

    private static ImmutableArray<INamedTypeSymbol> EnclosingTypes(INamedTypeSymbol type)
    {
        ImmutableArray<INamedTypeSymbol> types = [];
        for (var container = type.ContainingType; container is not null; container = container.ContainingType)
        {
            types = types.Add(container);
        }

        return types;
    }

    private static string Name(INamespaceSymbol space) => space switch
    {
        { IsGlobalNamespace: true } => "",
        { ContainingNamespace.IsGlobalNamespace: true } => space.Name,
        _ => Name(space.ContainingNamespace) + "." + space.Name,
    };

    private static bool IsReachable(INamedTypeSymbol type) =>
        type.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;

    private static bool IsGeneratedBase(INamedTypeSymbol type) =>
        type is { Name: "Module", TypeArguments.Length: 5, ContainingType.Name: "nn" } && type.TypeArguments[3].Name == "KeyValueCache";

    private static ImmutableArray<TypeDeclarationSyntax> WrittenParts(INamedTypeSymbol type, CancellationToken cancellation)
    {
        ImmutableArray<TypeDeclarationSyntax> parts = [];
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (!IsOwnOutput(reference.SyntaxTree) && reference.GetSyntax(cancellation) is TypeDeclarationSyntax part)
            {
                parts = parts.Add(part);
            }
        }

        return parts;
    }

    // The compiler files a generator's output under the generator's name.
    private static bool IsOwnOutput(SyntaxTree tree) => tree.FilePath.Contains(typeof(VariantGenerator).FullName);

    private static bool IsPartial(TypeDeclarationSyntax part) => part.Modifiers.Any(SyntaxKind.PartialKeyword);

    private static Location Name(TypeDeclarationSyntax part) => part.Identifier.GetLocation();
}
