using System.Reflection;
using System.Reflection.Emit;

namespace PolicySync.Core.Tests.Structure;

/// <summary>Which namespaces of an assembly use which, by signatures and method bodies. A namespace inside another counts as part of it.</summary>
internal static class NamespaceGraph
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private const byte TwoByteOpCode = 0xFE;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Each namespace directly under <paramref name="root"/>, with those that it uses.</summary>
    public static SortedDictionary<string, SortedSet<string>> Of(Assembly assembly, string root)
    {
        var graph = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var type in assembly.GetTypes().Where(type => type.Namespace?.StartsWith(root + ".", StringComparison.Ordinal) == true))
        {
            var name = NameOf(type, root)!;
            if (!graph.TryGetValue(name, out var uses))
            {
                graph[name] = uses = new SortedSet<string>(StringComparer.Ordinal);
            }

            uses.UnionWith(UsedBy(type).SelectMany(Parts).Where(used => used.Assembly == assembly)
                .Select(used => NameOf(used, root)).OfType<string>().Where(used => used != name));
        }

        return graph;
    }

    /// <summary>The namespaces of one cycle, the first again at the end; empty when there is no cycle.</summary>
    public static IReadOnlyList<string> CycleIn(SortedDictionary<string, SortedSet<string>> graph)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        return graph.Keys.Select(Walk).FirstOrDefault(cycle => cycle.Count > 0) ?? [];

        IReadOnlyList<string> Walk(string name)
        {
            if (path.Contains(name))
            {
                return [.. path.SkipWhile(passed => passed != name), name];
            }

            if (!done.Add(name))
            {
                return [];
            }

            path.Add(name);
            var found = graph[name].Select(Walk).FirstOrDefault(cycle => cycle.Count > 0) ?? [];
            path.RemoveAt(path.Count - 1);
            return found;
        }
    }

    private static string? NameOf(Type type, string root) =>
        type.Namespace is { } name && name.StartsWith(root + ".", StringComparison.Ordinal) ? name[(root.Length + 1)..].Split('.')[0] : null;

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!) : type.GetGenericArguments().SelectMany(Parts).Prepend(type);

    private static IEnumerable<Type> UsedBy(Type type)
    {
        var methods = type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)).ToList();
        return type.GetInterfaces()
            .Concat(type.BaseType is { } parent ? [parent] : [])
            .Concat(type.GetFields(Declared).Select(field => field.FieldType))
            .Concat(methods.SelectMany(method => method.GetParameters()).Select(parameter => parameter.ParameterType))
            .Concat(methods.OfType<MethodInfo>().Select(method => method.ReturnType))
            .Concat(methods.SelectMany(InBodyOf));
    }

    private static IEnumerable<Type> InBodyOf(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
        {
            yield break;
        }

        for (var at = 0; at < il.Length;)
        {
            var code = OpCodesByValue[il[at] == TwoByteOpCode ? unchecked((short)((TwoByteOpCode << 8) | il[++at])) : il[at]];
            at++;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                foreach (var type in TypesOf(Resolve(method, BitConverter.ToInt32(il, at))))
                {
                    yield return type;
                }
            }

            at += SizeOf(code.OperandType, il, at);
        }
    }

    private static MemberInfo Resolve(MethodBase method, int token) => method.Module.ResolveMember(
        token, method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null)!;

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        Type type => [type],
        MethodInfo { IsGenericMethod: true } method => method.GetGenericArguments().Append(method.DeclaringType!),
        _ => [member.DeclaringType!],
    };

    private static int SizeOf(OperandType operand, byte[] il, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
        _ => 4,
    };
}
