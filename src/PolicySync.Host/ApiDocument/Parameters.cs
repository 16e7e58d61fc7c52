using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PolicySync.Host.Api;

namespace PolicySync.Host.ApiDocument;

/// <summary>
/// Documents parameters. None has a default in its schema, for some generators make a member with a default mandatory; the
/// description names it.
/// </summary>
internal static class Parameters
{
    /// <summary>Describes the id in the path.</summary>
    public static RouteHandlerBuilder TakesTaskId(this RouteHandlerBuilder operation) => operation.AddOpenApiOperationTransformer(static (document, _, _) =>
    {
        if (document.Parameters?.FirstOrDefault(parameter => parameter.Name == "taskId") is OpenApiParameter id)
        {
            id.Description = "The id of the task.";
            id.Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 19, Pattern = "^[0-9]{1,19}$" };
        }

        return Task.CompletedTask;
    });

    /// <summary>Adds the name of the request, under which it may be repeated.</summary>
    public static RouteHandlerBuilder TakesIdempotencyKey(this RouteHandlerBuilder operation) => operation.Takes(
        ParameterLocation.Header, IdempotencyKey.Header,
        "A name that the caller chooses for this request. Within 24 hours the same key and body give the same task, so that the request may be repeated.",
        _ => new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.MaxLength });

    /// <summary>Adds the wait for the end of the task.</summary>
    public static RouteHandlerBuilder TakesPrefer(this RouteHandlerBuilder operation) => operation
        .Takes(
            ParameterLocation.Header, WaitPreference.Header,
            "`wait=N`: answer when the task has ended, or after N seconds, at most 60. Other preferences are ignored.",
            _ => new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 255 })
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            foreach (var status in new[] { "200", "202" })
            {
                document.Header(status, WaitPreference.AppliedHeader, "The wait that was applied; absent when none was preferred.");
            }

            return Task.CompletedTask;
        });

    /// <summary>Adds the parameters of pages.</summary>
    public static RouteHandlerBuilder TakesPage(this RouteHandlerBuilder operation, string items) => operation
        .TakesQuery(
            Page.SizeName,
            $"Most {items} on one page. 0 and no value mean {Page.DefaultSize}; more than {Page.MaxSize} means {Page.MaxSize}.",
            _ => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "0" })
        .TakesQuery(Page.TokenName, "`nextPageToken` of the previous page.", _ => new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 1_000 });

    /// <summary>Adds a filter by a named enumeration.</summary>
    public static RouteHandlerBuilder TakesFilter(this RouteHandlerBuilder operation, string name, string description, string schema) =>
        operation.TakesQuery(name, description, document => new OpenApiSchemaReference(schema, document));

    /// <summary>Adds a filter by a text.</summary>
    public static RouteHandlerBuilder TakesText(this RouteHandlerBuilder operation, string name, string description) =>
        operation.TakesQuery(name, description, _ => new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 1_000 });

    /// <summary>Adds a filter by true or false.</summary>
    public static RouteHandlerBuilder TakesFlag(this RouteHandlerBuilder operation, string name, string description) =>
        operation.TakesQuery(name, description, _ => new OpenApiSchema { Type = JsonSchemaType.Boolean });

    /// <summary>Adds a filter by a time.</summary>
    public static RouteHandlerBuilder TakesTime(this RouteHandlerBuilder operation, string name, string description) =>
        operation.TakesQuery(name, description, _ => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" });

    /// <summary>Adds an optional query parameter.</summary>
    public static RouteHandlerBuilder TakesQuery(
        this RouteHandlerBuilder operation, string name, string description, Func<OpenApiDocument?, IOpenApiSchema> schema) =>
        operation.Takes(ParameterLocation.Query, name, description, schema);

    /// <summary>Adds an optional parameter.</summary>
    public static RouteHandlerBuilder Takes(
        this RouteHandlerBuilder operation, ParameterLocation place, string name, string description, Func<OpenApiDocument?, IOpenApiSchema> schema) =>
        operation.AddOpenApiOperationTransformer((document, context, _) =>
        {
            document.Parameters ??= [];
            document.Parameters.Add(new OpenApiParameter { Name = name, In = place, Description = description, Schema = schema(context.Document) });
            return Task.CompletedTask;
        });
}
