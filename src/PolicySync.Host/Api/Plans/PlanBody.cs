using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace PolicySync.Host.Api.Plans;

// The body of POST /plans, for the API document only. PlanRequestReader reads bodies and reports every fault.

/// <summary>A plan to make: for which resources, and with which policies.</summary>
internal sealed record PlanBody(
    [property: Description("What to plan for."), MinLength(1), MaxLength(SyncRequestReader.MaxResources)] IReadOnlyList<TaskBodyResource> Resources,
    [property: Description(PlanBody.OfPolicies)] JsonElement? Policies = null,
    [property: Description(PlanBody.OfPolicy)] JsonElement? Policy = null,
    [property: Description("Let the plan revoke more than `Sync:MaxRevokeShare`.")] bool? AllowRevoke = null)
{
    public const string OfPolicies = "A whole download of Ranger to plan with, in place of the current policies.";

    public const string OfPolicy =
        "One policy as Ranger's JSON: it replaces the one of its `id` in the current policies, is added when it has none, and removes the one of its `id` "
        + "with `delete` true.";
}
