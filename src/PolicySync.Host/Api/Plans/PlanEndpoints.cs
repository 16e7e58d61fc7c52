using System.Globalization;
using System.Security.Cryptography;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Plans;
using PolicySync.Grains.Policies;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.ApiDocument;
using PolicySync.Host.Auth;

namespace PolicySync.Host.Api.Plans;

/// <summary>The endpoints about plans. A plan is a task that writes nothing, so it is cancelled, followed and kept as one.</summary>
internal sealed class PlanEndpoints(
    CurrentPolicies policies, PlanSteps steps, PlanSummaries summaries, PlanTasks plans, TaskGateway tasks, StorageDeadline deadline, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(TaskEndpoints.Prefix).WithTags(ApiDocumentSetup.Tag);
        api.MapPost("/plans", static (HttpContext http, PlanEndpoints endpoints) => endpoints.CreateAsync(http))
            .RequireAuthorization(Access.Api).WithName("createPlan").DocumentCreatePlan();
        api.MapGet("/plans/{planId}", static (string planId, HttpContext http, PlanEndpoints endpoints) => endpoints.ReadAsync(planId, http))
            .RequireAuthorization(Access.Read).WithName("getPlan").DocumentPlan();
        api.MapGet("/plans/{planId}/resources", static (string planId, HttpContext http, PlanEndpoints endpoints) => endpoints.ListAsync(planId, http))
            .RequireAuthorization(Access.Read).WithName("listPlanResources").DocumentPlanResources();
        api.MapPost("/plans/{planId}:apply", static (string planId, HttpContext http, PlanEndpoints endpoints) => endpoints.ApplyAsync(planId, http))
            .RequireAuthorization(Access.Api).WithName("applyPlan").DocumentApply();
    }

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        var (body, problem) = await RequestBody.ReadAsync(http.Request, http.RequestAborted, RequestBody.MaxPolicyBytes);
        if (problem is not null)
        {
            return problem;
        }

        var (asked, bodyFaults) = PlanRequestReader.ReadPlan(body);
        var (key, keyFault) = IdempotencyKey.Read(http.Request.Headers);
        var (preferred, waitFault) = WaitPreference.Read(http.Request.Headers);
        List<Fault> faults = [.. new QueryReader(http.Request.Query).Faults, .. new[] { keyFault, waitFault }.OfType<Fault>(), .. bodyFaults];
        if (asked is null || faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        var request = new SyncRequest { Type = TaskTypes.Plan, Resources = asked.Resources, AllowRevoke = asked.AllowRevoke, Subject = Access.SubjectOf(http.User) };
        if (TaskCreation.Uncovered(request, Access.SecurablesOf(http.User), "/resources") is { Count: > 0 } uncovered)
        {
            return Problem.NotAllowed(uncovered);
        }

        var current = await deadline.WithinAsync(cancellation => policies.ReadAsync(fresh: true, cancellation), http.RequestAborted);
        var (candidate, fault) = PlanCandidate.Of(asked, current.Set);
        if (fault is not null)
        {
            return Problem.Invalid([fault]);
        }

        // The current policies are no part of what is asked for: repeated under the same key, it is the same request.
        var fingerprint = request with { Event = new SyncEvent { Id = Convert.ToHexStringLower(SHA256.HashData(body.Span)) } };
        request = await deadline.WithinAsync(cancellation => steps.PlanAsync(request, current, candidate, cancellation), http.RequestAborted);
        var (task, refusal) = await plans.SubmitAsync(request, key is null ? null : TaskKey.OfCaller(request.Subject, key, fingerprint), preferred, http);
        return refusal ?? await AnswerAsync(task!, preferred is not null && task!.Status.IsTerminal() ? StatusCodes.Status200OK : StatusCodes.Status202Accepted, http);
    }

    private async Task<IResult> ReadAsync(string planId, HttpContext http)
    {
        var (preferred, fault) = WaitPreference.Read(http.Request.Headers);
        if (new QueryReader(http.Request.Query).Faults.Concat(fault is null ? [] : [fault]).ToList() is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        return await FindAsync(planId, http) is { } plan
            ? await AnswerAsync(await plans.WaitAsync(plan, preferred, http), StatusCodes.Status200OK, http)
            : NoPlan();
    }

    private async Task<IResult> ListAsync(string planId, HttpContext http)
    {
        var reader = new QueryReader(http.Request.Query, ["changed", "status", Page.SizeName, Page.TokenName]);
        var filter = new ResultFilter { Drifted = reader.Flag("changed"), Status = reader.Named<ResourceStatus>("status") };
        var page = Page.Read(reader);
        if (reader.Faults.Count > 0)
        {
            return Problem.Invalid(reader.Faults);
        }

        if (await FindAsync(planId, http) is not { } plan)
        {
            return NoPlan();
        }

        try
        {
            var results = await deadline.WithinAsync(
                cancellation => tasks.ResourcesAsync(plan.Id, Access.SecurablesOf(http.User), filter, page.Size, page.Token, cancellation), http.RequestAborted);
            return results is null ? NoPlan() : Results.Json(PlanResourcePage.Of(results), ApiJson.Default.PlanResourcePage);
        }
        catch (ArgumentException)
        {
            return Problem.Invalid([new Fault("was not issued for this plan's list", Parameter: Page.TokenName)]);
        }
    }

    private async Task<IResult> ApplyAsync(string planId, HttpContext http)
    {
        var (name, keyFault) = IdempotencyKey.Read(http.Request.Headers);
        var (preferred, waitFault) = WaitPreference.Read(http.Request.Headers);
        List<Fault> faults = [.. new QueryReader(http.Request.Query).Faults, .. new[] { keyFault, waitFault }.OfType<Fault>()];
        if (faults.Count > 0)
        {
            return Problem.Invalid(faults);
        }

        if (await FindAsync(planId, http) is not { } plan)
        {
            return NoPlan();
        }

        var (request, reason) = await deadline.WithinAsync(cancellation => steps.ApplyAsync(plan, Access.SubjectOf(http.User), cancellation), http.RequestAborted);
        if (request is null)
        {
            return Problem.Of(ProblemKind.PlanOutdated, reason);
        }

        var (task, refusal) = await plans.SubmitAsync(request, name is null ? null : TaskKey.OfCaller(request.Subject, name, request), preferred, http);
        return refusal ?? plans.Created(task!, preferred is not null, http);
    }

    private Task<SyncTask?> FindAsync(string planId, HttpContext http) => FindAsync(planId, tasks, deadline, http);

    /// <summary>The plan of an id; null when there is none, or none that the token may read.</summary>
    public static async Task<SyncTask?> FindAsync(string planId, TaskGateway tasks, StorageDeadline deadline, HttpContext http) =>
        TaskId.TryParse(planId, out var id)
            && await deadline.WithinAsync(cancellation => tasks.FindAsync(id, cancellation), http.RequestAborted) is { Request.Plan: not null } plan
            && Access.SecurablesOf(http.User).Allow(plan.Request)
            ? plan
            : null;

    private async Task<IResult> AnswerAsync(SyncTask plan, int status, HttpContext http)
    {
        var summary = plan.Status.IsTerminal()
            ? await deadline.WithinAsync(cancellation => summaries.ReadAsync(plan.Id, cancellation), http.RequestAborted)
            : null;
        if (http.Request.Method == HttpMethods.Post)
        {
            TaskAnswers.Locate($"{TaskEndpoints.Prefix}/plans/{plan.Id}", http);
        }

        if (!plan.Status.IsTerminal())
        {
            http.Response.Headers.RetryAfter = PollInterval.SecondsFor(plan, time.GetUtcNow()).ToString(CultureInfo.InvariantCulture);
        }

        return Results.Json(PlanDetail.Of(plan, summary, time.GetUtcNow()), ApiJson.Default.PlanDetail, statusCode: status);
    }

    /// <summary>The answer where <see cref="FindAsync(string, TaskGateway, StorageDeadline, HttpContext)"/> finds none.</summary>
    public static Problem NoPlan() => Problem.Of(ProblemKind.NotFound, "there is no such plan"); // also where the token may not read it
}
