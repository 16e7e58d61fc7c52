using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace PolicySync.Core;

/// <summary>Wire names of enums: the text given by <see cref="JsonStringEnumMemberNameAttribute"/>, the only home of each.</summary>
public static class WireNames
{
    /// <summary>The wire name of <paramref name="value"/>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Table<T>.Names[value];

    /// <summary>The value whose wire name is <paramref name="name"/>; names compare exactly.</summary>
    public static bool TryParse<T>(string? name, out T value)
        where T : struct, Enum
    {
        value = default;
        return name is not null && Table<T>.Values.TryGetValue(name, out value);
    }

    /// <summary>All wire names, in the order of declaration.</summary>
    public static IEnumerable<string> All<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(Of);

    private static class Table<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Names = Enum.GetValues<T>().ToFrozenDictionary(
            value => value,
            value => typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
                ?? value.ToString());

        public static readonly FrozenDictionary<string, T> Values =
            Names.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
    }
}
