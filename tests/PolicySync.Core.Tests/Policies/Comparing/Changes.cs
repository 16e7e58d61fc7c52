using System.Collections;
using System.Reflection;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Tests.Policies.Comparing;

/// <summary>A change of each member of a type of Ranger's model.</summary>
internal static class Changes
{
    /// <summary>Changes of the members of an object of a set, each with its name.</summary>
    public static IEnumerable<(string Name, Action<ServicePolicies> Change)> Of<T>(Func<ServicePolicies, object> target) =>
        typeof(T).GetProperties().Select(property => ($"{typeof(T).Name}.{property.Name}", (Action<ServicePolicies>)(set =>
        {
            var changed = target(set);
            property.SetValue(changed, Other(property, property.GetValue(changed)));
        })));

    // Another value than the one of a member: a list has one element more, or none.
    private static object? Other(PropertyInfo property, object? value) => value switch
    {
        bool flag => !flag,
        int number => number + 1,
        string text => $"{text} other",
        IDictionary { Count: > 0 } or IList { Count: > 0 } => Activator.CreateInstance(property.PropertyType),
        IDictionary => Filled(property.PropertyType),
        IList => Listed(property.PropertyType),
        null when property.PropertyType == typeof(string) => "other",
        null => Activator.CreateInstance(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType),
        long number => number + 1,
        _ when property.PropertyType.IsClass => null,
        _ => throw new NotSupportedException(property.Name),
    };

    private static IDictionary Filled(Type type)
    {
        var filled = (IDictionary)Activator.CreateInstance(type)!;
        var element = type.GetGenericArguments()[1];
        filled["k"] = element == typeof(string) ? "v" : Activator.CreateInstance(element);
        return filled;
    }

    private static IList Listed(Type type)
    {
        var listed = (IList)Activator.CreateInstance(type)!;
        var element = type.GetGenericArguments()[0];
        listed.Add(element == typeof(string) ? "v" : Activator.CreateInstance(element));
        return listed;
    }
}
