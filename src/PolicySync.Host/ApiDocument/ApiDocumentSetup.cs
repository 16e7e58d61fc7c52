using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace PolicySync.Host.ApiDocument;

/// <summary>Sets up the OpenAPI document: what clients may rely on, without internals.</summary>
internal static class ApiDocumentSetup
{
    /// <summary>The tag of all operations.</summary>
    public const string Tag = "Tasks";

    private const string Bearer = "bearer";

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = static description => description.RelativePath?.StartsWith("policysync/", StringComparison.Ordinal) == true;
        options.CreateSchemaReferenceId = static type =>
            SchemaNames.Of(type.Type) ?? OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            Describe(document);
            ClientSchemas.Tidy(document);
            return Task.CompletedTask;
        });
    });

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "PolicySync on-demand sync",
            Version = ProductVersion.Text,
            Description = "Makes Unity Catalog grants equal what Apache Ranger policies say, for the resources that a task names.\n\n"
                + "A member without a value is absent, never null. Enumerations and objects may have more values and members in a later version.",
            License = new OpenApiLicense { Name = "Apache-2.0", Url = new Uri("https://www.apache.org/licenses/LICENSE-2.0") },
        };

        // Relative to the address that the client used, which a process behind an ingress does not know.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = new HashSet<OpenApiTag> { new() { Name = Tag, Description = "Tasks that sync or verify, and what they did." } };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                BearerFormat = "JWT",
                Description = "ES256 or RS256, with `iss`, `aud` and `exp`. A token with a `scope` claim needs `policysync.read` to read and "
                    + "`policysync.tasks` for everything but suspensions, which need `policysync.ops`. A claim `policysync.securables` limits it to securables.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
    }
}
