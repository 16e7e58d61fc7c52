using PolicySync.Core.Tasks;
using PolicySync.Ranger.Model;

namespace PolicySync.Host.Api.Plans;

/// <summary>The body of <c>POST /plans</c>, well-formed.</summary>
/// <param name="Resources">What to plan for.</param>
/// <param name="AllowRevoke">Lets the plan revoke more than <c>Sync:MaxRevokeShare</c>.</param>
internal sealed record PlanRequest(IReadOnlyList<RequestedResource> Resources, bool AllowRevoke)
{
    /// <summary>A whole candidate set; null without one.</summary>
    public ServicePolicies? Policies { get; init; }

    /// <summary>One policy that is changed, added or deleted; null without one.</summary>
    public RangerPolicy? Policy { get; init; }

    /// <summary>Whether <see cref="Policy"/> is deleted.</summary>
    public bool Deletes { get; init; }
}
