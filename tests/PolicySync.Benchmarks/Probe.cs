using PolicySync.Core.Desired;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Benchmarks;

/// <summary>What is asked of the policies of one size.</summary>
internal sealed class Probe(PolicySnapshot policies, PrincipalSnapshot directory)
{
    private const int ExpandUpTo = 200;
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SyncOptions Sync = new();

    private readonly List<Subject> _candidates = Candidates(policies, directory);

    public static SecurableFacts Table { get; } =
        new(Securable.Table(PolicySet.ProbedCatalog, PolicySet.ProbedSchema, PolicySet.ProbedTable), "MANAGED", "owner@example.com", "1");

    public static SecurableFacts Schema { get; } =
        new(Securable.Schema(PolicySet.ProbedCatalog, PolicySet.ProbedSchema), "SCHEMA", "owner@example.com", "2");

    public static SecurableFacts Catalog { get; } =
        new(Securable.Catalog(PolicySet.ProbedCatalog), "CATALOG", "owner@example.com", "3");

    /// <summary>How many principals the allow items of the table's policies name.</summary>
    public int CandidateCount => _candidates.Count;

    public int Matching(SecurableFacts facts) => View(facts).Access.Count;

    public DesiredState Desired(SecurableFacts facts) =>
        DesiredStateBuilder.Build(new PolicyInputs(policies, directory, Sync, ExpandUpTo, At), facts);

    /// <summary>One view of the table, and Ranger's answer for each candidate.</summary>
    public void EvaluateTable()
    {
        var view = View(Table);
        foreach (var candidate in _candidates)
        {
            view.Evaluate(candidate, "select");
        }
    }

    private PolicyView View(SecurableFacts facts) => policies.Engine.ViewOf(RangerResources.Of(facts.Securable, owner: null), At);

    private static List<Subject> Candidates(PolicySnapshot policies, PrincipalSnapshot directory)
    {
        var view = policies.Engine.ViewOf(RangerResources.Of(Table.Securable, owner: null), At);
        var items = view.Access.SelectMany(policy => policy.Policy.PolicyItems).ToList();
        var roles = items.SelectMany(item => item.Roles).Select(policies.Engine.Roles.MembersOf).ToList();
        var users = items.SelectMany(item => item.Users).Concat(roles.SelectMany(role => role.Users)).Distinct(StringComparer.Ordinal);
        var groups = items.SelectMany(item => item.Groups).Concat(roles.SelectMany(role => role.Groups)).Distinct(StringComparer.Ordinal);
        return
        [
            .. users.Select(user => Of(user, directory.GroupsOfUser(user))),
            .. groups.Select(group => Of(null, directory.GroupsOfGroup(group).Append(group).ToHashSet(StringComparer.Ordinal))),
        ];

        Subject Of(string? user, IReadOnlySet<string> of) => new(user, of, policies.Engine.Roles.RolesOf(user, of));
    }
}
