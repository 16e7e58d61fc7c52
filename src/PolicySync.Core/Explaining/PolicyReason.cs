using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Evaluation.Tracing;

namespace PolicySync.Core.Explaining;

/// <summary>Says for people why policies decide as they do: lower case, no full stop.</summary>
/// <param name="principal">The principal.</param>
/// <param name="privilege">The privilege.</param>
/// <param name="securable">The securable.</param>
/// <param name="trace">How the policies that name the securable were evaluated.</param>
internal sealed class PolicyReason(string principal, string privilege, Securable securable, DecisionTrace trace)
{
    /// <summary>Why it is allowed.</summary>
    public string Why() => $"{Policy(trace.Deciding)} allows it{To(trace.Deciding?.Item)}";

    /// <summary>Why it is not allowed.</summary>
    /// <param name="outright">The verdict that also counts denies of policies for everything in the securable.</param>
    public string WhyNot(AccessDecision outright) => trace.Decision.Verdict switch
    {
        not AccessVerdict.Denied when outright.Verdict == AccessVerdict.Denied => $"policy `{outright.PolicyName}` denies it on everything in {securable}",
        AccessVerdict.Allowed => $"{Policy(trace.Deciding)} allows it only to the owner, which no grant can express",
        AccessVerdict.Denied when trace.End == TraceEnd.TagDenialRemains => $"{Policy(Denying)} denies it{To(Denying?.Item)}, and no policy of a higher priority is final",
        AccessVerdict.Denied when trace.Deciding is { GivenBy: PolicyPart.Policy } all => $"{Policy(all)} denies what it does not allow",
        AccessVerdict.Denied => $"{Policy(trace.Deciding)} denies it{To(trace.Deciding?.Item)}",
        _ when trace.Steps.FirstOrDefault(step => step.Items.Any(item => item is { Part: PolicyPart.AllowException, Applies: true })) is { } step =>
            $"an exception of {Policy(step)} takes it back{To(step.Items.First(item => item.Part == PolicyPart.AllowException && item.Applies))}",
        _ when trace.Steps.FirstOrDefault(step => step.Items.Any(item => item is { Part: PolicyPart.Allow, Applies: false, Holds: TraceTruth.Unknown })) is { } step =>
            $"{Policy(step)} would allow it, but has a condition or schedule that cannot be evaluated, which counts against access",
        _ => $"no policy that names {securable} allows it",
    };

    /// <summary>Why USE is allowed.</summary>
    public string WhyUse(WantedGrant grant) =>
        trace.Decision.Verdict == AccessVerdict.Allowed ? Why()
        : $"policy `{grant.PolicyName}` gives something at or below {securable} to `{grant.Principal}`";

    /// <summary>Why USE is not allowed although something may be given below.</summary>
    public string WhyNotUse(AccessDecision denial) => WhyNot(denial);

    /// <summary>Why USE is not needed.</summary>
    public string NothingBelow() => $"no policy gives {principal} anything at or below {securable}";

    /// <summary>Why no grant gives what is allowed, where no gap says so.</summary>
    public string WhyUnreached() => $"{Why()}, but no grant of {privilege} that policy wants reaches {principal}";

    private TraceStep? Denying => trace.Steps.LastOrDefault(step => step.Verdict == AccessVerdict.Denied);

    private static string Policy(TraceStep? step) => step is null ? "a policy"
        : $"policy `{step.Policy.Name}`" + (step.Tag is { } tag ? $" for tag `{tag.Type}`" : "");

    private static string To(TraceItem? item) => item?.By switch
    {
        null => "",
        { Kind: NamedByKind.Public } => " to everyone",
        { Kind: NamedByKind.AnyUser } => " to any user",
        { Kind: NamedByKind.Owner } => " to the owner",
        { Kind: NamedByKind.Group, Name: { } group } => $" to group `{group}`",
        { Kind: NamedByKind.Role, Name: { } role } => $" to role `{role}`",
        { Name: { } user } => $" to `{user}`",
        _ => "",
    };
}
