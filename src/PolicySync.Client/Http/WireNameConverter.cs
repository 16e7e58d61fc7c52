using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PolicySync.Client.Http;

/// <summary>Reads and writes an enumeration by its names on the wire. A name that is not known is read as <c>Unknown</c>.</summary>
internal sealed class WireNameConverter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? WireNames<T>.Read(reader.GetString()!) : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(WireNames<T>.Of(value));
}

/// <summary>The names of an enumeration on the wire.</summary>
internal static class WireNames<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>
    where T : struct, Enum
{
    private static readonly FrozenDictionary<string, T> Values = typeof(T).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsDefined(typeof(JsonStringEnumMemberNameAttribute)))
        .ToFrozenDictionary(field => field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()!.Name, field => (T)field.GetValue(null)!);

    private static readonly FrozenDictionary<T, string> Names = Values.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>All of them.</summary>
    public static IEnumerable<string> All => Values.Keys;

    public static T Read(string name) => Values.GetValueOrDefault(name);

    /// <exception cref="ArgumentException">The value has no name, as <c>Unknown</c>.</exception>
    public static string Of(T value) => Names.TryGetValue(value, out var name)
        ? name
        : throw new ArgumentException($"{typeof(T).Name}.{value} cannot be sent; choose another value", nameof(value));
}
