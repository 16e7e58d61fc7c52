using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Api.Records;

namespace PolicySync.Host.ApiDocument;

/// <summary>Documents export and import.</summary>
internal static class RecordDocumentation
{
    public static RouteHandlerBuilder DocumentRecords(this RouteHandlerBuilder operation) => operation
        .WithSummary("Export records")
        .WithDescription("Everything that a lost storage account would lose: grants that the service made, functions of row filters and masks, schedules, recorded "
            + "differences with those that are ignored, and suspensions. A page has records of one kind, at most 500; it may be short or empty and still have "
            + "a next one. The workspace is not called. Needs the scope `policysync.ops` and a token that is not limited to securables.")
        .Produces<RecordPage>()
        .Refuses()
        .RefusesAlso(ProblemKind.SecurableNotAllowed)
        .TakesPage("records")
        .Says("200", "A page of records.");

    public static RouteHandlerBuilder DocumentImport(this RouteHandlerBuilder operation) => operation
        .WithSummary("Import records")
        .WithDescription("Stores what an export had, where the service has nothing newer. One record with a fault refuses the whole request before anything is stored. "
            + "May be repeated: what is there is `UNCHANGED`. The workspace is not called. Needs the scope `policysync.ops` and a token that is not limited to "
            + "securables.")
        .Accepts<ImportBody>("application/json")
        .Produces<ImportAnswer>()
        .Refuses(408, 413, 415)
        .RefusesAlso(ProblemKind.SecurableNotAllowed)
        .Says("200", "What became of each record.")
        .AddOpenApiOperationTransformer(static (document, _, _) =>
        {
            (document.RequestBody as OpenApiRequestBody)?.Description = "The records.";
            return Task.CompletedTask;
        });
}
