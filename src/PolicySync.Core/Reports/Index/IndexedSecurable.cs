using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Reports.Index;

/// <summary>What the index is to have of one securable. Pure.</summary>
public sealed class IndexedSecurable
{
    /// <summary>Most grants of other parties that are kept of one securable. Rows of principals beyond it have no time.</summary>
    public const int MaxForeign = 1_000;

    private const int DigestLength = 12;

    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    private IndexedSecurable(IReadOnlyDictionary<string, string> rows, IReadOnlyList<ForeignGrant> foreign) => (Rows, Foreign) = (rows, foreign);

    /// <summary>Rows by <see cref="AccessIndexKey"/>.</summary>
    public IReadOnlyDictionary<string, string> Rows { get; }

    /// <summary>Grants of other parties, up to <see cref="MaxForeign"/>, sorted.</summary>
    public IReadOnlyList<ForeignGrant> Foreign { get; }

    /// <summary>A short hash of a row: equal rows have equal ones.</summary>
    public static string DigestOf(string row) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(row)))[..DigestLength];

    /// <summary>The row of a securable whose sync failed.</summary>
    public static string RowOf(IndexedFailure failure) => JsonSerializer.Serialize(failure, Json);

    /// <summary>The content of a row.</summary>
    public static T Read<T>(string row)
        where T : new() => JsonSerializer.Deserialize<T>(row, Json) ?? new T();

    /// <summary>Computes the rows.</summary>
    /// <param name="facts">The securable.</param>
    /// <param name="grants">Its direct grants, as the last read shows them.</param>
    /// <param name="ledger">Which of them are the service's own.</param>
    /// <param name="guards">The functions of its row filter and masks.</param>
    /// <param name="gaps">
    /// What stays different from policy; null when that was not computed, and then no rows whose keys <see cref="AccessIndexKey.NeedsWholeRun"/>.
    /// </param>
    /// <param name="seen">Grants of other parties that were seen before.</param>
    /// <param name="now">When those were seen that are new.</param>
    public static IndexedSecurable Of(
        SecurableFacts facts, IReadOnlyList<Assignment> grants, Ledger ledger, IReadOnlyList<MadeFunction> guards, IReadOnlyList<Gap>? gaps,
        IReadOnlyList<ForeignGrant> seen, DateTimeOffset now)
    {
        var rows = new Dictionary<string, string>(StringComparer.Ordinal);
        var before = seen.ToDictionary(grant => (grant.Principal, grant.Privilege), grant => grant.Since);
        var foreign = new List<ForeignGrant>();
        var (own, others) = (0, 0);
        foreach (var assignment in grants.Where(assignment => !assignment.IsDeletedPrincipal).OrderBy(assignment => PrincipalKey.Of(assignment.Principal), StringComparer.Ordinal))
        {
            var key = PrincipalKey.Of(assignment.Principal);
            var held = assignment.Privileges.Select(privilege => Privilege.Normalise(privilege, facts.Securable.Type)).Order(StringComparer.Ordinal)
                .Select(privilege => GrantOf(assignment, key, privilege)).ToList();
            Add(key, new IndexedPrincipal { Name = assignment.Principal, Owns = IsOwner(key), Grants = held });
        }

        if (facts.Owner is { Length: > 0 } owner && !rows.ContainsKey(AccessIndexKey.OfPrincipal(PrincipalKey.Of(owner))))
        {
            Add(PrincipalKey.Of(owner), new IndexedPrincipal { Name = owner, Owns = true });
        }

        AddPolicies(rows, ledger, guards);
        AddGaps(rows, gaps ?? []);
        if (gaps is not null)
        {
            rows[AccessIndexKey.OfSecurables(facts.Securable.CatalogName)] = JsonSerializer.Serialize(SummaryOf(), Json);
        }

        return new IndexedSecurable(rows, foreign);

        IndexedSummary SummaryOf() => new()
        {
            Own = own, Foreign = others, Filters = guards.Any(guard => guard.Column is null), Masks = guards.Count(guard => guard.Column is not null),
            Gaps = gaps.Count, Exposed = gaps.Count(gap => gap.Direction == GapDirection.Exposed),
        };

        void Add(string key, IndexedPrincipal held) => rows[AccessIndexKey.OfPrincipal(key)] = JsonSerializer.Serialize(held, Json);

        bool IsOwner(string key) => facts.Owner is { Length: > 0 } name && PrincipalKey.Of(name) == key;

        IndexedGrant GrantOf(Assignment assignment, string key, string privilege)
        {
            if (ledger.Find(key, assignment.PrincipalId, privilege) is { } entry)
            {
                own++;
                return new IndexedGrant
                {
                    Privilege = privilege, IsOurs = true, PolicyId = entry.PolicyId, PolicyName = entry.PolicyName, TaskId = entry.TaskId, Since = entry.GrantedAt,
                };
            }

            others++;
            DateTimeOffset? since = before.TryGetValue((key, privilege), out var known) ? known : foreign.Count < MaxForeign ? now : null;
            if (since is { } time && foreign.Count < MaxForeign)
            {
                foreign.Add(new ForeignGrant(key, privilege, time));
            }

            return new IndexedGrant { Privilege = privilege, Since = since };
        }
    }

    private static void AddPolicies(Dictionary<string, string> rows, Ledger ledger, IReadOnlyList<MadeFunction> guards)
    {
        var names = ledger.Entries.Select(entry => (entry.PolicyId, entry.PolicyName)).Concat(guards.Select(guard => (guard.PolicyId, guard.PolicyName)));
        foreach (var policy in names.Where(policy => policy.PolicyId is not null).GroupBy(policy => policy.PolicyId!.Value, policy => policy.PolicyName))
        {
            var grants = ledger.Entries.Where(entry => entry.PolicyId == policy.Key && !entry.Deleted).ToList();
            var made = guards.Where(guard => guard.PolicyId == policy.Key).ToList();
            rows[AccessIndexKey.OfPolicy(policy.Key)] = JsonSerializer.Serialize(
                new IndexedPolicy
                {
                    Name = policy.FirstOrDefault(),
                    Grants = [.. grants.Take(IndexedPolicy.MaxGrants).Select(entry => new PolicyGrant(entry.Principal, entry.Privilege))],
                    GrantCount = grants.Count,
                    Filters = made.Exists(guard => guard.Column is null),
                    MaskedColumns = [.. made.Select(guard => guard.Column).OfType<string>().Order(StringComparer.Ordinal).Take(IndexedPolicy.MaxGrants)],
                }, Json);
        }
    }

    private static void AddGaps(Dictionary<string, string> rows, IReadOnlyList<Gap> gaps)
    {
        foreach (var policy in gaps.Where(gap => gap.PolicyId is not null).GroupBy(gap => gap.PolicyId!.Value))
        {
            var all = policy.Select(gap => new IndexedGap(gap.Code, gap.Direction, gap.Principal, gap.Privilege)).Distinct()
                .OrderBy(gap => gap.Principal, StringComparer.Ordinal).ThenBy(gap => gap.Privilege, StringComparer.Ordinal).ThenBy(gap => gap.Code).ToList();
            rows[AccessIndexKey.OfGaps(policy.Key)] = JsonSerializer.Serialize(
                new IndexedGaps { Gaps = [.. all.Take(IndexedGaps.MaxGaps)], GapCount = all.Count }, Json);
        }
    }
}

/// <summary>A grant of another party, and when the service first saw it.</summary>
/// <param name="Principal">The key of the principal.</param>
/// <param name="Privilege">Upper case with underscores.</param>
/// <param name="Since">When it was first seen.</param>
public sealed record ForeignGrant(string Principal, string Privilege, DateTimeOffset Since);
