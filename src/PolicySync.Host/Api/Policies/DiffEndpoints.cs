using PolicySync.Core.Policies.Comparing;
using PolicySync.Core.Policies.Sets;
using PolicySync.Grains.Plans;
using PolicySync.Grains.Policies;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Plans;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Policies;

/// <summary>Compares candidate policies with those that a silo accepted last. Nothing is stored or written.</summary>
internal sealed class DiffEndpoints(CurrentPolicies policies, PlanSteps steps, TaskGateway tasks, StorageDeadline deadline, TimeProvider time)
{
    private const string PlanName = "plan";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag);
        api.MapPost("/policies/diff", static (HttpContext http, DiffEndpoints endpoints) => endpoints.CompareAsync(http))
            .RequireAuthorization(Access.Read).WithName("comparePolicies").DocumentPolicyDiff();
        api.MapGet("/policies/diff", static (HttpContext http, DiffEndpoints endpoints) => endpoints.ComparePlanAsync(http))
            .RequireAuthorization(Access.Read).WithName("comparePlanPolicies").DocumentPlanPolicyDiff();
    }

    private async Task<IResult> CompareAsync(HttpContext http)
    {
        if (PolicyEndpoints.Refusal(http) is { } refusal)
        {
            return refusal;
        }

        var (body, problem) = await RequestBody.ReadAsync(http.Request, http.RequestAborted, RequestBody.MaxPolicyBytes);
        if (problem is not null)
        {
            return problem;
        }

        var reader = new QueryReader(http.Request.Query, Page.SizeName, Page.TokenName);
        var page = Page.Read(reader);
        var (asked, bodyFaults) = PlanRequestReader.ReadDiff(body);
        if (asked is null || reader.Faults.Count > 0)
        {
            return Problem.Invalid([.. reader.Faults, .. bodyFaults]);
        }

        var current = await CurrentAsync(http);
        var (candidate, fault) = PlanCandidate.Of(asked, current.Set);
        return fault is null ? Answer(current, candidate!, page) : Problem.Invalid([fault]);
    }

    private async Task<IResult> ComparePlanAsync(HttpContext http)
    {
        if (PolicyEndpoints.Refusal(http) is { } refusal)
        {
            return refusal;
        }

        var reader = new QueryReader(http.Request.Query, PlanName, Page.SizeName, Page.TokenName);
        var page = Page.Read(reader);
        if (reader.Text(PlanName) is not { } planId || reader.Faults.Count > 0)
        {
            return Problem.Invalid(reader.Faults.Count > 0 ? reader.Faults
                : [new Fault("is missing; send the id of a plan, or POST policies to this address", Parameter: PlanName)]);
        }

        if (await PlanEndpoints.FindAsync(planId, tasks, deadline, http) is not { } plan)
        {
            return PlanEndpoints.NoPlan();
        }

        var current = await CurrentAsync(http);
        var (candidate, reason) = await deadline.WithinAsync(cancellation => steps.PoliciesOfAsync(plan, current, cancellation), http.RequestAborted);
        return candidate is null ? Problem.Of(ProblemKind.PlanOutdated, reason) : Answer(current, candidate, page);
    }

    private IResult Answer(CurrentSet current, PolicySet candidate, Page page)
    {
        try
        {
            var diff = PolicyDiff.Of(current.Set, candidate);
            return Results.Json(
                PolicyDiffDetail.Of(diff, diff.Read(page.Size, page.Token), PolicySetDetail.Of(current, time.GetUtcNow())), ApiJson.Default.PolicyDiffDetail);
        }
        catch (ArgumentException)
        {
            return Problem.Invalid(
            [
                new Fault("was not issued for the difference of these policies, or they have changed since; begin with the first page", Parameter: Page.TokenName),
            ]);
        }
    }

    private Task<CurrentSet> CurrentAsync(HttpContext http) =>
        deadline.WithinAsync(cancellation => policies.ReadAsync(fresh: false, cancellation), http.RequestAborted);
}
