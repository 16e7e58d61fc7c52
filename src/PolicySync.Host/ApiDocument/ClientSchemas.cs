using System.Text.Json;
using Microsoft.OpenApi;

namespace PolicySync.Host.ApiDocument;

/// <summary>
/// Makes the schemas describe the wire. They are generated from .NET types, where an absent value is null; on the wire it is left out,
/// and null is not accepted.
/// </summary>
internal static class ClientSchemas
{
    public static void Tidy(OpenApiDocument document)
    {
        var schemas = document.Components?.Schemas ?? throw new InvalidOperationException("the document has no schemas");
        foreach (var schema in schemas.Values.OfType<OpenApiSchema>())
        {
            schema.Description = FirstSentence(schema.Description);
            if (schema.Enum is { Count: > 0 } values)
            {
                schema.Type = JsonSchemaType.String;
                schema.Enum = [.. values.Where(value => value is not null)];
            }

            foreach (var (name, property) in schema.Properties?.ToList() ?? [])
            {
                if (name == "body")
                {
                    schema.Properties![name] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "The body of the request." };
                    continue;
                }

                schema.Properties![name] = NotNull(property, name);
                if (!ReferenceEquals(schema.Properties[name], property) || Loosen(property))
                {
                    schema.Required?.Remove(name);
                }
            }
        }

        schemas.Remove(nameof(JsonElement));
    }

    /// <summary>Replaces `oneOf: [null, X]` by X, and raw JSON by the two accepted forms.</summary>
    private static IOpenApiSchema NotNull(IOpenApiSchema property, string name) =>
        name == "createTime" && property.Type is null
            ? new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Number, Description = "As the caller sent it." }
            : property.OneOf?.FirstOrDefault(choice => choice is OpenApiSchemaReference) ?? property;

    /// <summary>Removes null from a property's types. False when it was not there.</summary>
    private static bool Loosen(IOpenApiSchema property)
    {
        if (property is not OpenApiSchema { Type: { } type } schema || !type.HasFlag(JsonSchemaType.Null))
        {
            return false;
        }

        schema.Type = type & ~JsonSchemaType.Null;
        return true;
    }

    private static string? FirstSentence(string? text) =>
        text is not null && text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? text[..(end + 1)] : text;
}
