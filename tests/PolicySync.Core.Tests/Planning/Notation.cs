using PolicySync.Core.Grants;
using PolicySync.Core.Planning;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Tests.Planning;

/// <summary>
/// Grants as text, so that a table of cases can be read without C#. Words are separated by spaces; a grant is
/// <c>who:what</c>.
/// <list type="bullet">
/// <item><c>ann:SELECT</c> Ann's SELECT. <c>ALL</c> is ALL_PRIVILEGES, <c>EXT</c> is EXTERNAL_USE_SCHEMA.</item>
/// <item><c>ann/7:SELECT</c> the same, and Unity Catalog's id of Ann is 7.</item>
/// <item><c>#7:SELECT</c> the grant of a deleted principal, known only by its id.</item>
/// <item>In a plan: <c>+</c> granted, <c>-</c> revoked, <c>=</c> added again beside an ALL that goes.</item>
/// <item>In gaps: <c>!</c> exposed, <c>?</c> withheld.</item>
/// </list>
/// </summary>
internal static class Notation
{
    public const string TaskId = "574057046565109672";

    public static readonly DateTimeOffset Then = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    public static readonly SecurableFacts Schema =
        new(Securable.Schema("main", "sales"), "SCHEMA", Owner: null, Identity: "object-1");

    public static readonly SecurableFacts Table =
        new(Securable.Table("main", "sales", "orders"), "MANAGED", Owner: null, Identity: "object-2");

    public static IReadOnlyList<DesiredGrant> Desired(string text) =>
        [.. Words(text).Select(word => new DesiredGrant(word.Name, word.Privilege, 1, "policy 1"))];

    /// <summary>One assignment per principal, in the order of their first words.</summary>
    public static IReadOnlyList<Assignment> Current(string text) =>
        [.. Words(text).GroupBy(word => (word.Name, word.Id))
            .Select(group => new Assignment(group.Key.Name, group.Key.Id, [.. group.Select(word => word.Privilege)]))];

    public static Ledger Owned(string text, SecurableFacts? facts = null) => new(
        (facts ?? Schema).Identity,
        [.. Words(text).Select(word => new LedgerEntry
        {
            Principal = word.Name.Length > 0 ? word.Name : "gone",
            PrincipalId = word.Id,
            Deleted = word.Name.Length == 0,
            Privilege = word.Privilege,
            PolicyId = 1,
            PolicyName = "policy 1",
            TaskId = TaskId,
            GrantedAt = Then,
        })]);

    public static string Write(GrantPlan plan)
    {
        var granted = plan.ResourceChanges.Where(change => change.Action == ChangeAction.Grant)
            .Select(change => (change.Principal, change.Privilege)).ToHashSet();
        return Join(plan.Changes.SelectMany(change =>
        {
            var who = change.PrincipalId is { } id ? $"#{id}" : change.Principal;
            return change.Add.Select(privilege => $"{(granted.Contains((change.Principal, privilege)) ? '+' : '=')}{who}:{Short(privilege)}")
                .Concat(change.Remove.Select(privilege => $"-{who}:{Short(privilege)}"));
        }));
    }

    public static string Write(IEnumerable<Gap> gaps) => Join(gaps.Select(gap =>
        $"{(gap.Direction == GapDirection.Exposed ? '!' : '?')}{gap.Principal}:{Short(gap.Privilege!)}"));

    public static string Write(Ledger ledger) => Join(ledger.Entries.Select(entry =>
    {
        var name = entry.Deleted ? "#" : entry.PrincipalId is null ? entry.Principal : $"{entry.Principal}/";
        return $"{name}{entry.PrincipalId}:{Short(entry.Privilege)}";
    }));

    private static IEnumerable<(string Name, long? Id, string Privilege)> Words(string text)
    {
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = word.LastIndexOf(':');
            var who = word[..colon].Split('/', '#');
            yield return (
                who[0],
                who.Length > 1 ? long.Parse(who[1], System.Globalization.CultureInfo.InvariantCulture) : null,
                Long(word[(colon + 1)..]));
        }
    }

    private static string Long(string privilege) => privilege switch
    {
        "ALL" => Privilege.AllPrivileges,
        "EXT" => "EXTERNAL_USE_SCHEMA",
        _ => privilege,
    };

    private static string Short(string privilege) => privilege switch
    {
        Privilege.AllPrivileges => "ALL",
        "EXTERNAL_USE_SCHEMA" => "EXT",
        _ => privilege,
    };

    private static string Join(IEnumerable<string> words) => string.Join(' ', words);
}
