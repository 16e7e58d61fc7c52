using Microsoft.Extensions.Options;
using PolicySync.Core;
using PolicySync.Core.Drift;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Resources;
using PolicySync.Grains.Resources.Questions;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Auth;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Api.Drift;

/// <summary>What callers do with a difference: have the service take a grant as its own, have it not reported, have it repaired.</summary>
internal sealed partial class DriftActions(
    IDriftStore store, SecurableQuestions grains, TaskOrders orders, StorageDeadline deadline, TimeProvider time, IOptions<ProcessOptions> process,
    ILogger<DriftActions> logger)
{
    /// <summary>Another writer of the record is its grain, or another caller.</summary>
    private const int MaxTries = 5;

    public async Task<IResult> AdoptAsync(string id, HttpContext http)
    {
        if (new QueryReader(http.Request.Query).Faults is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        if (await FindAsync(id, http) is not var (record, entry))
        {
            return NoDrift();
        }

        if (entry.Difference is not { Kind: DriftKind.Foreign, Principal: { } principal, Privilege: { } privilege })
        {
            return Problem.Of(ProblemKind.NotAdoptable, "only a grant that others made can be adopted; repair this difference instead");
        }

        var subject = Access.SubjectOf(http.User);
        var reply = await grains.AskAsync(
            process.Value.Instance, record.Securable, subject, request => request with { Adopt = new GrantAdoption(principal, privilege, subject) }, http.RequestAborted);
        if (reply.Result?.Error is { } error)
        {
            return error.Code == SyncErrorCode.SecurableNotFound ? Problem.Of(ProblemKind.NotAdoptable, error.Message) : Problem.NotAnswered(error.Code, error.Message);
        }

        if (reply.Adopted is not { } adopted)
        {
            return Problem.NotAnswered(SyncErrorCode.Unavailable, "the silo of the securable is of an earlier build; ask again when the upgrade has ended");
        }

        if (!adopted)
        {
            return Problem.Of(ProblemKind.NotAdoptable, reply.Result!.Message);
        }

        LogAdopted(privilege, principal, record.Securable.ToString(), subject);
        return Results.NoContent();
    }

    public async Task<IResult> IgnoreAsync(string id, HttpContext http)
    {
        var (body, problem) = await RequestBody.ReadAsync(http.Request, http.RequestAborted);
        if (problem is not null)
        {
            return problem;
        }

        var now = time.GetUtcNow();
        var bodyFaults = new FaultList();
        var (reason, end) = ReasonReader.Read(body, now, bodyFaults);
        List<Fault> faults = [.. new QueryReader(http.Request.Query).Faults, .. bodyFaults.Faults];
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await FindAsync(id, http) is not var (record, entry))
            {
                return NoDrift();
            }

            var ignored = entry with { Accepted = new DriftAcceptance(reason, end, Access.SubjectOf(http.User), now) };
            if (await deadline.WithinAsync(cancellation => store.SetAsync(record.With(ignored), cancellation), http.RequestAborted))
            {
                LogIgnored(entry.Difference.Key, record.Securable.ToString(), end, Access.SubjectOf(http.User), reason);
                return Results.Json(DriftDetail.Of(record.Securable, ignored, now), ApiJson.Default.DriftDetail);
            }
        }

        throw new SyncException(SyncErrorCode.StorageConflict, "the differences of the securable were changed by others at the same time");
    }

    public async Task<IResult> RepairAsync(string id, HttpContext http)
    {
        var (order, faults) = TaskOrder.Read(http);
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        return await FindAsync(id, http) is not var (record, _) ? NoDrift() : await orders.SubmitAsync(
            new SyncRequest { Type = TaskTypes.ResourceSync, Resources = [RequestedResource.Of(record.Securable)], Subject = Access.SubjectOf(http.User) }, order, http);
    }

    private async Task<(DriftRecord Record, DriftEntry Entry)?> FindAsync(string id, HttpContext http)
    {
        if (DriftId.RecordOf(id) is not { } key
            || await deadline.WithinAsync(cancellation => store.FindAsync(key, cancellation), http.RequestAborted) is not { } record
            || !Access.SecurablesOf(http.User).Allow(RequestedResource.Of(record.Securable)))
        {
            return null;
        }

        return record.Entries.FirstOrDefault(entry => DriftId.Of(record.Securable, entry.Difference) == id) is { } found ? (record, found) : null;
    }

    private static Problem NoDrift() => Problem.Of(ProblemKind.NotFound, "there is no such difference; it may have been removed since");

    [LoggerMessage(EventId = 1032, Level = LogLevel.Information, Message = "Adopted {Privilege} of {Principal} on {Securable}, requested by {Subject}")]
    private partial void LogAdopted(string privilege, string principal, string securable, string? subject);

    [LoggerMessage(EventId = 1033, Level = LogLevel.Information, Message = "Ignored the difference {Difference} of {Securable} until {EndTime}, requested by {Subject}: {Reason}")]
    private partial void LogIgnored(string difference, string securable, DateTimeOffset endTime, string? subject, string reason);
}
