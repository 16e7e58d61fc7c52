using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>Which readers of a table policy keeps from one of its columns.</summary>
internal abstract record ColumnAccess
{
    private ColumnAccess()
    {
    }

    /// <summary>Every reader of the table may read the column.</summary>
    public static ColumnAccess Open { get; } = new OpenToReaders();

    /// <summary>Some readers of the table must not read the column.</summary>
    /// <param name="Denial">Which readers.</param>
    public sealed record Denied(ColumnDenial Denial) : ColumnAccess;

    /// <summary>Some readers of the table may be denied the column, and no condition in a function can identify them.</summary>
    /// <param name="Fault">The reason, for people.</param>
    public sealed record Inexpressible(string Fault) : ColumnAccess;

    private sealed record OpenToReaders : ColumnAccess;
}

/// <summary>
/// The readers of a table who must not read one of its columns: policy denies it to them, or the column is in a security zone
/// of its own whose policies do not allow it.
/// </summary>
/// <param name="Policy">A policy that denies the column; null when only the zone does.</param>
/// <param name="Sql">The condition, true for every reader who must not read the column.</param>
/// <param name="Hides">The same for a principal as policies see it.</param>
internal sealed record ColumnDenial(RangerPolicy? Policy, string Sql, Func<Subject, bool> Hides)
{
    /// <summary>The readers that the condition asks for, and whether it holds for all others.</summary>
    public required (GuardReaders Asked, bool Others) Readers { get; init; }

    /// <summary>Whether the column is denied to everyone.</summary>
    public bool IsForEverybody => Sql == TruthTable.Always;
}

/// <summary>
/// Finds the readers that are denied a column. It asks the engine itself for every combination of the items that name
/// principals, so that priorities, exceptions, deny-all-else, tags and zones mean exactly what they mean elsewhere. The answers
/// become one condition over the reader's name and account groups at the time of the query.
/// </summary>
internal sealed class ColumnDenials(DenialPrincipalFinder names, AccessItems items, PolicyView table, string? owner)
{
    /// <summary>Largest number of groups that are distinguished: each doubles the combinations.</summary>
    private const int MaxGroups = 10;

    private const int MaxCombinations = 8192;

    /// <summary>Which readers of the table are kept from a column.</summary>
    /// <param name="column">What the engine shows for the column.</param>
    public ColumnAccess Of(PolicyView column)
    {
        var isElsewhere = column.Zone != table.Zone;
        var policies = column.TagAccess.Concat(column.Access).Where(policy => policy.DecidesItself).ToList();
        var taking = policies.Where(policy => Takes(policy) && IsOfColumn(policy)).ToList();
        if (taking.Count == 0 && !isElsewhere)
        {
            return ColumnAccess.Open;
        }

        var naming = policies.SelectMany(policy => policy.Policy.PolicyItems.Concat(AccessItems.Taking(policy.Policy)).Concat(policy.Policy.DenyExceptions))
            .Where(item => items.Covers(item, GuardPolicies.Access)).ToList();
        return names.In(naming, owner) switch
        {
            DenialPrincipals.Unlisted { Group: var group } => new ColumnAccess.Inexpressible(
                $"policies of the column name the group `{group}`, whose members are unknown or too many"),
            DenialPrincipals.Listed { Groups: var groups, Users: var users } when groups.Count > MaxGroups || (users.Count + 1) << groups.Count > MaxCombinations =>
                new ColumnAccess.Inexpressible("policies of the column name principals in more combinations than one condition can tell apart"),
            DenialPrincipals.Listed named => AccessFor(named, taking.FirstOrDefault()?.Policy, subject => IsHidden(column, policies, isElsewhere, subject)),
            _ => throw new InvalidOperationException("the principals of a denial are a closed set"),
        };
    }

    private ColumnAccess AccessFor(DenialPrincipals.Listed named, RangerPolicy? policy, Func<Subject, bool> hides)
    {
        var sql = Condition(named.Groups, named.Users, hides);
        return sql == TruthTable.Never ? ColumnAccess.Open : new ColumnAccess.Denied(new ColumnDenial(policy, sql, hides)
        {
            Readers = (new GuardReaders
            {
                Users = [.. named.Users.SelectMany(user => user.Users).Select(PrincipalKey.Of)], Groups = [.. named.Groups.SelectMany(group => group.Names)],
            }, hides(names.Subject(null, []))),
        });
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
        var asked = groups.Select(group => new GuardPrincipals(false, [], group.Names, null).ToSql() is var sql && group.Names.Count > 1 ? $"({sql})" : sql).ToList();
        string TableOf(NamedUsers? user) => TruthTable.ToSql(asked, members => hides(names.Subject(user, [.. groups.Where((_, i) => members[i])])));
        var others = TableOf(null);
        return users.Select(user => (Names: user.Users, Sql: TableOf(user))).Where(user => user.Sql != others)
            .GroupBy(user => user.Sql, user => user.Names, StringComparer.Ordinal)
            .Aggregate(others, (rest, same) => TruthTable.If(
                new GuardPrincipals(false, [.. same.SelectMany(named => named).Order(StringComparer.Ordinal)], [], null).ToSql(), same.Key, rest));
    }
}
