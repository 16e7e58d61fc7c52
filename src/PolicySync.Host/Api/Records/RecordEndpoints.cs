using Microsoft.Extensions.Options;
using PolicySync.Core.Records;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Records;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Api.Records;

/// <summary>Exports and imports what a lost storage account would lose (docs/backup.md).</summary>
internal sealed partial class RecordEndpoints(
    RecordReader reader, RecordWriter writer, StorageDeadline deadline, IOptions<ProcessOptions> process, ILogger<RecordEndpoints> logger)
{
    /// <summary>Most records of a request.</summary>
    public const int MaxRecords = 500;

    private const string Filter = "records";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag);
        api.MapGet("/records", static (HttpContext http, RecordEndpoints endpoints) => endpoints.ListAsync(http))
            .RequireAuthorization(Access.Operations).WithName("listRecords").DocumentRecords();
        api.MapPost("/records", static (HttpContext http, RecordEndpoints endpoints) => endpoints.ImportAsync(http))
            .RequireAuthorization(Access.Operations).WithName("importRecords").DocumentImport();
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        if (NotAllowed(http) is { } refusal)
        {
            return refusal;
        }

        var query = new QueryReader(http.Request.Query, Page.SizeName, Page.TokenName);
        var page = Page.Read(query);
        if (query.Faults is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        var place = page.Token is { } token ? ListToken.Read(token, Filter) : null;
        if (page.Token is not null && place is null)
        {
            return Problem.Invalid([Page.WrongToken]);
        }

        var instance = process.Value.Instance;
        var slice = await deadline.WithinAsync(
            cancellation => reader.ReadAsync(instance, place, Math.Min(page.Size, MaxRecords), cancellation), http.RequestAborted);
        if (slice is null)
        {
            return Problem.Invalid([Page.WrongToken]);
        }

        if (place is null)
        {
            LogExport(Access.SubjectOf(http.User));
        }

        return Results.Json(
            new RecordPage(instance, ProductVersion.Text, [.. slice.Items.Select(RecordDetail.Of)], slice.Next is { } next ? ListToken.Write(Filter, next) : null),
            ApiJson.Default.RecordPage);
    }

    private async Task<IResult> ImportAsync(HttpContext http)
    {
        if (NotAllowed(http) is { } refusal)
        {
            return refusal;
        }

        var (body, problem) = await RequestBody.ReadAsync(http.Request, http.RequestAborted, RequestBody.MaxPolicyBytes);
        if (problem is not null)
        {
            return problem;
        }

        var (request, bodyFaults) = ImportReader.Read(body, process.Value.Instance);
        List<Fault> faults = [.. new QueryReader(http.Request.Query).Faults, .. bodyFaults];
        if (request is null || faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        var replies = await writer.WriteAsync(process.Value.Instance, request.Records, request.DryRun, http.RequestAborted);
        int Count(RestoreOutcome outcome) => replies.Count(reply => reply.Outcome == outcome);
        if (!request.DryRun)
        {
            LogImported(
                replies.Count, request.Instance, Access.SubjectOf(http.User), Count(RestoreOutcome.Restored), Count(RestoreOutcome.Unchanged),
                Count(RestoreOutcome.SetAside), Count(RestoreOutcome.Failed));
        }

        return Results.Json(new ImportAnswer([.. request.Records.Zip(replies, ImportedRecordDetail.Of)]), ApiJson.Default.ImportAnswer);
    }

    // A part of the records would be no backup, and patterns and ids could not be judged.
    private static Problem? NotAllowed(HttpContext http) => Access.SecurablesOf(http.User).AreLimited
        ? Problem.Of(ProblemKind.SecurableNotAllowed, $"records are of all securables, and `{SecurableClaim.Name}` limits the token; use one without it") : null;

    [LoggerMessage(EventId = 1650, Level = LogLevel.Information, Message = "Export of the records started by {Subject}")]
    private partial void LogExport(string? subject);

    [LoggerMessage(
        EventId = 1651, Level = LogLevel.Information,
        Message = "Imported {Count} records of instance {Instance}, requested by {Subject}: {Restored} restored, {Unchanged} unchanged, {SetAside} set aside, {Failed} failed")]
    private partial void LogImported(int count, string instance, string? subject, int restored, int unchanged, int setAside, int failed);
}
