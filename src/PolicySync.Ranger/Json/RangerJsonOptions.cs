using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace PolicySync.Ranger.Json;

/// <summary>The reading rules shared by every Ranger document.</summary>
internal static class RangerJsonOptions
{
    public static JsonSerializerOptions Strict { get; } = Create(strict: true);

    /// <summary>For Ranger's test files, which were written for Gson: comments, trailing commas and repeated members pass.</summary>
    public static JsonSerializerOptions Lenient { get; } = Create(strict: false);

    /// <summary>For writing: on one line, without members that are null.</summary>
    public static JsonSerializerOptions Written { get; } = Create(strict: true, isWritten: true);

    private static JsonSerializerOptions Create(bool strict, bool isWritten = false)
    {
        var options = new JsonSerializerOptions
        {
            DefaultIgnoreCondition = isWritten ? JsonIgnoreCondition.WhenWritingNull : JsonIgnoreCondition.Never,
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            NumberHandling = JsonNumberHandling.AllowReadingFromString,
            AllowDuplicateProperties = !strict,
            AllowTrailingCommas = !strict,
            ReadCommentHandling = strict ? JsonCommentHandling.Disallow : JsonCommentHandling.Skip,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { GuardCollections } },
            Converters =
            {
                new ScalarText(), new TextList(), new FalseUnlessSaid(), new ZeroUnlessSaid(), new RangerDate(),
            },
        };
        options.MakeReadOnly();
        return options;
    }

    // A null list keeps the empty default, as Ranger's setters have it. A null inside a list is refused: dropping it
    // would be a guess, for a resource whose only value is null would then mean every value.
    private static void GuardCollections(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.Set is { } set && IsCollection(property.PropertyType))
            {
                property.Set = (target, value) =>
                {
                    if (value is not null)
                    {
                        RefuseNulls((ICollection)value);
                        set(target, value);
                    }
                };
            }
        }
    }

    private static bool IsCollection(Type type) => typeof(ICollection).IsAssignableFrom(type);

    private static void RefuseNulls(ICollection collection)
    {
        foreach (var element in collection is IDictionary map ? map.Values : collection)
        {
            if (element is null)
            {
                throw new JsonException("an element must not be null");
            }

            if (element is ICollection inner)
            {
                RefuseNulls(inner);
            }
        }
    }
}
