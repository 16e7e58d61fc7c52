using System.Text.Json;
using Microsoft.OpenApi;

namespace PolicySync.Host.ApiDocument;

/// <summary>
/// Makes schemas say what is on the wire. They are read off .NET types, where what may be absent is null; here it is
/// left out, and nobody may send null for it.
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
                    schema.Properties![name] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "As it would be sent." };
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

    /// <summary>`oneOf: [null, X]` becomes X; raw JSON becomes the two forms that are taken.</summary>
    private static IOpenApiSchema NotNull(IOpenApiSchema property, string name) =>
        name == "createTime" && property.Type is null
            ? new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Number, Description = "As it was sent." }
            : property.OneOf?.FirstOrDefault(choice => choice is OpenApiSchemaReference) ?? property;

    /// <summary>Takes null out of a property's types; false when it was not there.</summary>
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
