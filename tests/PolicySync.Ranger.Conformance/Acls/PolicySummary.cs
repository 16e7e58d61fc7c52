using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;
using PolicySync.Ranger.ServiceDefs;
using PolicySync.Ranger.Text;

namespace PolicySync.Ranger.Conformance.Acls;

/// <summary>
/// A policy's results for each principal that it names, independent of any request. Source:
/// RangerDefaultPolicyEvaluator.createPolicyACLSummary and RangerPolicyEvaluator.PolicyACLSummary.
/// </summary>
internal sealed class PolicySummary
{
    private const string PublicGroup = "public";
    private const string CurrentUser = "{USER}";

    private readonly ServiceModel _service;

    public PolicySummary(RangerPolicy policy, ServiceModel service)
    {
        _service = service;
        var denyIsOpen = IsOpen(policy.DenyPolicyItems, policy.DenyExceptions);
        var allowIsOpen = IsOpen(policy.PolicyItems, policy.AllowExceptions);
        Add(policy.DenyPolicyItems, SummaryPart.Deny, denyIsOpen);
        Add(denyIsOpen ? [] : policy.DenyExceptions, SummaryPart.DenyException, false);
        Add(policy.PolicyItems, SummaryPart.Allow, allowIsOpen);
        Add(allowIsOpen ? [] : policy.AllowExceptions, SummaryPart.AllowException, false);
        PublicCoversOthers();
        if (policy.IsDenyAllElse)
        {
            DenyAllElse();
        }
    }

    public SummaryTable Users { get; } = new();

    public SummaryTable Groups { get; } = new();

    public SummaryTable Roles { get; } = new();

    // Exceptions that depend on membership or conditions cannot be taken off by name: what they except becomes conditional.
    private static bool IsOpen(List<RangerPolicyItem> items, List<RangerPolicyItem> exceptions) =>
        exceptions.Exists(e => e.Conditions.Count > 0 || (e.Groups.Count > 0 && !e.Groups.Contains(PublicGroup)))
        || (exceptions.Count > 0 && items.Exists(IsForEverybody) && !exceptions.Exists(IsForEverybody));

    private static bool IsForEverybody(RangerPolicyItem item) =>
        item.Groups.Contains(PublicGroup) || item.Users.Contains(CurrentUser);

    private void Add(List<RangerPolicyItem> items, SummaryPart part, bool isOpen)
    {
        foreach (var item in items)
        {
            var isConditional = isOpen || item.Conditions.Count > 0;
            foreach (var access in AccessesOf(item))
            {
                Add(item, access, part, isConditional);
            }
        }
    }

    private void Add(RangerPolicyItem item, string access, SummaryPart part, bool isConditional)
    {
        foreach (var user in item.Users.Where(u => !string.IsNullOrWhiteSpace(u) && u != CurrentUser))
        {
            Users.Add(user, access, part, isConditional);
        }

        foreach (var group in item.Groups.Where(g => g != PublicGroup))
        {
            Groups.Add(group, access, part, isConditional);
        }

        if (IsForEverybody(item))
        {
            Groups.Add(PublicGroup, access, part, isConditional);
        }

        foreach (var role in item.Roles)
        {
            Roles.Add(role, access, part, isConditional);
        }
    }

    // Whether an access is switched off in the item plays no part here, though it does in evaluation.
    private IEnumerable<string> AccessesOf(RangerPolicyItem item)
    {
        var named = item.Accesses.Select(a => a.Type).OfType<string>().ToList();
        return (item.DelegateAdmin ? named.Prepend(AccessRequest.AdminAccess) : named)
            .Concat(named.SelectMany(_service.AccessTypes.ImpliedByWithoutMarkers))
            .Distinct(StringComparer.Ordinal);
    }

    private void PublicCoversOthers()
    {
        foreach (var access in Groups.DecidedFor(PublicGroup))
        {
            Users.Drop(access, except: null);
            Groups.Drop(access, except: PublicGroup);
        }
    }

    private void DenyAllElse()
    {
        var all = _service.AccessTypes.Names.Where(n => !JavaText.EqualsIgnoringCase(n, "all")).ToList();
        Users.DenyOpen(all);
        Groups.DenyOpen(all);
        foreach (var access in all)
        {
            var nobodyHasIt = Users.AllDenied(access, except: null) && Groups.AllDenied(access, except: PublicGroup);
            Groups.AddMissing(PublicGroup, access, nobodyHasIt ? SummaryTable.Denied : SummaryTable.Conditional);
        }
    }
}
