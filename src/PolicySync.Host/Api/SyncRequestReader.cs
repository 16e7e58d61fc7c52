using System.Text.Json;
using PolicySync.Core.Tasks;
using PolicySync.Host.Api.Problems;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Api;

/// <summary>
/// Reads the body of POST /task. A malformed body is refused with 400. A well-formed resource that cannot be synced (an unknown type,
/// a missing name) is accepted, and the task skips it. A member that is null counts as absent.
/// </summary>
internal sealed class SyncRequestReader
{
    public const int MaxResources = 1_000;

    /// <summary>Longest event-style field, in characters. The service stores and returns these fields and does not use them.</summary>
    public const int MaxEventField = 4_096;

    /// <summary>Why a resource cannot be self-only.</summary>
    public const string NotSelfOnly = "is for a catalog or a schema; nothing is below another securable, so leave it out";

    private readonly FaultList _faults = new();
    private readonly RequestMembers _members;

    private SyncRequestReader() => _members = new RequestMembers(_faults);

    /// <summary>Reads the request, or returns all of its faults.</summary>
    /// <param name="body">The bytes of the body.</param>
    /// <param name="unknown">What becomes of members that are not known.</param>
    public static (SyncRequest? Request, IReadOnlyList<Fault> Faults) Read(ReadOnlyMemory<byte> body, UnknownMembers unknown)
    {
        var reader = new SyncRequestReader();
        using var document = StrictJson.Parse(body, reader._faults);
        var request = document is null ? null : reader.Request(document.RootElement);
        if (unknown == UnknownMembers.Refuse)
        {
            reader.RefuseIgnored();
        }

        return reader._faults.IsEmpty ? (request, []) : (null, reader._faults.Faults);
    }

    private SyncRequest? Request(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(JsonPointer.Root, "must be an object");
            return null;
        }

        _members.CheckRoot(root);
        var type = RequiredText(root, JsonPointer.Root, "type");
        var sent = Event(root);
        if (Required(root, JsonPointer.Root, "requestInfo", JsonValueKind.Object, "an object") is not { } info)
        {
            return null;
        }

        const string pointer = "/requestInfo";
        _members.CheckInfo(info);
        return new SyncRequest
        {
            Type = type,
            Resources = Resources(info, pointer),
            DryRun = Flag(info, pointer, "dryRun"),
            AllowRevoke = Flag(info, pointer, "allowRevoke"),
            Event = sent,
            IgnoredMembers = _members.Ignored,
        };
    }

    private void RefuseIgnored()
    {
        foreach (var pointer in _members.Ignored)
        {
            _faults.Add(pointer, "is unknown; leave it out, or set `Api:UnknownMembers` to `Ignore`");
        }
    }

    private List<RequestedResource> Resources(JsonElement info, string parent)
    {
        var pointer = JsonPointer.Member(parent, "resources");
        if (Required(info, parent, "resources", JsonValueKind.Array, "an array") is not { } list)
        {
            return [];
        }

        if (list.GetArrayLength() is 0 or > MaxResources)
        {
            _faults.Add(pointer, $"must hold 1 to {MaxResources} resources");
            return [];
        }

        return [.. list.EnumerateArray().Select((element, index) => Resource(element, JsonPointer.Element(pointer, index)))];
    }

    private RequestedResource Resource(JsonElement element, string pointer)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(pointer, "must be an object");
            return new RequestedResource("", new Dictionary<string, string>());
        }

        _members.CheckResource(element, pointer);
        var type = RequiredText(element, pointer, "type");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Required(element, pointer, "values", JsonValueKind.Object, "an object") is { } named)
        {
            foreach (var member in named.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null))
            {
                var place = JsonPointer.Member(JsonPointer.Member(pointer, "values"), member.Name);
                _members.CheckValue(member.Name, place);
                values[member.Name] = Text(member.Value, place) ?? "";
            }
        }

        var resource = new RequestedResource(type, values) { SelfOnly = Flag(element, pointer, "selfOnly") };
        if (resource is { SelfOnly: true, MayBeSelfOnly: false })
        {
            _faults.Add(JsonPointer.Member(pointer, "selfOnly"), NotSelfOnly);
        }

        return resource;
    }

    private SyncEvent? Event(JsonElement root)
    {
        var sent = new SyncEvent
        {
            Id = EventText(root, "id"),
            AppType = EventText(root, "appType"),
            AppSubType = EventText(root, "appSubType"),
            Source = EventText(root, "source"),
            CreateTimeJson = CreateTime(root),
        };
        return sent == new SyncEvent() ? null : sent;
    }

    private string? EventText(JsonElement root, string name)
    {
        var pointer = JsonPointer.Member(JsonPointer.Root, name);
        var text = TryGet(root, name, out var member) ? Text(member, pointer) : null;
        CheckLength(pointer, text);
        return text;
    }

    private string? CreateTime(JsonElement root)
    {
        if (!TryGet(root, "createTime", out var member))
        {
            return null;
        }

        if (member.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
        {
            _faults.Add("/createTime", "must be a string or a number");
            return null;
        }

        var raw = member.GetRawText();
        CheckLength("/createTime", member.ValueKind == JsonValueKind.String ? member.GetString() : raw);
        return raw;
    }

    private void CheckLength(string pointer, string? text)
    {
        if (text is { Length: > MaxEventField })
        {
            _faults.Add(pointer, $"must be at most {MaxEventField} characters");
        }
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

    private string RequiredText(JsonElement parent, string pointer, string name) =>
        Required(parent, pointer, name, JsonValueKind.String, "a string")?.GetString() ?? "";

    private JsonElement? Required(JsonElement parent, string pointer, string name, JsonValueKind kind, string article)
    {
        if (!TryGet(parent, name, out var member))
        {
            _faults.Add(JsonPointer.Member(pointer, name), "is missing");
            return null;
        }

        if (member.ValueKind != kind)
        {
            _faults.Add(JsonPointer.Member(pointer, name), $"must be {article}");
            return null;
        }

        return member;
    }

    private static bool TryGet(JsonElement parent, string name, out JsonElement member) =>
        parent.TryGetProperty(name, out member) && member.ValueKind != JsonValueKind.Null;

    private string? Text(JsonElement element, string pointer)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return element.GetString();
        }

        _faults.Add(pointer, "must be a string");
        return null;
    }
}
