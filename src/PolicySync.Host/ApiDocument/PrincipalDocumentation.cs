using Microsoft.OpenApi;
using PolicySync.Host.Api.Principals;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents the operations on principals.</summary>
internal static class PrincipalDocumentation
{
    public static RouteHandlerBuilder DocumentPrincipal(this RouteHandlerBuilder operation) => operation
        .WithSummary("Read what a principal reaches")
        .WithDescription("The direct grants and the ownership of a user, service principal or group, and of the groups that it is in, over all securables that the "
            + "service has synced, as the last sync of each recorded them. A grant on a container with `handedDown` reaches everything in it. "
            + "The workspace is not called; memberships are as old as `Principals:MaxAge` at most. "
            + "A principal that is not listed is `UNKNOWN`, with what was recorded of its name.")
        .Produces<PrincipalAccessPage>()
        .Refuses(404)
        .TakesPage("securables")
        .Says("200", "A page of securables.")
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            if (document.Parameters?.FirstOrDefault(parameter => parameter.Name == "name") is OpenApiParameter name)
            {
                name.Description = "An e-mail, an application id or the name of a group; `account users` is the group of all.";
                name.Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = PrincipalEndpoint.MaxName, Pattern = "^.{1,256}$" };
            }

            return Task.CompletedTask;
        });
}
