using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Ignored;

/// <summary>A policy of which something has no effect, as Ranger has it, and its author may think otherwise.</summary>
/// <param name="Policy">The policy; null when it is about something else.</param>
/// <param name="Detail">What has no effect, and why.</param>
public sealed record PolicyWarning(RangerPolicy? Policy, string Detail)
{
    /// <summary>False where the policy is about tags, or about no resources at all.</summary>
    public bool HasResources { get; init; } = true;

    /// <summary>The warning as a line of a log.</summary>
    public string Text => Policy is null ? Detail : $"policy {Policy.Id} `{Policy.Name}`: {Detail}";

    /// <summary>Whether the policy restricts, so that what has no effect leaves something open.</summary>
    private bool Restricts => Policy is { } policy && (policy.DenyPolicyItems.Count > 0
        || policy.AllowExceptions.Count > 0 || policy.DataMaskPolicyItems.Count > 0 || policy.RowFilterPolicyItems.Count > 0 || policy.IsDenyAllElse);

    /// <summary>The warning as a gap of a securable that it concerns.</summary>
    public Gap ToGap() => new(
        GapCode.PolicyFeatureUnsupported, Restricts ? GapDirection.Exposed : GapDirection.Withheld, null, null,
        $"policy `{Policy?.Name}`: {Detail}", Policy?.Id);

    /// <summary>Whether the policy was meant for <paramref name="securable"/>.</summary>
    /// <param name="securable">The securable.</param>
    /// <param name="levels">The levels of the service definition.</param>
    internal bool Concerns(Securable securable, IReadOnlySet<string> levels) =>
        HasResources && Policy is { } policy && PolicyReach.Concerns(policy, securable, levels);
}
