using System.Text.Json;
using PolicySync.Core.Suspensions;
using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>Reads a body that has a reason and an end. Every fault is reported; members that it does not have are faults.</summary>
internal static class ReasonReader
{
    private const string Reason = "reason";
    private const string EndTime = "endTime";

    /// <summary>Reads reason and end, and adds what is wrong with them to <paramref name="faults"/>.</summary>
    public static (string Reason, DateTimeOffset End) Read(ReadOnlyMemory<byte> body, DateTimeOffset now, FaultList faults)
    {
        using var document = StrictJson.Parse(body, faults);
        if (document?.RootElement is not { } root)
        {
            return default;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add(JsonPointer.Root, "must be an object");
            return default;
        }

        foreach (var member in root.EnumerateObject().Where(member => member.Name is not (Reason or EndTime)))
        {
            faults.Add(JsonPointer.Member(JsonPointer.Root, member.Name), NearMiss.Of(member.Name, [Reason, EndTime]) is { } meant
                ? $"is not a member of this object; send `/{meant}`"
                : $"is not a member of this object, which has `{Reason}` and `{EndTime}`");
        }

        var (reason, end) = (Text(root, Reason, faults), default(DateTimeOffset));
        if (reason is not null && Suspension.FaultOfReason(reason) is { } fault)
        {
            faults.Add($"/{Reason}", fault);
        }

        if (Text(root, EndTime, faults) is { } text)
        {
            if (!QueryReader.TryTime(text, out end))
            {
                faults.Add($"/{EndTime}", QueryReader.TimeForm);
            }
            else if (Suspension.FaultOfEnd(end, now) is { } faultOfEnd)
            {
                faults.Add($"/{EndTime}", faultOfEnd);
            }
        }

        return (reason ?? "", end.ToUniversalTime());
    }

    private static string? Text(JsonElement root, string name, FaultList faults)
    {
        if (!root.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
        {
            faults.Add($"/{name}", "is missing");
            return null;
        }

        if (member.ValueKind != JsonValueKind.String)
        {
            faults.Add($"/{name}", "must be a string");
            return null;
        }

        return member.GetString();
    }
}
