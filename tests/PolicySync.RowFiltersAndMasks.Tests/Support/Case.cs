using PolicySync.Core.Desired;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.RowFiltersAndMasks.Tests.Support;

/// <summary>Policies for one table, with people, and what is expected of them.</summary>
internal sealed class Case
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    private static readonly RangerServiceDef Def = UnityCatalogServiceDef.Read();

    private readonly ServicePolicies _policies = new() { PolicyVersion = 1, ServiceDef = Def, Policies = [] };
    private PolicySnapshot? _snapshot;

    public Account Account { get; init; } = new();

    public Securable Table { get; init; } = Securable.Table("main", "sales", "people");

    public SyncOptions Sync { get; } = new();

    public int ExpandUpTo { get; init; } = 200;

    public ServiceTags? Tags { get; set; }

    public PolicySnapshot Policies => _snapshot ??= PolicySnapshot.Compile(
        new PolicyDownload("stamp", _policies, new RangerRoles { Roles = Account.Roles }, new RangerUserStore { UserGroupMapping = Account.Store }, Tags),
        new PolicyBaseline(1, "stamp", 1), []);

    public PrincipalSnapshot Directory => field ??= Account.Directory;

    /// <summary>Lets some read.</summary>
    public Case Allow(params string[] who) => Add(new RangerPolicy { PolicyItems = [Named(new RangerPolicyItem(), who)] }, column: null);

    /// <summary>A row filter: who, and which rows remain.</summary>
    public Case Filter(params (string Who, string Filter)[] items) => Add(new RangerPolicy
    {
        PolicyType = RangerPolicy.RowFilterType,
        RowFilterPolicyItems = [.. items.Select(item => Named(
            new RangerRowFilterPolicyItem { RowFilterInfo = new() { FilterExpr = item.Filter } }, item.Who.Split('|')))],
    }, column: null);

    /// <summary>A mask of one column: who, and how. <c>CUSTOM:</c> comes with its expression.</summary>
    public Case Mask(string column, params (string Who, string Mask)[] items) => Add(MaskPolicy(items), column);

    public Case Add(RangerPolicy policy, string? column)
    {
        var parts = Table.Parts;
        policy.Id = _policies.Policies!.Count + 1;
        policy.Name = $"p{policy.Id}";
        policy.Resources = new()
        {
            ["catalog"] = new() { Values = [parts[0]] }, ["schema"] = new() { Values = [parts[1]] }, ["table"] = new() { Values = [Escaped(parts[2])] },
        };
        if (column is not null)
        {
            policy.Resources["column"] = new() { Values = [Escaped(column)] };
        }

        _policies.Policies.Add(policy);
        return this;
    }

    /// <summary>A security zone of one column, with one policy there.</summary>
    public Case AddZone(string name, string column, RangerPolicy policy)
    {
        var levels = (string[])["catalog", "schema", "table", "column"];
        var names = Table.Parts.Append(column).ToList();
        policy.Id = 2_000;
        policy.Name = $"of {name}";
        policy.ZoneName = name;
        policy.Resources = levels.Zip(names).ToDictionary(pair => pair.First, pair => new RangerPolicyResource { Values = [pair.Second] });
        _policies.SecurityZones[name] = new SecurityZoneInfo
        {
            ZoneName = name, Policies = [policy], Resources = [levels.Zip(names).ToDictionary(pair => pair.First, pair => (List<string>)[pair.Second])],
        };
        return this;
    }

    /// <summary>A tag policy; the tag is on the table, or on a column.</summary>
    public Case AddTagged(RangerPolicy policy, string tag, string? column)
    {
        _policies.TagPolicies ??= new TagPolicies { ServiceName = "tags", ServiceDef = TagDef(), Policies = [] };
        Tags ??= new ServiceTags();
        policy.Id = 1_000 + _policies.TagPolicies.Policies!.Count;
        policy.Name = $"t{policy.Id}";
        policy.Resources = new() { ["tag"] = new() { Values = [tag] } };
        _policies.TagPolicies.Policies.Add(policy);
        var id = Tags.ServiceResources.Count;
        var parts = Table.Parts;
        var elements = new Dictionary<string, RangerPolicyResource>
        {
            ["catalog"] = new() { Values = [parts[0]] }, ["schema"] = new() { Values = [parts[1]] }, ["table"] = new() { Values = [parts[2]] },
        };
        if (column is not null)
        {
            elements["column"] = new() { Values = [column] };
        }

        Tags.ServiceResources.Add(new() { Id = id, ResourceElements = elements });
        Tags.Tags[$"{id}"] = new RangerTag { Type = tag };
        Tags.ResourceToTagIds[$"{id}"] = [id];
        return this;
    }

    public static RangerPolicy MaskPolicy(params (string Who, string Mask)[] items) => new()
    {
        PolicyType = RangerPolicy.DataMaskType,
        DataMaskPolicyItems = [.. items.Select(item => Named(new RangerDataMaskPolicyItem
        {
            DataMaskInfo = item.Mask.StartsWith("CUSTOM:", StringComparison.Ordinal)
                ? new() { DataMaskType = "CUSTOM", ValueExpr = item.Mask[7..] }
                : new() { DataMaskType = item.Mask },
        }, item.Who.Split('|')))],
    };

    /// <summary>The table as it would be read, without guards.</summary>
    public TableShape Shape(Data data) => new(
        new SecurableFacts(Table, "MANAGED", "boss@x.com", "id-1"), [.. data.Columns.Select(column => new TableColumn(column.Name, column.Type))], null);

    public PolicyInputs Inputs => new(Policies, Directory, Sync, ExpandUpTo, Now);

    public TableGuards Compile(TableShape shape, string? fault = null) =>
        GuardCompiler.Compile(Inputs, shape, fault);

    public DesiredState Desired(TableShape shape, TableGuards? guards) =>
        DesiredStateBuilder.Build(Inputs, shape.Facts, guards);

    /// <summary>Gaps as <c>?GUARD_UNAVAILABLE ann@x.com 2</c>.</summary>
    public static IEnumerable<string> Show(IEnumerable<Gap> gaps) => gaps.Select(gap =>
        $"{(gap.Direction == GapDirection.Exposed ? '!' : '?')}{PolicySync.Core.WireNames.Of(gap.Code)} {gap.Principal} {gap.PolicyId}".TrimEnd());

    /// <summary>A request of Ranger's own evaluation for a user.</summary>
    public AccessRequest RequestOf(string user, string? column)
    {
        var key = PrincipalKey.Of(user);
        var elements = new Dictionary<string, string> { ["catalog"] = Table.Parts[0], ["schema"] = Table.Parts[1], ["table"] = Table.Parts[2] };
        if (column is not null)
        {
            elements["column"] = column;
        }

        return new AccessRequest
        {
            Resource = new RangerResource(elements, null),
            AccessType = "select",
            User = key,
            UserGroups = [.. Directory.GroupsOfUser(key).Concat(Policies.RangerGroupsOf(key)).Distinct()],
            AccessTime = Now,
        };
    }

    /// <summary>A user <c>ann@x.com</c>, a group <c>#g</c>, a role <c>%r</c>.</summary>
    public static T Named<T>(T item, IEnumerable<string> names)
        where T : RangerPolicyItem
    {
        item.Accesses = [new RangerAccess { Type = "select" }];
        foreach (var name in names)
        {
            (name[0] switch { '#' => item.Groups, '%' => item.Roles, _ => item.Users }).Add(name[0] is '#' or '%' ? name[1..] : name);
        }

        return item;
    }

    // Ranger reads these in values of policies.
    private static string Escaped(string name) => name.Replace("\\", "\\\\").Replace("{", "\\{").Replace("}", "\\}");

    private static RangerServiceDef TagDef() => new()
    {
        Name = "tag",
        Resources = [new RangerResourceDef { Name = "tag", Level = 1, Mandatory = true, MatcherOptions = new() { ["wildCard"] = "false", ["ignoreCase"] = "false" } }],
        AccessTypes = [.. Def.AccessTypes.Select(type => new RangerAccessTypeDef { Name = $"{Def.Name}:{type.Name}" })],
        DataMaskDef = new()
        {
            AccessTypes = [new RangerAccessTypeDef { Name = $"{Def.Name}:select" }],
            MaskTypes = [.. Def.DataMaskDef!.MaskTypes.Select(type => new RangerDataMaskTypeDef { Name = $"{Def.Name}:{type.Name}" })],
            Resources = [new RangerResourceDef { Name = "tag" }],
        },
        RowFilterDef = new() { AccessTypes = [new RangerAccessTypeDef { Name = $"{Def.Name}:select" }], Resources = [new RangerResourceDef { Name = "tag" }] },
    };
}
