using System.Security.Cryptography;
using PolicySync.Core.Errors;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Tasks;
using PolicySync.Grains.Policies;
using PolicySync.Grains.SyncTasks;

namespace PolicySync.Grains.Plans;

/// <summary>
/// Makes plans and the tasks that carry them out, as requests of tasks. Nothing of a candidate set is accepted as the policies of the
/// service. Safe for concurrent use; works in silos and in clients.
/// </summary>
public sealed class PlanSteps(CurrentPolicies policies, ICandidateSets sets, TimeProvider time)
{
    /// <summary>How long a plan may be applied after it was requested.</summary>
    public static readonly TimeSpan LastsFor = TimeSpan.FromHours(24);

    /// <summary>The request of a plan.</summary>
    /// <param name="request">The resources and the caller.</param>
    /// <param name="current">The policies that the service has now.</param>
    /// <param name="candidate">The policies to plan with; null for the current ones.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: the storage does not answer.</exception>
    public async Task<SyncRequest> PlanAsync(SyncRequest request, CurrentSet current, PolicySet? candidate, CancellationToken cancellation)
    {
        var source = candidate is null
            ? new PlanSource(PolicyContent.DigestOf(current.Set), current.Version, current.Stamp)
            : await KeepAsync(candidate, current, cancellation);
        return request with { Type = TaskTypes.Plan, DryRun = true, Plan = source };
    }

    /// <summary>
    /// The request of a task that carries out a plan; null when it must not be carried out, with the reason for people.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="subject">The subject of the token with which it is requested.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="SyncException">No silo answers, or the source gives no policies that can be used.</exception>
    public async Task<(SyncRequest? Request, string? Refusal)> ApplyAsync(SyncTask plan, string? subject, CancellationToken cancellation)
    {
        var source = plan.Request.Plan!;
        if (!plan.Status.IsTerminal())
        {
            return (null, "the plan has not ended; wait for its end");
        }

        if (plan.Status != SyncTaskStatus.Success)
        {
            return (null, $"the plan did not end well: {plan.Message}");
        }

        if (time.GetUtcNow() - plan.CreateTime > LastsFor)
        {
            return (null, $"the plan is older than {LastsFor.TotalHours:0} hours");
        }

        if (plan.Progress.Drifted > AgreedPlan.MaxSecurables)
        {
            return (null, $"the plan changes {plan.Progress.Drifted} securables, and at most {AgreedPlan.MaxSecurables} can be compared; plan for parts of them");
        }

        var current = await policies.ReadAsync(fresh: true, cancellation);
        if (PolicyContent.DigestOf(current.Set) != source.Content)
        {
            return (null, source.Candidate is null
                ? $"the policies have changed since: the plan was made from version {source.Version}, and version {current.Version} decides differently now"
                : $"the candidate policies of the plan are not in force: version {current.Version} of the policies differs from them. Make the change in Ranger first");
        }

        return (plan.Request with
        {
            Type = TaskTypes.Apply, DryRun = false, Plan = null, PlanId = plan.Id.Value, Subject = subject, Key = null, RetryOf = null, IgnoredMembers = [],
        }, null);
    }

    /// <summary>The policies that a plan was made from; null when they are not known any more, with the reason for people.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="current">The policies that the service has now.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.Unavailable"/>: the storage does not answer.</exception>
    public async Task<(PolicySet? Policies, string? Refusal)> PoliciesOfAsync(SyncTask plan, CurrentSet current, CancellationToken cancellation)
    {
        var source = plan.Request.Plan!;
        if (source.Candidate is { } hash)
        {
            return await sets.FindAsync(hash, cancellation) is { } packed
                ? (PolicySet.OfPacked(packed), null)
                : (null, "the candidate policies of the plan are not kept any more; make a new plan");
        }

        // Of a plan of the current policies only their digest is kept.
        return PolicyContent.DigestOf(current.Set) == source.Content
            ? (current.Set, null)
            : (null, $"the policies have changed since: the plan was made from version {source.Version} of them, which is not kept, and version {current.Version} decides differently. Compare with a plan of candidate policies");
    }

    private async Task<PlanSource> KeepAsync(PolicySet candidate, CurrentSet current, CancellationToken cancellation)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(candidate.Packed));
        await sets.PutAsync(hash, candidate.Packed, cancellation);
        List<string> warnings = PolicyGateForecast.RefusalOf(candidate, current.Set) is { } refusal ? [refusal] : [];
        return new PlanSource(PolicyContent.DigestOf(candidate), candidate.ReadHeader().PolicyVersion ?? -1, current.Stamp) { Candidate = hash, Warnings = warnings };
    }
}
