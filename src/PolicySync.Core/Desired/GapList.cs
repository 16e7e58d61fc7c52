using PolicySync.Core.Tasks;

namespace PolicySync.Core.Desired;

/// <summary>Collects gaps in order, without duplicates.</summary>
internal sealed class GapList
{
    private readonly List<Gap> _gaps = [];
    private readonly HashSet<(GapCode, GapDirection, string?, string?, long?)> _seen = [];

    public IReadOnlyList<Gap> Items => _gaps;

    /// <summary>Whether the list has a withheld gap for this principal, privilege and reason.</summary>
    public bool HasWithheld(GapCode code, string? principal, string? privilege, long? policyId) =>
        _seen.Contains((code, GapDirection.Withheld, principal, privilege, policyId));

    public void Withheld(GapCode code, string? principal, string? privilege, string detail, long? policyId) =>
        Add(new Gap(code, GapDirection.Withheld, principal, privilege, detail, policyId));

    public void Exposed(GapCode code, string? principal, string? privilege, string detail, long? policyId) =>
        Add(new Gap(code, GapDirection.Exposed, principal, privilege, detail, policyId));

    private void Add(Gap gap)
    {
        if (_seen.Add((gap.Code, gap.Direction, gap.Principal, gap.Privilege, gap.PolicyId)))
        {
            _gaps.Add(gap);
        }
    }
}
