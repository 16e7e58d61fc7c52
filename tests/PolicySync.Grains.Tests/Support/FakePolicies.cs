using PolicySync.Core.Errors;
using PolicySync.Core.Policies;
using PolicySync.Ranger.Model;

namespace PolicySync.Grains.Tests.Support;

/// <summary>
/// A policy source. A policy is written as text: <c>table main.sales.orders select,modify ann@corp.com,@staff</c>, with
/// <c>deny</c> before it for a policy that denies, <c>from=2026/03/01T12:00:00</c> and <c>until=</c> behind it for a schedule.
/// <c>tag pii select ann@corp.com</c> is a tag policy. A last <c>if=moon-phase</c> is a condition that the service does not know.
/// <c>filter main.sales.orders id=1 ann@corp.com</c> and <c>mask main.sales.orders.ssn MASK_NULL @staff</c> guard.
/// </summary>
internal sealed class FakePolicies : IPolicySource, IPolicyCache
{
    private readonly Lock _gate = new();
    private long _version;
    private string[] _policies = [];
    private int _reads;

    /// <summary>Set while the source does not answer.</summary>
    public SyncException? Failure { get; set; }

    /// <summary>When set, reads wait for it.</summary>
    public Hold? Hold { get; set; }

    /// <summary>The stamp of what is kept for a restart; null when nothing is.</summary>
    public string? Kept { get; set; }

    /// <summary>The tables that the tag download says are tagged: <c>main.sales.orders pii</c>; null while there is no tag download.</summary>
    public string[]? Tags { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public static SyncException Gone => new(SyncErrorCode.PoliciesUnavailable, "the source does not answer");

    public void Set(long version, params string[] policies)
    {
        lock (_gate)
        {
            (_version, _policies) = (version, policies);
        }
    }

    public async Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _reads);
        if (Hold is { } hold)
        {
            hold.Reach();
            await hold.Released;
        }

        if (Failure is { } failure)
        {
            throw failure;
        }

        return Current() is var download && download.Stamp == knownStamp ? null : download;
    }

    public Task KeepAsync(string stamp, IReadOnlyList<PolicyDocument> documents, CancellationToken cancellation)
    {
        Kept = stamp;
        return Task.CompletedTask;
    }

    public Task<PolicyDownload?> FindAsync(string stamp, CancellationToken cancellation) =>
        Task.FromResult(stamp == Kept && Current() is var download && download.Stamp == stamp ? download : null);

    private PolicyDownload Current()
    {
        lock (_gate)
        {
            return new PolicyDownload(
                $"stamp-{_version}-{string.Join('|', _policies)}{(Tags is { } tagged ? $"-{string.Join('|', tagged)}" : "")}",
                new ServicePolicies
                {
                    ServiceName = "uc",
                    PolicyVersion = _version,
                    ServiceDef = ServiceDefinition(),
                    Policies = [.. _policies.Where(text => !IsOfTag(text)).Select((text, index) => Policy(index + 1, text))],
                    TagPolicies = _policies.Any(IsOfTag)
                        ? new TagPolicies { ServiceDef = TagDefinition(), Policies = [.. _policies.Where(IsOfTag).Select((text, index) => Policy(100 + index, text))] }
                        : null,
                },
                null, null, Tags is { } ofTables ? TagsOf(ofTables) : null);
        }
    }

    private static ServiceTags TagsOf(string[] tables) => new()
    {
        Tags = tables.Select((text, id) => (text, id)).ToDictionary(pair => $"{pair.id}", pair => new RangerTag { Type = pair.text.Split(' ')[1] }),
        ServiceResources =
        [
            .. tables.Select((text, id) => new RangerServiceResource
            {
                Id = id,
                ResourceElements = new[] { "catalog", "schema", "table" }.Zip(text.Split(' ')[0].Split('.'))
                    .ToDictionary(pair => pair.First, pair => new RangerPolicyResource { Values = [pair.Second] }),
            }),
        ],
        ResourceToTagIds = tables.Select((_, id) => id).ToDictionary(id => $"{id}", id => new List<long> { id }),
    };

    private static bool IsOfTag(string text) => text.Split(' ') is ["tag", ..] or ["deny", "tag", ..];

    private static RangerServiceDef TagDefinition() => new()
    {
        Name = "tag",
        Resources = [new() { Name = "tag", Matcher = "org.apache.ranger.plugin.resourcematcher.RangerDefaultResourceMatcher" }],
        AccessTypes = [.. ServiceDefinition().AccessTypes.Select(type => new RangerAccessTypeDef { Name = $"databricks_unity_catalog:{type.Name}" })],
    };

    private static RangerPolicy Policy(long id, string text)
    {
        var words = text.Split(' ');
        var denies = words[0] == "deny";
        words = denies ? words[1..] : words;
        var names = words[1].Split('.');
        if (words[0] is "filter" or "mask")
        {
            return Guard(id, words, names);
        }

        var isTag = words[0] == "tag";
        string[] levels = names.Length == 1 ? [words[0]] : ["catalog", "schema", words[0]];
        var principals = words[3].Split(',');
        var item = new RangerPolicyItem
        {
            Accesses = [.. words[2].Split(',').Select(type => new RangerAccess { Type = isTag ? $"databricks_unity_catalog:{type}" : type })],
            Users = [.. principals.Where(name => name[0] != '@')],
            Groups = [.. principals.Where(name => name[0] == '@').Select(name => name[1..])],
        };
        string? Time(string name) => words.FirstOrDefault(word => word.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Replace('T', ' ');
        return new RangerPolicy
        {
            Conditions = Time("if=") is { } condition ? [new RangerCondition { Type = condition }] : [],
            ValiditySchedules = words.Length > 4 && !words[4].StartsWith("if=", StringComparison.Ordinal) ? [new RangerValiditySchedule { StartTime = Time("from="), EndTime = Time("until=") }] : [],
            Id = id,
            Name = $"policy {id}",
            Resources = levels.Zip(names).ToDictionary(pair => pair.First, pair => new RangerPolicyResource { Values = [pair.Second] }),
            PolicyItems = denies ? [] : [item],
            DenyPolicyItems = denies ? [item] : [],
        };
    }

    private static RangerPolicy Guard(long id, string[] words, string[] names)
    {
        T Named<T>(T item)
            where T : RangerPolicyItem
        {
            item.Accesses = [new RangerAccess { Type = "select" }];
            item.Users = [.. words[3].Split(',').Where(name => name[0] != '@')];
            item.Groups = [.. words[3].Split(',').Where(name => name[0] == '@').Select(name => name[1..])];
            return item;
        }

        string[] levels = ["catalog", "schema", "table", "column"];
        return new RangerPolicy
        {
            Id = id,
            Name = $"policy {id}",
            Resources = levels.Zip(names).ToDictionary(pair => pair.First, pair => new RangerPolicyResource { Values = [pair.Second] }),
            PolicyType = words[0] == "mask" ? RangerPolicy.DataMaskType : RangerPolicy.RowFilterType,
            DataMaskPolicyItems = words[0] == "mask" ? [Named(new RangerDataMaskPolicyItem { DataMaskInfo = new() { DataMaskType = words[2] } })] : [],
            RowFilterPolicyItems = words[0] == "filter" ? [Named(new RangerRowFilterPolicyItem { RowFilterInfo = new() { FilterExpr = words[2] } })] : [],
        };
    }

    private static RangerServiceDef ServiceDefinition() => new()
    {
        DataMaskDef = new()
        {
            AccessTypes = [new() { Name = "select" }],
            MaskTypes = [new() { Name = "MASK" }, new() { Name = "MASK_NULL" }, new() { Name = "MASK_NONE" }],
            Resources = [new() { Name = "catalog" }, new() { Name = "schema" }, new() { Name = "table" }, new() { Name = "column", IsValidLeaf = true }],
        },
        RowFilterDef = new()
        {
            AccessTypes = [new() { Name = "select" }],
            Resources = [new() { Name = "catalog" }, new() { Name = "schema" }, new() { Name = "table", IsValidLeaf = true }],
        },
        Name = "databricks_unity_catalog",
        Resources =
        [
            Level("catalog", ""), Level("schema", "catalog"), Level("table", "schema"), Level("column", "table"),
            Level("function", "schema"), Level("volume", "schema"), Level("model", "schema"),
            Level("external_location", ""), Level("storage_credential", ""), Level("service_credential", ""), Level("connection", ""),
            Level("metastore", ""),
        ],
        AccessTypes =
        [
            .. new[]
            {
                "use_catalog", "use_schema", "browse", "select", "modify", "refresh", "execute", "read_volume", "write_volume",
                "create_schema", "create_table", "apply_tag", "manage", "read_files", "create_external_location", "access",
                "use_connection", "create_catalog",
            }.Select(name => new RangerAccessTypeDef { Name = name }),
            new() { Name = "all_privileges", ImpliedGrants = ["select", "modify", "execute", "read_volume", "write_volume", "use_schema", "use_catalog"] },
        ],
    };

    private static RangerResourceDef Level(string name, string parent) => new()
    {
        Name = name,
        Parent = parent,
        IsValidLeaf = true,
        Matcher = "org.apache.ranger.plugin.resourcematcher.RangerDefaultResourceMatcher",
        MatcherOptions = new() { ["wildCard"] = "true", ["ignoreCase"] = "true" },
    };
}
