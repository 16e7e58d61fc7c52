using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>
/// Who may not read a column although others who read its table may: policy denies it to them, or a security zone of the
/// column's own does not give it.
/// </summary>
/// <param name="Policy">A policy that takes the column away; null when a zone's silence does.</param>
/// <param name="Sql">The condition, true for whoever may not read it.</param>
/// <param name="Hides">The same for a principal as policies see it.</param>
internal sealed record ColumnDenial(RangerPolicy? Policy, string Sql, Func<Subject, bool> Hides)
{
    /// <summary>Whom the condition asks for, and whether it holds for those who are none of them.</summary>
    public required (GuardReaders Asked, bool Others) Readers { get; init; }

    /// <summary>Whether it is for everybody.</summary>
    public bool IsForEverybody => Sql == TruthTable.Always;
}

/// <summary>
/// Finds out whom a column is denied to. The engine itself is asked, for every combination of the items that name somebody,
/// so that priorities, exceptions, deny-all-else, tags and zones mean exactly what they mean elsewhere; the answers become
/// one condition over who reads and which account groups contain them at that moment.
/// </summary>
internal sealed class ColumnDenials(DenialNames names, AccessItems items, PolicyView table, string? owner)
{
    /// <summary>Ways of being named that may be told apart: each doubles the combinations.</summary>
    private const int MaxGroups = 10;

    private const int MaxCombinations = 8192;

    /// <summary>The denial of a column that has some; null when nobody is denied it, or a fault says why that cannot be said.</summary>
    /// <param name="column">What the engine shows for the column.</param>
    /// <param name="fault">Why it cannot be said in a function; null when it can.</param>
    public ColumnDenial? Of(PolicyView column, out string? fault)
    {
        fault = null;
        var isElsewhere = column.Zone != table.Zone;
        var policies = column.TagAccess.Concat(column.Access).Where(policy => policy.DecidesItself).ToList();
        var taking = policies.Where(policy => Takes(policy) && IsOfColumn(policy)).ToList();
        if (taking.Count == 0 && !isElsewhere)
        {
            return null;
        }

        var said = policies.SelectMany(policy => policy.Policy.PolicyItems.Concat(AccessItems.Taking(policy.Policy)).Concat(policy.Policy.DenyExceptions))
            .Where(item => items.Covers(item, GuardPolicies.Access)).ToList();
        var (groups, users) = names.In(said, owner, out fault);
        if (fault is null && (groups.Count > MaxGroups || (users.Count + 1) << groups.Count > MaxCombinations))
        {
            fault = "policies of the column name people in more ways than one condition can tell apart";
        }

        if (fault is not null)
        {
            return null;
        }

        bool Hides(Subject subject) => IsHidden(column, policies, isElsewhere, subject);
        var sql = Condition(groups, users, Hides);
        return sql == TruthTable.Never ? null : new ColumnDenial(taking.FirstOrDefault()?.Policy, sql, Hides)
        {
            Readers = (new GuardReaders
            {
                Users = [.. users.SelectMany(named => named.Users).Select(PrincipalKey.Of)], Groups = [.. groups.SelectMany(named => named.Names)],
            }, Hides(names.Subject(null, []))),
        };
    }

    // Policies of the table as a whole, and tags that it has or inherits, decide about its grants.
    private bool IsOfColumn(MatchedPolicy policy) => policy.Tag is null
        ? policy.Sets.Any(set => RangerResources.LevelOf(set) == RangerResources.Column)
        : !table.TagAccess.Any(other => other.DecidesItself && ReferenceEquals(other.Policy, policy.Policy) && other.Tag?.Type == policy.Tag.Type);

    private bool Takes(MatchedPolicy policy) => policy.Policy.IsDenyAllElse
        || AccessItems.Taking(policy.Policy).Any(item => items.Covers(item, GuardPolicies.Access));

    // Where nothing gives the column outright and an exception names the reader, in doubt it is hidden.
    private bool IsHidden(PolicyView column, List<MatchedPolicy> policies, bool isElsewhere, Subject subject) =>
        column.Evaluate(subject, GuardPolicies.Access).Verdict switch
        {
            AccessVerdict.Allowed => false,
            AccessVerdict.Denied => true,
            _ => isElsewhere || policies.Exists(policy =>
                policy.EvaluateAlone(subject, GuardPolicies.Access).Verdict == AccessVerdict.Denied
                || policy.Policy.AllowExceptions.Exists(item => items.Covers(item, GuardPolicies.Access) && AccessItems.Names(item, subject, owner))),
        };

    private string Condition(IReadOnlyList<NamedGroups> groups, IReadOnlyList<NamedUsers> users, Func<Subject, bool> hides)
    {
        var asked = groups.Select(group => new GuardWho(false, [], group.Names, null).ToSql() is var sql && group.Names.Count > 1 ? $"({sql})" : sql).ToList();
        string TableOf(NamedUsers? user) => TruthTable.ToSql(asked, members => hides(names.Subject(user, [.. groups.Where((_, i) => members[i])])));
        var others = TableOf(null);
        return users.Select(user => (Names: user.Users, Sql: TableOf(user))).Where(user => user.Sql != others)
            .GroupBy(user => user.Sql, user => user.Names, StringComparer.Ordinal)
            .Aggregate(others, (rest, same) => TruthTable.If(
                new GuardWho(false, [.. same.SelectMany(named => named).Order(StringComparer.Ordinal)], [], null).ToSql(), same.Key, rest));
    }
}
