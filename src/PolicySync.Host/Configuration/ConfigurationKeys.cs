using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>A key that the service reads.</summary>
/// <param name="Name">The full key; <c>N</c> stands for the index of a list.</param>
/// <param name="Type">The type of its value.</param>
/// <param name="Default">The value when the key is absent; null when there is none.</param>
/// <param name="Range">The range of its value; null when every value of the type is valid.</param>
/// <param name="IsSecret">Whether its value is shown nowhere.</param>
internal sealed record ConfigurationKey(string Name, Type Type, object? Default, RangeAttribute? Range, bool IsSecret = false);

/// <summary>
/// Every key below <c>PolicySync:</c>, read from the options classes, so that no list of keys can become stale. Unknown keys, values of
/// the wrong form, the chart's schema and the documentation are checked against it.
/// </summary>
internal static class ConfigurationKeys
{
    /// <summary>All keys, in the order of declaration.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } =
        [.. ConfigurationSection.All.SelectMany(section => Of(section.Name, section.Type, section.Create()))];

    private static readonly Dictionary<string, ConfigurationKey> ByName =
        All.ToDictionary(key => key.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds the key that <paramref name="path"/> sets, with any list indexes; null when there is none.</summary>
    public static ConfigurationKey? Find(string path) =>
        ByName.GetValueOrDefault(string.Join(':', path.Split(':').Select(part => part.All(char.IsAsciiDigit) ? "N" : part)));

    private static IEnumerable<ConfigurationKey> Of(string prefix, Type type, object? defaults)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = $"{prefix}:{property.Name}";
            var value = defaults is null ? null : property.GetValue(defaults);
            var keys = ElementOf(property.PropertyType) is { } element
                ? IsText(element) ? [new($"{name}:N", element, null, null)] : Of($"{name}:N", element, Activator.CreateInstance(element))
                : IsText(property.PropertyType) ? [KeyOf(property, name, value)] : Of(name, property.PropertyType, value);
            foreach (var key in keys)
            {
                yield return key;
            }
        }
    }

    private static ConfigurationKey KeyOf(PropertyInfo property, string name, object? value) => new(
        name, property.PropertyType, value, property.GetCustomAttribute<RangeAttribute>(), property.IsDefined(typeof(SecretAttribute)));

    private static Type? ElementOf(Type type) =>
        type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)) ? type.GetGenericArguments()[0] : null;

    /// <summary>Whether one configuration value holds the type.</summary>
    private static bool IsText(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(Uri);
    }
}
