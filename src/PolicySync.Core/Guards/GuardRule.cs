using PolicySync.Core.Policies;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Guards;

/// <summary>What a rule shows to the readers that it matches.</summary>
/// <param name="Sql">The condition on a row, or the value in place of the column's; null when it shows everything.</param>
/// <param name="Columns">Columns that <paramref name="Sql"/> names.</param>
/// <param name="Code">Why SELECT is withheld from the principals that the rule matches; null when it is not.</param>
/// <param name="Reason">The same as text.</param>
internal sealed record GuardOutcome(string? Sql, IReadOnlyList<string> Columns, GapCode? Code = null, string? Reason = null)
{
    /// <summary>Everything is shown.</summary>
    public static GuardOutcome Open { get; } = new(null, []);

    /// <summary>Everything is shown.</summary>
    public bool IsOpen => Sql is null && Code is null;

    /// <summary>Nothing is shown, because a function cannot express what the policy wants.</summary>
    public static GuardOutcome Hidden(string sql, GapCode code, string reason) => new(sql, [], code, reason);
}

/// <summary>One item of a policy, in its place in the list of a row filter or mask. The first rule that matches decides.</summary>
/// <param name="Items">The principal must be named by each of these.</param>
/// <param name="Who">The same for each item, as SQL can ask it.</param>
/// <param name="Outcome">What the principal then sees.</param>
/// <param name="Policy">The policy of the deciding item.</param>
internal sealed record GuardRule(
    IReadOnlyList<RangerPolicyItem> Items, IReadOnlyList<GuardPrincipals> Who, GuardOutcome Outcome, RangerPolicy Policy)
{
    /// <summary>Whether it matches everyone.</summary>
    public bool IsForEverybody => Who.All(who => who.IsEverybody);

    /// <summary>Whether it can match a principal.</summary>
    public bool CanMeet => !Who.Any(who => who.IsEmpty && who.Unresolved is null);

    /// <summary>A group or role whose members are unknown; null when all are known.</summary>
    public string? Unresolved => Who.Select(who => who.Unresolved).FirstOrDefault(name => name is not null);

    /// <summary>Whether it certainly matches the principal.</summary>
    public bool Meets(Subject subject, string? owner) => Items.All(item => AccessItems.Names(item, subject, owner));

    /// <summary>The condition in SQL.</summary>
    public string ToSql() => Who.Count == 1 ? Who[0].ToSql() : string.Join(" AND ", Who.Select(who => $"({who.ToSql()})"));

    /// <summary>The branch of a function.</summary>
    public GuardBranch ToBranch() => new()
    {
        When = ToSql(), Shows = Outcome.Sql, Columns = Outcome.Columns, Readers = [.. Who.Select(who => who.ToReaders())],
    };
}
