using PolicySync.Core.Access;
using PolicySync.Core.Desired;
using PolicySync.Core.Principals;
using PolicySync.Core.Reports;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Explaining;

/// <summary>What Unity Catalog gives a principal, from a report about it alone, and how that differs from policy.</summary>
/// <param name="report">The report.</param>
/// <param name="privilege">The privilege, in upper case.</param>
/// <param name="paths">How the principal belongs to groups.</param>
internal sealed class AccessSide(AccessReport report, string privilege, MemberPaths paths)
{
    private readonly HeldPrivilege? _held = report.Principals.SelectMany(principal => principal.Privileges).FirstOrDefault(held => held.Privilege == privilege);

    /// <summary>What Unity Catalog gives.</summary>
    public ExplainedAccess Access => new(
        _held is not null,
        [.. (_held?.Paths ?? []).Select(Of)],
        report.Principals is [{ MissingUse: { } missing }] ? missing : [],
        report.ReadTime,
        report.Unread);

    /// <summary>How it differs from policy; null when they agree.</summary>
    /// <param name="answer">What policy says.</param>
    public GapDirection? Difference(PolicyAnswer answer) => _held is { } held ? held.Difference
        : answer == PolicyAnswer.NotAllowed ? null
        : GapDirection.Withheld;

    /// <summary>The same as text that follows what policy says; empty without anything to say.</summary>
    /// <param name="answer">What policy says.</param>
    /// <param name="willChange">Whether a sync would change it.</param>
    public string Words(PolicyAnswer answer, bool willChange)
    {
        var what = _held is { Paths: [var first, ..] } ? $"Unity Catalog gives it: {Show(first)}" : "Unity Catalog does not give it";
        return (_held is { Policy.Verdict: PolicyVerdict.AllowedAbove } ? $"{what}, as policy `{_held.Policy.PolicyName}` wants there" : what)
            + (Difference(answer) is null ? "" : willChange ? "; a sync changes that" : "");
    }

    private ExplainedPath Of(HeldPath path) => new(
        path.Path, path.Grantee, path.Membership == true ? paths.ToGroup(path.Grantee) : [], path.Granted, path.Type, path.FullName, path.Origin)
    {
        PolicyId = path.PolicyId, PolicyName = path.PolicyName, TaskId = path.TaskId, Since = path.Since,
    };

    private static string Show(HeldPath path) => path.Path == AccessPath.Ownership
        ? $"`{path.Grantee}` owns {path.Type} {path.FullName}"
        : $"`{path.Grantee}` holds {path.Granted} on {path.Type} {path.FullName}{(path.Origin == GrantOrigin.Foreign ? ", which this service did not grant" : "")}";
}
