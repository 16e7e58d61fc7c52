using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;

namespace PolicySync.Core.Planning;

/// <summary>
/// Desired, current and owned grants in, the changes of one PATCH out (specification §3.7, §4). Pure: no clock, no log,
/// no exception for anything that a read or a policy can say.
/// </summary>
public static class GrantPlanner
{
    /// <summary>Plans.</summary>
    public static GrantPlan Plan(PlanRequest request)
    {
        var holders = Holder.AllIn(request.Current, request.Facts.Securable.Type);
        var desired = ByPrincipal(request);
        foreach (var (key, wanted) in desired)
        {
            holders.TryAdd(key, Holder.OfNothing(key, wanted.Name));
        }

        var planner = new PrincipalPlanner(request);
        var outcomes = holders.Values
            .Select(holder => planner.Plan(
                holder.AsGranted(request.Facts, request.Ledger), desired.GetValueOrDefault(holder.Key).Grants))
            .OfType<PrincipalOutcome>()
            .ToList();
        return new GrantPlan(
            request.Facts,
            [.. outcomes.Select(outcome => outcome.Plan).Where(plan => !plan.ChangesNothing || plan.Adopted.Count > 0)],
            PlanGaps.Sorted(outcomes.SelectMany(outcome => outcome.Gaps)),
            RevokeLimit.Weigh(
                outcomes.Sum(outcome => outcome.Weighed),
                outcomes.Sum(outcome => outcome.Pairs),
                request.MaxRevokeShare,
                isOff: request.AllowRevoke))
        {
            Foreign = [.. outcomes.SelectMany(outcome =>
                outcome.Foreign.Select(privilege => (outcome.Plan.Holder.Name, privilege)))],
        };
    }

    /// <summary>
    /// Desired grants by principal and privilege. Where several policies want one grant, the one with the lowest id is
    /// named, whatever the order in which they came.
    /// </summary>
    private static Dictionary<string, (string Name, Dictionary<string, DesiredGrant> Grants)> ByPrincipal(PlanRequest request) =>
        request.Desired
            .Select(grant => grant with { Privilege = Privilege.Normalise(grant.Privilege, request.Facts.Securable.Type) })
            .GroupBy(grant => PrincipalKey.Of(grant.Principal), StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => (
                    group.Select(grant => grant.Principal).Min(StringComparer.Ordinal)!,
                    group.GroupBy(grant => grant.Privilege, StringComparer.Ordinal)
                        .ToDictionary(same => same.Key, First, StringComparer.Ordinal)),
                StringComparer.Ordinal);

    private static DesiredGrant First(IEnumerable<DesiredGrant> same) => same
        .OrderBy(grant => grant.PolicyId ?? long.MaxValue)
        .ThenBy(grant => grant.PolicyName, StringComparer.Ordinal)
        .ThenBy(grant => grant.Principal, StringComparer.Ordinal)
        .ThenBy(grant => grant.SpelledAs, StringComparer.Ordinal)
        .First();
}
