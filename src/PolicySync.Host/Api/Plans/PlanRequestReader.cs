using System.Text;
using System.Text.Json;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Host.Api.Plans;

/// <summary>Reads the bodies that may have policies. Every fault has its JSON Pointer; a member that is null counts as absent, an unknown one is a fault.</summary>
internal sealed class PlanRequestReader
{
    private static readonly string[] OfPlan = ["resources", "policies", "policy", "allowRevoke"];
    private static readonly string[] OfDiff = ["policies", "policy"];
    private static readonly string[] OfResource = ["type", "values", "selfOnly"];

    private readonly FaultList _faults = new();

    /// <summary>Reads a request for a plan, or returns all of its faults.</summary>
    public static (PlanRequest? Request, IReadOnlyList<Fault> Faults) ReadPlan(ReadOnlyMemory<byte> body) => Read(body, static (reader, root) =>
    {
        reader.CheckMembers(root, JsonPointer.Root, OfPlan);
        return reader.Policies(root, new PlanRequest(reader.Resources(root), reader.Flag(root, JsonPointer.Root, "allowRevoke")));
    });

    /// <summary>Reads policies to compare, or returns all faults.</summary>
    public static (PlanRequest? Request, IReadOnlyList<Fault> Faults) ReadDiff(ReadOnlyMemory<byte> body) => Read(body, static (reader, root) =>
    {
        reader.CheckMembers(root, JsonPointer.Root, OfDiff);
        var request = reader.Policies(root, new PlanRequest([], AllowRevoke: false));
        if (reader._faults.IsEmpty && request is { Policies: null, Policy: null })
        {
            reader._faults.Add("/policies", "is missing; send a whole set here, or one policy as `policy`");
        }

        return request;
    });

    private static (PlanRequest? Request, IReadOnlyList<Fault> Faults) Read(ReadOnlyMemory<byte> body, Func<PlanRequestReader, JsonElement, PlanRequest> read)
    {
        var reader = new PlanRequestReader();
        using var document = StrictJson.Parse(body, reader._faults);
        PlanRequest? request = null;
        if (document is { RootElement: var root })
        {
            if (root.ValueKind == JsonValueKind.Object)
            {
                request = read(reader, root);
            }
            else
            {
                reader._faults.Add(JsonPointer.Root, "must be an object");
            }
        }

        return reader._faults.IsEmpty ? (request, []) : (null, reader._faults.Faults);
    }

    private PlanRequest Policies(JsonElement root, PlanRequest request)
    {
        var hasSet = TryGet(root, "policies", out var set);
        var hasPolicy = TryGet(root, "policy", out var policy);
        if (hasSet && hasPolicy)
        {
            _faults.Add("/policy", "cannot be sent together with `policies`");
            return request;
        }

        return hasSet ? request with { Policies = Set(set) }
            : hasPolicy ? request with { Policy = Parse<RangerPolicy>(policy, "/policy"), Deletes = policy.ValueKind == JsonValueKind.Object && Flag(policy, "/policy", "delete") }
            : request;
    }

    private ServicePolicies? Set(JsonElement element)
    {
        const string pointer = "/policies";
        if (Parse<ServicePolicies>(element, pointer) is not { } set)
        {
            return null;
        }

        if (set.ServiceDef is null)
        {
            _faults.Add($"{pointer}/serviceDef", "is missing; send the whole download of Ranger, as `policies.json` has it");
        }

        if (set.Policies is null || set.SecurityZones.Values.Any(static zone => zone is { Policies: null, PolicyDeltas: not null }))
        {
            _faults.Add($"{pointer}/policies", "is missing; changes since an earlier version are not a whole set");
        }

        if (_faults.IsEmpty)
        {
            Try(pointer, () => RangerEngine.Compile(set, null, null, new EngineOptions { UnknownConditions = UnknownConditions.AgainstAccess }));
        }

        return set;
    }

    private T? Parse<T>(JsonElement element, string pointer)
        where T : class
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(pointer, "must be an object");
            return null;
        }

        T? read = null;
        Try(pointer, () => read = RangerJson.ReadPart<T>(Encoding.UTF8.GetBytes(element.GetRawText())));
        return read;
    }

    private void Try(string pointer, Action read)
    {
        try
        {
            read();
        }
        catch (RangerFormatException e)
        {
            _faults.Add(PointerOf(pointer, e.Path), $"cannot be read as Ranger's: {e.InnerException?.Message.Split(" Path: ")[0] ?? e.Message}");
        }
    }

    // `$.policies[3].resources` below a pointer.
    private static string PointerOf(string pointer, string path) =>
        path.TrimStart('$').Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(pointer, static (parent, name) => JsonPointer.Member(parent, name.Trim('\'')));

    private List<RequestedResource> Resources(JsonElement root)
    {
        const string pointer = "/resources";
        if (!TryGet(root, "resources", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > SyncRequestReader.MaxResources)
        {
            _faults.Add(pointer, $"must be an array of 1 to {SyncRequestReader.MaxResources} resources");
            return [];
        }

        return [.. list.EnumerateArray().Select((element, index) => Resource(element, JsonPointer.Element(pointer, index)))];
    }

    private RequestedResource Resource(JsonElement element, string pointer)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (element.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(pointer, "must be an object");
            return new RequestedResource("", values);
        }

        CheckMembers(element, pointer, OfResource);
        var type = TryGet(element, "type", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : Missing<string>($"{pointer}/type", "must be a string") ?? "";
        if (!TryGet(element, "values", out var given) || given.ValueKind != JsonValueKind.Object)
        {
            _faults.Add($"{pointer}/values", "must be an object");
            return new RequestedResource(type, values);
        }

        foreach (var member in given.EnumerateObject().Where(static member => member.Value.ValueKind != JsonValueKind.Null))
        {
            values[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()!
                : Missing<string>(JsonPointer.Member($"{pointer}/values", member.Name), "must be a string") ?? "";
        }

        var resource = new RequestedResource(type, values) { SelfOnly = Flag(element, pointer, "selfOnly") };
        if (resource is { SelfOnly: true, MayBeSelfOnly: false })
        {
            _faults.Add($"{pointer}/selfOnly", SyncRequestReader.NotSelfOnly);
        }

        return resource;
    }

    private bool Flag(JsonElement parent, string pointer, string name)
    {
        if (!TryGet(parent, name, out var member))
        {
            return false;
        }

        if (member.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            _faults.Add(JsonPointer.Member(pointer, name), "must be true or false");
        }

        return member.ValueKind == JsonValueKind.True;
    }

    private void CheckMembers(JsonElement element, string parent, string[] known)
    {
        foreach (var member in element.EnumerateObject().Where(member => !known.Contains(member.Name, StringComparer.Ordinal)))
        {
            _faults.Add(JsonPointer.Member(parent, member.Name), $"is not a member of this object, which has {string.Join(", ", known)}");
        }
    }

    private T? Missing<T>(string pointer, string form)
        where T : class
    {
        _faults.Add(pointer, form);
        return null;
    }

    private static bool TryGet(JsonElement parent, string name, out JsonElement member) =>
        parent.TryGetProperty(name, out member) && member.ValueKind != JsonValueKind.Null;
}
