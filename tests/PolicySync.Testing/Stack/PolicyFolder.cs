using System.Globalization;
using System.Text.Json.Nodes;

namespace PolicySync.Testing;

/// <summary>A folder of policies in the form of Ranger's download, replaced by rename as a careful writer does.</summary>
public sealed class PolicyFolder : IDisposable
{
    private readonly List<JsonObject> _policies = [];
    private readonly JsonArray _tagPolicies = [];
    private long _version;

    public PolicyFolder() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"policies-{Guid.NewGuid():N}");

    private string File => Path.Combine(Folder, "policies.json");

    /// <summary>Adds a policy. A resource is written <c>catalog.schema.table</c>; three names mean all columns.</summary>
    public PolicyFolder Allow(string name, string resource, string accesses, string who) =>
        Add(name, resource, allow: [(accesses, who)]);

    /// <summary>Adds a tag policy that denies; <c>accesses</c> as for resources.</summary>
    public PolicyFolder DenyTagged(long id, string name, string tag, string accesses, string who)
    {
        var prefixed = string.Join(' ', accesses.Split(' ').Select(type => $"databricks_unity_catalog:{type}"));
        _tagPolicies.Add(new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["isEnabled"] = true,
            ["policyType"] = 0,
            ["resources"] = new JsonObject { ["tag"] = Values(tag) },
            ["denyPolicyItems"] = new JsonArray(Item((prefixed, who))),
        });
        return this;
    }

    /// <summary>Lets the policy that was added last hold until <paramref name="end"/>, to the second.</summary>
    public PolicyFolder Until(DateTimeOffset end)
    {
        _policies[^1]["validitySchedules"] = new JsonArray(
            new JsonObject { ["endTime"] = end.UtcDateTime.ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture), ["timeZone"] = "UTC" });
        return this;
    }

    /// <summary>Adds a policy of several items; <c>deny</c> items may be empty. <c>who</c> is names, groups with <c>@</c> before them.</summary>
    public PolicyFolder Add(string name, string resource, (string Accesses, string Who)[] allow, params (string Accesses, string Who)[] deny)
    {
        string[] levels = ["catalog", "schema", "table", "column"];
        var resources = new JsonObject();
        foreach (var (level, value) in levels.Zip(resource.Split('.')))
        {
            resources[level] = Values(value);
        }

        if (resources.ContainsKey("table") && !resources.ContainsKey("column"))
        {
            resources["column"] = Values("*");
        }

        return Add(name, type: 0, resources, new()
        {
            ["policyItems"] = new JsonArray([.. allow.Select(Item)]),
            ["denyPolicyItems"] = new JsonArray([.. deny.Select(Item)]),
        });
    }

    /// <summary>Adds a row filter on a table: which rows remain, and for whom.</summary>
    public PolicyFolder Filter(string name, string table, params (string Filter, string Who)[] items) =>
        Add(name, type: 2, Exactly(table), new()
        {
            ["rowFilterPolicyItems"] = new JsonArray([.. items.Select(item => With(
                Item(("select", item.Who)), "rowFilterInfo", new JsonObject { ["filterExpr"] = item.Filter }))]),
        });

    /// <summary>Adds a mask on a column, written <c>catalog.schema.table.column</c>: how, and for whom.</summary>
    public PolicyFolder Mask(string name, string column, params (string Mask, string Who)[] items) =>
        Add(name, type: 1, Exactly(column), new()
        {
            ["dataMaskPolicyItems"] = new JsonArray([.. items.Select(item => With(
                Item(("select", item.Who)), "dataMaskInfo", new JsonObject { ["dataMaskType"] = item.Mask }))]),
        });

    /// <summary>Adds a policy on one object, whose names and principals may hold any character.</summary>
    public PolicyFolder AllowExactly(string type, string[] names, string[] accesses, string[] users, string[] groups) =>
        AddExactly(type, names, policyType: 0, "policyItems", ItemFor(accesses, users, groups));

    /// <summary>The same, of any kind of policy and item.</summary>
    public PolicyFolder AddExactly(string type, string[] names, int policyType, string member, params JsonObject[] items)
    {
        string[] levels = names.Length == 1 ? [type] : ["catalog", "schema", type, "column"];
        return Add(
            $"policy {_policies.Count + 1}", policyType,
            new JsonObject(levels.Zip(names).Select(pair =>
                KeyValuePair.Create(pair.First, (JsonNode?)new JsonObject { ["values"] = new JsonArray(pair.Second) }))),
            new JsonObject { [member] = new JsonArray([.. items]) });
    }

    /// <summary>An item, with what a filter or mask has beside.</summary>
    public static JsonObject ItemFor(string[] accesses, string[] users, string[] groups, (string Member, JsonObject Value)? beside = null)
    {
        var item = new JsonObject
        {
            ["accesses"] = new JsonArray([.. accesses.Select(access => new JsonObject { ["type"] = access, ["isAllowed"] = true })]),
            ["users"] = new JsonArray([.. users.Select(user => (JsonNode)user)]),
            ["groups"] = new JsonArray([.. groups.Select(group => (JsonNode)group)]),
        };
        return beside is { } more ? With(item, more.Member, more.Value) : item;
    }

    public PolicyFolder Clear()
    {
        _policies.Clear();
        return this;
    }

    /// <summary>Makes the folder hold what was added, as a new version.</summary>
    public PolicyFolder Publish() => Write(new JsonObject
    {
        ["serviceName"] = "unity_catalog",
        ["policyVersion"] = ++_version,
        ["policies"] = new JsonArray([.. _policies.Select(policy => policy.DeepClone())]),
        ["tagPolicies"] = _tagPolicies.Count == 0 ? null : new JsonObject
        {
            ["serviceName"] = "tags",
            ["policies"] = _tagPolicies.DeepClone(),
            ["serviceDef"] = new JsonObject
            {
                ["name"] = "tag",
                ["resources"] = new JsonArray(new JsonObject { ["name"] = "tag", ["matcher"] = "org.apache.ranger.plugin.resourcematcher.RangerDefaultResourceMatcher" }),
                ["accessTypes"] = new JsonArray(new JsonObject { ["name"] = "databricks_unity_catalog:select" }),
            },
        },
        ["serviceDef"] = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(
            Repository.Root, "src/PolicySync.Core/Policies/Assets/databricks_unity_catalog.servicedef.json"))),
    }.ToJsonString());

    /// <summary>Makes the file hold any text.</summary>
    public PolicyFolder Write(string text)
    {
        System.IO.File.WriteAllText(File + ".new", text);
        System.IO.File.Move(File + ".new", File, overwrite: true);
        return this;
    }

    public string Read() => System.IO.File.ReadAllText(File);

    public void Delete() => System.IO.File.Delete(File);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private PolicyFolder Add(string name, int type, JsonObject resources, JsonObject items)
    {
        items["id"] = _policies.Count + 1;
        items["name"] = name;
        items["isEnabled"] = true;
        items["policyType"] = type;
        items["resources"] = resources;
        _policies.Add(items);
        return this;
    }

    private static JsonObject Exactly(string resource)
    {
        string[] levels = ["catalog", "schema", "table", "column"];
        return new(levels.Zip(resource.Split('.')).Select(pair =>
            KeyValuePair.Create(pair.First, (JsonNode?)new JsonObject { ["values"] = new JsonArray(pair.Second) })));
    }

    private static JsonObject With(JsonObject item, string member, JsonObject value)
    {
        item[member] = value;
        return item;
    }

    private static JsonObject Values(string value) => new() { ["values"] = new JsonArray([.. value.Split('|').Select(one => (JsonNode)one)]) };

    private static JsonObject Item((string Accesses, string Who) item)
    {
        var names = item.Who.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new JsonObject
        {
            ["accesses"] = new JsonArray([.. item.Accesses.Split(' ').Select(type => new JsonObject { ["type"] = type, ["isAllowed"] = true })]),
            ["users"] = new JsonArray([.. names.Where(name => name[0] != '@').Select(name => (JsonNode)name)]),
            ["groups"] = new JsonArray([.. names.Where(name => name[0] == '@').Select(name => (JsonNode)name[1..])]),
        };
    }
}
