using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using PolicySync.Core.Explaining;
using PolicySync.Host.Api.Securables;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents the operations on securables.</summary>
internal static class SecurableDocumentation
{
    public static RouteHandlerBuilder DocumentSecurable(this RouteHandlerBuilder operation) => operation
        .WithSummary("Read what the service knows of a securable")
        .WithDescription("Its mode, what the service made on it, since when it has drift, and the last tasks that named it, as recorded: the workspace is not called. "
            + "A securable that does not exist has no record and no tasks.")
        .Produces<SecurableDetail>()
        .Refuses(404)
        .TakesSecurable("What is known of the securable.");

    public static RouteHandlerBuilder DocumentAccess(this RouteHandlerBuilder operation) => operation
        .WithSummary("Read who has access to a securable and why")
        .WithDescription("Every user, service principal and group that has a privilege on the securable, with each path by which it has it: a direct grant, "
            + "a grant on a container, ALL_PRIVILEGES, ownership, membership of a group. Each privilege has who made the grant, the policy and the "
            + "task that asked for it, and what policy says about it. Owners of containers and metastore admins are not listed: they may give themselves "
            + "access and do not have it.\n\n"
            + "The workspace is read for each page: 3 requests for a table, up to 5 with its tags and row filters, within the rate budget. "
            + "With `source=last` nothing is read, and the answer has the direct grants that the last sync recorded.")
        .Produces<AccessPage>()
        .Refuses(404, 502)
        .TakesSecurable("Who has access.")
        .TakesFilter("source", "From where the answer is taken. No value means `live`.", nameof(AccessSource))
        .TakesText("principal", "One user, service principal or group, whether or not it has any access.")
        .TakesText("privilege", "One privilege, for example `SELECT`.")
        .TakesFlag("holders", "`true`: only those that hold a grant or own the securable, without the members of groups.")
        .TakesPage("principals");

    public static RouteHandlerBuilder DocumentExplain(this RouteHandlerBuilder operation) => operation
        .WithSummary("Explain why a principal has a privilege, or does not have it")
        .WithDescription("What policies decide, with each policy that was asked, in order, and the item that decided; what Unity Catalog gives, by each "
            + "path; and the difference with its gap. The decision is made by the code that computes grants, on the policies as they are at that time. "
            + "A principal that the directory does not list is explained too, with a note.\n\n"
            + "The workspace is read: 3 requests for a table, up to 5 with its tags and row filters, within the rate budget.")
        .Accepts<ExplainBody>("application/json")
        .Produces<Explanation>()
        .Refuses(404, 408, 413, 415, 502)
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            if (document.RequestBody is OpenApiRequestBody { Content: { } content } body)
            {
                body.Description = "The question.";
                content["application/json"].Example = JsonNode.Parse(
                    """{"principal":"rosa@example.com","privilege":"SELECT","securable":{"type":"table","fullName":"main.sales.customers"}}""");
            }

            if (document.Responses?["200"] is { } answer)
            {
                answer.Description = "The explanation.";
            }

            return Task.CompletedTask;
        });

    private static RouteHandlerBuilder TakesSecurable(this RouteHandlerBuilder operation, string what) => operation
        .AddOpenApiOperationTransformer((document, _, _) =>
        {
            foreach (var parameter in document.Parameters?.OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Path) ?? [])
            {
                var isType = parameter.Name == "type";
                parameter.Description = isType ? "A type of a task's resources, for example `table`." : "The full name, for example `main.sales.customers`.";
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = isType ? 40 : 767, Pattern = isType ? "^[a-z_]{1,40}$" : "^[^/]{1,767}$" };
            }

            if (document.Responses?["200"] is { } answer)
            {
                answer.Description = what;
            }

            return Task.CompletedTask;
        });
}
