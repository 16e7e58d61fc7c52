using Microsoft.OpenApi;
using PolicySync.Host.Api.Securables;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents the operations on securables.</summary>
internal static class SecurableDocumentation
{
    public static RouteHandlerBuilder DocumentSecurable(this RouteHandlerBuilder operation) => operation
        .WithSummary("Read what the service knows of a securable")
        .WithDescription("Its mode, what the service made on it, and the last tasks that named it, as recorded: the workspace is not called. "
            + "A securable that does not exist has no record and no tasks.")
        .Produces<SecurableDetail>()
        .Refuses(404)
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            foreach (var parameter in document.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                var isType = parameter.Name == "type";
                parameter.Description = isType ? "A type of a task's resources, for example `table`." : "The full name, for example `main.sales.customers`.";
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = isType ? 40 : 767, Pattern = isType ? "^[a-z_]{1,40}$" : "^[^/]{1,767}$" };
            }

            if (document.Responses?["200"] is { } answer)
            {
                answer.Description = "What is known of the securable.";
            }

            return Task.CompletedTask;
        });
}
