using System.Text.Json;
using PolicySync.Core;
using PolicySync.Core.Records;
using PolicySync.Core.Securables;
using PolicySync.Core.Suspensions;
using PolicySync.Grains.Records;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api.Records;

/// <summary>A request to store records.</summary>
internal sealed record ImportRequest(string Instance, IReadOnlyList<StoredRecord> Records, bool DryRun);

/// <summary>Reads the body of POST /records, whole before anything is stored. Every fault has its JSON Pointer; an unknown member is a fault.</summary>
internal sealed class ImportReader
{
    private const string Instance = "instance", Records = "records", AllowOtherInstance = "allowOtherInstance", DryRun = "dryRun";
    private const string Kind = "kind", Type = "type", FullName = "fullName", Identity = "identity", Content = "content";

    private readonly FaultList _faults = new();

    /// <summary>Reads the request, or returns its faults.</summary>
    /// <param name="body">The bytes of the body.</param>
    /// <param name="instance">The instance of this service.</param>
    public static (ImportRequest? Request, IReadOnlyList<Fault> Faults) Read(ReadOnlyMemory<byte> body, string instance)
    {
        var reader = new ImportReader();
        using var document = StrictJson.Parse(body, reader._faults);
        var request = document is null ? null : reader.Request(document.RootElement, instance);
        return reader._faults.IsEmpty ? (request, []) : (null, reader._faults.Faults);
    }

    private ImportRequest? Request(JsonElement root, string own)
    {
        if (!IsObject(root, JsonPointer.Root, [Instance, Records, AllowOtherInstance, DryRun]))
        {
            return null;
        }

        var (instance, dryRun, allow) = (Text(root, JsonPointer.Root, Instance, isRequired: true), Flag(root, DryRun), Flag(root, AllowOtherInstance));
        if (instance is not null && instance != own && !allow)
        {
            _faults.Add($"/{Instance}", $"is `{instance}`, and this service is instance `{own}`; send `{AllowOtherInstance}` if its records are to be this one's");
        }

        if (!root.TryGetProperty(Records, out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > RecordEndpoints.MaxRecords)
        {
            _faults.Add($"/{Records}", $"must be an array of 1 to {RecordEndpoints.MaxRecords} records");
            return null;
        }

        var records = list.EnumerateArray().Select((element, index) => Record(element, JsonPointer.Element($"/{Records}", index))).ToList();
        return _faults.IsEmpty ? new ImportRequest(instance!, [.. records.OfType<StoredRecord>()], dryRun) : null;
    }

    private StoredRecord? Record(JsonElement element, string pointer)
    {
        if (!IsObject(element, pointer, [Kind, Type, FullName, Identity, Content]))
        {
            return null;
        }

        var (kindText, name) = (Text(element, pointer, Kind, isRequired: true), Text(element, pointer, FullName, isRequired: true));
        var (type, identity) = (Text(element, pointer, Type), Text(element, pointer, Identity));
        var kind = default(RecordKind);
        if (kindText is not null && (!WireNames.TryParse(kindText, out kind) || kind == RecordKind.Unnamed))
        {
            _faults.Add(JsonPointer.Member(pointer, Kind), $"must be one of {string.Join(", ", WireNames.All<RecordKind>().Where(one => one != WireNames.Of(RecordKind.Unnamed)))}");
            return null;
        }

        if (!element.TryGetProperty(Content, out var content) || content.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(JsonPointer.Member(pointer, Content), "must be an object");
            return null;
        }

        if (kindText is null || name is null)
        {
            return null;
        }

        CheckName(kind, type, name, pointer);
        if (kind == RecordKind.Parked && identity is null)
        {
            _faults.Add(JsonPointer.Member(pointer, Identity), "is missing");
        }

        if (RecordContent.FaultOf(kind, content) is var (place, detail))
        {
            _faults.Add(JsonPointer.Member(pointer, Content) + place, detail);
        }

        return new StoredRecord(kind, type, name, identity, content.Clone());
    }

    private void CheckName(RecordKind kind, string? type, string name, string pointer)
    {
        if (kind == RecordKind.Suspension)
        {
            if (Suspension.FaultOfPattern(name) is { } fault)
            {
                _faults.Add(JsonPointer.Member(pointer, FullName), fault);
            }

            return;
        }

        if (!WireNames.TryParse<SecurableType>(type, out var known))
        {
            _faults.Add(JsonPointer.Member(pointer, Type), "must be the type of a securable, for example `table`");
            return;
        }

        try
        {
            Securable.Parse(known, name);
        }
        catch (ArgumentException)
        {
            _faults.Add(JsonPointer.Member(pointer, FullName), $"must be the full name of a {type}");
        }
    }

    private bool IsObject(JsonElement element, string pointer, string[] members)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(pointer, "must be an object");
            return false;
        }

        foreach (var member in element.EnumerateObject().Where(member => !members.Contains(member.Name, StringComparer.Ordinal)))
        {
            _faults.Add(JsonPointer.Member(pointer, member.Name), NearMiss.Of(member.Name, members) is { } meant
                ? $"is not a member of this object; send `{JsonPointer.Member(pointer, meant)}`"
                : "is not a member of this object");
        }

        return true;
    }

    private string? Text(JsonElement element, string pointer, string name, bool isRequired = false)
    {
        if (!element.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
        {
            if (isRequired)
            {
                _faults.Add(JsonPointer.Member(pointer, name), "is missing");
            }

            return null;
        }

        if (member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text)
        {
            return text;
        }

        _faults.Add(JsonPointer.Member(pointer, name), "must be a text that is not empty");
        return null;
    }

    private bool Flag(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var member) || member.ValueKind is JsonValueKind.Null or JsonValueKind.False)
        {
            return false;
        }

        if (member.ValueKind != JsonValueKind.True)
        {
            _faults.Add($"/{name}", "must be true or false");
        }

        return true;
    }
}
