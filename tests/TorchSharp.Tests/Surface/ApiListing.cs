using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace TorchSharp.Tests.Surface;

/// <summary>Writes an assembly's public and protected surface one member a line, as the reference listings do.</summary>
internal sealed class ApiListing
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, string> Keywords = new()
    {
        ["System.Void"] = "void",
        ["System.Boolean"] = "bool",
        ["System.Byte"] = "byte",
        ["System.SByte"] = "sbyte",
        ["System.Int16"] = "short",
        ["System.UInt16"] = "ushort",
        ["System.Int32"] = "int",
        ["System.UInt32"] = "uint",
        ["System.Int64"] = "long",
        ["System.UInt64"] = "ulong",
        ["System.Single"] = "float",
        ["System.Double"] = "double",
        ["System.Decimal"] = "decimal",
        ["System.Char"] = "char",
        ["System.String"] = "string",
        ["System.Object"] = "object",
    };

    private readonly NullabilityInfoContext _nullability = new();

    internal static SortedSet<string> Of(Assembly assembly)
    {
        var listing = new ApiListing();
        return new SortedSet<string>(assembly.GetTypes().Where(Seen).SelectMany(listing.Lines), StringComparer.Ordinal);
    }

    private static bool Seen(Type type) =>
        (type.IsPublic || type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && (type.DeclaringType is null || Seen(type.DeclaringType));

    private IEnumerable<string> Lines(Type type)
    {
        var name = Name(type);
        foreach (var line in Members(type))
        {
            yield return $"{name} :: {line}";
        }
    }

    private IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            yield return "enum";
            foreach (var value in Enum.GetNames(type))
            {
                yield return $"enum value {value} = {Convert.ToInt64(Enum.Parse(type, value), CultureInfo.InvariantCulture)}";
            }

            yield break;
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            yield return $"delegate {Name(invoke.ReturnType)} ({Parameters(invoke)})";
            yield break;
        }

        yield return Kind(type) + Obsolete(type);
        foreach (var field in type.GetFields(Declared).Where(field => Visible(field.IsPublic, field.IsFamily, field.IsFamilyOrAssembly)))
        {
            yield return Field(field);
        }

        foreach (var constructor in type.GetConstructors(Declared).Where(Visible))
        {
            if (!constructor.IsStatic)
            {
                yield return $"{Access(constructor)} ctor({Parameters(constructor)})";
            }
        }

        foreach (var property in type.GetProperties(Declared))
        {
            if (Property(property) is { } line)
            {
                yield return line;
            }
        }

        foreach (var method in type.GetMethods(Declared).Where(Visible))
        {
            if (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
            {
                yield return Method(method);
            }
        }
    }

    private string Kind(Type type)
    {
        var kind = type.IsInterface ? "interface"
            : type.IsValueType ? "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class" : "class";
        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            bases.Add(Name(parent));
        }

        var inherited = (type.BaseType?.GetInterfaces() ?? []).Concat(type.GetInterfaces().SelectMany(i => i.GetInterfaces())).ToHashSet();
        bases.AddRange(type.GetInterfaces().Where(i => !inherited.Contains(i) && (i.IsPublic || i.IsNestedPublic)).Select(Name));
        return (bases.Count == 0 ? kind : $"{kind} : {string.Join(", ", bases)}") + Constraints(type.GetGenericArguments());
    }

    private string Field(FieldInfo field)
    {
        var words = new List<string> { field.IsPublic ? "public" : "protected" };
        if (field.IsLiteral)
        {
            words.Add("const");
        }
        else
        {
            if (field.IsStatic)
            {
                words.Add("static");
            }

            if (field.IsInitOnly)
            {
                words.Add("readonly");
            }
        }

        var value = field.IsLiteral ? $" = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}" : string.Empty;
        return $"{string.Join(' ', words)} field {Name(field.FieldType)} {field.Name}{value}";
    }

    private string? Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(Visible).ToArray();
        if (accessors.Length == 0)
        {
            return null;
        }

        var first = accessors[0];
        var get = accessors.Contains(property.GetMethod) ? "get; " : string.Empty;
        var set = !accessors.Contains(property.SetMethod) ? string.Empty
            : Access(property.SetMethod!) == Access(first) ? "set; " : $"{Access(property.SetMethod!)} set; ";
        var indices = property.GetIndexParameters();
        var index = indices.Length == 0 ? string.Empty : $"[{string.Join(", ", indices.Select(Parameter))}]";
        return $"{Access(first)} {Modifiers(first)}{Name(property.PropertyType)} {property.Name}{index} {{ {get}{set}}}{Obsolete(property)}";
    }

    private string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : string.Empty;
        var constraints = method.IsGenericMethodDefinition ? Constraints(method.GetGenericArguments()) : string.Empty;
        return $"{Access(method)} {Modifiers(method)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)}){constraints}{Obsolete(method)}";
    }

    private static string Modifiers(MethodBase method)
    {
        if (method.IsStatic)
        {
            return "static ";
        }

        if (method.DeclaringType!.IsInterface)
        {
            return string.Empty;
        }

        if (method.IsAbstract)
        {
            return "abstract ";
        }

        if (!method.IsVirtual)
        {
            return string.Empty;
        }

        var overrides = method is MethodInfo info && info.GetBaseDefinition() != info;
        return overrides ? "override " : method.IsFinal ? string.Empty : "virtual ";
    }

    private string Parameters(MethodBase method)
    {
        var parameters = string.Join(", ", method.GetParameters().Select(Parameter));
        return method.IsDefined(typeof(ExtensionAttribute)) ? "this " + parameters : parameters;
    }

    private string Parameter(ParameterInfo parameter)
    {
        var prefix = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params "
            : !parameter.ParameterType.IsByRef ? string.Empty
            : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        var mark = !type.IsValueType && _nullability.Create(parameter).WriteState == NullabilityState.Nullable ? "?" : string.Empty;
        return $"{prefix}{Name(type)}{mark} {parameter.Name}{Default(parameter, type)}";
    }

    private static string Default(ParameterInfo parameter, Type type)
    {
        if (!parameter.HasDefaultValue)
        {
            return string.Empty;
        }

        var value = parameter.RawDefaultValue;
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        if (value is not null && underlying.IsEnum)
        {
            return $" = {underlying.Name}.{Enum.GetName(underlying, value)}";
        }

        return " = " + value switch
        {
            null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
            bool truth => truth ? "true" : "false",
            string text => $"\"{text}\"",
            char letter => $"'{letter}'",
            float single => single.ToString("R", CultureInfo.InvariantCulture) + "f",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
    }

    private string Constraints(Type[] arguments)
    {
        var clauses = new List<string>();
        foreach (var argument in arguments.Where(argument => argument.IsGenericParameter))
        {
            var attributes = argument.GenericParameterAttributes;
            var words = new List<string>();
            var isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
            if (isStruct)
            {
                words.Add("struct");
            }

            if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            {
                words.Add("class");
            }

            words.AddRange(argument.GetGenericParameterConstraints().Where(c => c != typeof(ValueType)).Select(Name));
            if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct)
            {
                words.Add("new()");
            }

            if (words.Count > 0)
            {
                clauses.Add($" where {argument.Name} : {string.Join(", ", words)}");
            }
        }

        return string.Concat(clauses);
    }

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.IsByRef)
        {
            return "ref " + Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        if (type.FullName is { } full && Keywords.TryGetValue(full, out var keyword))
        {
            return keyword;
        }

        if (type.FullName is not null && type.FullName.StartsWith("System.ValueTuple`", StringComparison.Ordinal))
        {
            return $"({string.Join(", ", type.GetGenericArguments().Select(Name))})";
        }

        var arguments = type.GetGenericArguments();
        var inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        var own = arguments.Skip(inherited).ToArray();
        var simple = type.Name.Split('`')[0];
        if (own.Length > 0)
        {
            simple += $"<{string.Join(", ", own.Select(Name))}>";
        }

        if (type.DeclaringType is { } declaring)
        {
            return $"{Name(declaring.IsGenericTypeDefinition && inherited > 0 ? declaring.MakeGenericType(arguments[..inherited]) : declaring)}.{simple}";
        }

        return type.Namespace is "System" or "System.Collections.Generic" ? simple : $"{type.Namespace}.{simple}";
    }

    private static bool Visible(MethodBase method) => Visible(method.IsPublic, method.IsFamily, method.IsFamilyOrAssembly);

    private static bool Visible(bool isPublic, bool isFamily, bool isFamilyOrAssembly) => isPublic || isFamily || isFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? "public" : method.IsFamilyOrAssembly ? "protected internal" : "protected";

    private static string Obsolete(MemberInfo member) =>
        member.IsDefined(typeof(ObsoleteAttribute), inherit: false) ? " [Obsolete]" : string.Empty;
}
