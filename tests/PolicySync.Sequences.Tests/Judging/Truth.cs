using PolicySync.Testing.Language;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;
using PolicySync.Sequences.Tests.Language;

namespace PolicySync.Sequences.Tests.Judging;

/// <summary>
/// What policies give, asked of Ranger's evaluation one request at a time: it sees neither the service's plans nor the view
/// of policies that these are made from.
/// </summary>
internal sealed class Truth
{
    private static readonly string[] Levels = ["catalog", "schema", "table", "column"];

    private readonly RangerSide _ranger;
    private readonly RangerEngine _columns;
    private readonly RangerEngine? _containers;

    public Truth(RangerSide ranger)
    {
        _ranger = ranger;
        _columns = Compile(policy => IsOfContainer(policy) ? null : WithColumns(policy));
        _containers = ranger.Whole().Policies.Policies!.Exists(IsOfContainer)
            || ranger.Whole().Policies.SecurityZones.Values.Any(zone => zone.Policies!.Exists(IsOfContainer))
                ? Compile(policy => IsOfContainer(policy) || PolicyText.IsOfTag(policy) ? policy : null) : null;
    }

    /// <summary>What policies let a user read of a table.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="groups">Groups that the user is in, by the account and by Ranger.</param>
    /// <param name="table">Full name.</param>
    /// <param name="owner">The table's owner.</param>
    /// <param name="at">When.</param>
    public Reading Gives(string user, IReadOnlyCollection<string> groups, string table, string owner, DateTimeOffset at)
    {
        var parts = table.Split('.');
        AccessRequest Request(int depth, string? column = null) => new()
        {
            Resource = new RangerResource(Levels.Zip(column is null ? parts.Take(depth) : parts.Append(column)).ToDictionary(), owner),
            AccessType = "select", User = user, UserGroups = groups, AccessTime = at,
        };
        var handedDown = _containers is not null && _ranger.ZoneOf(table) is var zone && new[] { 1, 2 }.Any(depth =>
            _ranger.ZoneOf(string.Join('.', parts.Take(depth))) == zone && _containers.Evaluate(Request(depth)).IsAllowed);
        var given = People.Columns.Select(column => _columns.Evaluate(Request(3, column.Name)) is var answer
            && (answer.IsAllowed || (handedDown && answer.PolicyId is null))).ToList();
        if (!given.Contains(true))
        {
            return Reading.Nothing;
        }

        var holds = People.Filters[_columns.EvaluateRowFilter(Request(3)).RowFilter?.FilterExpr ?? ""];
        var masks = People.Columns.Select(column => MaskOf(_columns.EvaluateDataMask(Request(3, column.Name)).DataMask, column.Type)).ToList();
        return new Reading([.. People.Rows.Select(row => holds(row) ? row.Select((value, i) => given[i] ? masks[i](value) : null).ToArray() : null)]);
    }

    private static Func<string?, string?> MaskOf(DataMaskInfo? mask, string type) =>
        mask is null or { DataMaskType: "MASK_NONE" } ? value => value
        : type == "string" ? People.Masks[mask.DataMaskType!]
        : _ => null;

    private static bool IsOfContainer(RangerPolicy policy) =>
        !PolicyText.IsOfTag(policy) && policy.PolicyType == RangerPolicy.AccessType && !policy.Resources.ContainsKey("table");

    // A policy on a table is one on all of its columns.
    private static RangerPolicy WithColumns(RangerPolicy policy)
    {
        if (policy.PolicyType == RangerPolicy.AccessType && policy.Resources.ContainsKey("table"))
        {
            policy.Resources.TryAdd("column", new RangerPolicyResource { Values = ["*"] });
        }

        return policy;
    }

    private RangerEngine Compile(Func<RangerPolicy, RangerPolicy?> at)
    {
        var download = _ranger.Whole();
        var policies = download.Policies;
        policies.Policies = [.. policies.Policies!.Select(at).OfType<RangerPolicy>()];
        foreach (var zone in policies.SecurityZones.Values)
        {
            zone.Policies = [.. zone.Policies!.Select(at).OfType<RangerPolicy>()];
        }

        return RangerEngine.Compile(policies, download.Roles, download.UserStore, download.Tags, new EngineOptions());
    }
}
