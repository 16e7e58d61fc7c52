using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using PolicySync.Core.Explaining;
using PolicySync.Host.Api.Plans;
using PolicySync.Host.Api.Policies;
using PolicySync.Core.Reports;

namespace PolicySync.Host.ApiDocument;

/// <summary>
/// Makes the schemas describe the wire. They are generated from .NET types, where an absent value is null; on the wire it is left out,
/// and null is not sent.
/// </summary>
internal static partial class ClientSchemas
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
                var tidied = NotNull(property);
                if (!ReferenceEquals(tidied, property) || Loosen(property))
                {
                    schema.Required?.Remove(name);
                }

                tidied.Description = Absent(tidied.Description ?? property.Description);
                schema.Properties![name] = tidied;
            }
        }

        Replace(schemas, SchemaNames.PlannedCall, "body", Open);
        Replace(schemas, SchemaNames.PolicyWithWarnings, "policy", Open);
        Replace(schemas, SchemaNames.PlanRequest, "policies", Open, PlanBody.OfPolicies);
        Replace(schemas, SchemaNames.PlanRequest, "policy", Open, PlanBody.OfPolicy);
        Replace(schemas, SchemaNames.PolicyDiffRequest, "policies", Open, PolicyDiffBody.OfPolicies);
        Replace(schemas, SchemaNames.PolicyDiffRequest, "policy", Open, PlanBody.OfPolicy);
        Replace(schemas, SchemaNames.StoredRecord, "content", Open);
        Extend(schemas, SchemaNames.Accepted, SchemaNames.Task);
        schemas[SchemaNames.Outcome].Description ??= "How a task ended, in more detail than its status."; // doc comments of nullable enums are not read
        schemas[nameof(GrantOrigin)].Description ??= "Whether a grant is the service's own.";
        schemas[nameof(ExplainedTruth)].Description ??= "Whether a condition, schedule or match holds.";
        schemas.Remove(nameof(JsonElement));
    }

    /// <summary>An object whose members are not described.</summary>
    private static OpenApiSchema Open(string? description) =>
        new() { Type = JsonSchemaType.Object, AdditionalProperties = new OpenApiSchema(), Description = description };

    private static void Replace(
        IDictionary<string, IOpenApiSchema> schemas, string schema, string property, Func<string?, OpenApiSchema> by, string? description = null)
    {
        var properties = schemas[schema].Properties!;
        properties[property] = by(description ?? properties[property].Description);
    }

    /// <summary>
    /// Gives a schema all properties of another one as optional ones. A POST is answered by 202 with few members or, after a wait, by
    /// 200 with all; generated clients handle both only where both have one schema.
    /// </summary>
    private static void Extend(IDictionary<string, IOpenApiSchema> schemas, string schema, string by)
    {
        foreach (var (name, property) in schemas[by].Properties!)
        {
            schemas[schema].Properties!.TryAdd(name, property);
        }
    }

    /// <summary>Replaces `oneOf: [null, X]` by X.</summary>
    private static IOpenApiSchema NotNull(IOpenApiSchema property) =>
        property.OneOf?.FirstOrDefault(choice => choice is OpenApiSchemaReference) ?? property;

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

    /// <summary>The words of a doc comment for the wire: null there is absence here.</summary>
    private static string? Absent(string? text) =>
        text is null ? null : Null().Replace(Space().Replace(text, " "), match => match.ValueSpan[0] == 'N' ? "Absent" : "absent");

    [GeneratedRegex(@"\b[Nn]ull\b", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Null();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Space();
}
