using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api;

namespace PolicySync.Host.ApiDocument;

/// <summary>Sets up the OpenAPI document: what clients may rely on, without internals.</summary>
internal static class ApiDocumentSetup
{
    private const string Bearer = "bearer";

    /// <summary>Schema names for clients, in place of names of the code.</summary>
    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(TaskBody)] = "TaskRequest",
        [typeof(TaskBodyInfo)] = "TaskRequestInfo",
        [typeof(TaskBodyResource)] = "TaskRequestResource",
        [typeof(TaskDetail)] = "Task",
        [typeof(EventDetail)] = "TaskEvent",
        [typeof(ResourceDetail)] = "TaskResource",
        [typeof(TaskList)] = "TaskPage",
        [typeof(TaskListItem)] = "TaskItem",
        [typeof(ResourcePage)] = "TaskResourcePage",
        [typeof(ResultError)] = "TaskResourceError",
        [typeof(ExternalChangeDetail)] = "ExternalChange",
        [typeof(PlannedCallDetail)] = "PlannedCall",
        [typeof(ProblemAnswer)] = "Problem",
        [typeof(Fault)] = "ProblemError",
        [typeof(SyncTaskStatus)] = "TaskStatus",
        [typeof(SyncTaskOutcome)] = "TaskOutcome",
        [typeof(SyncErrorCode)] = "ErrorCode",
    };

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = static description => description.RelativePath?.StartsWith("policysync/", StringComparison.Ordinal) == true;
        options.CreateSchemaReferenceId = static type =>
            Names.GetValueOrDefault(Nullable.GetUnderlyingType(type.Type) ?? type.Type) ?? OpenApiOptions.CreateDefaultSchemaReferenceId(type);
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
            Description = "Makes Unity Catalog grants equal what Apache Ranger policies say, for the resources that a task names.",
        };

        // Relative to the address that the client used, which a process behind an ingress does not know.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                BearerFormat = "JWT",
                Description = "ES256 or RS256, with `iss`, `aud` and `exp`. A token with a `scope` claim needs `policysync.tasks`.",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
    }
}
