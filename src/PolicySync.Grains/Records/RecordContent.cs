using System.Text.Json;
using System.Text.Json.Serialization;
using PolicySync.Core.Records;
using PolicySync.Grains.Resources;

namespace PolicySync.Grains.Records;

/// <summary>Judges the content of records before anything of an import is written.</summary>
public static class RecordContent
{
    // What this build does not know it would lose, so it is refused; what is stored must be complete.
    private static readonly JsonSerializerOptions Strict = new(StoredJson.Settings)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    };

    /// <summary>Says what is wrong with the content of a record; null when nothing is.</summary>
    /// <returns>A JSON Pointer into the content, and the fault.</returns>
    public static (string Pointer, string Detail)? FaultOf(RecordKind kind, JsonElement content)
    {
        try
        {
            return kind switch
            {
                RecordKind.Suspension => Missing(content.Deserialize<StoredSuspension>(Strict)?.Reason, "/reason"),
                RecordKind.Differences => FaultOf(content.Deserialize<StoredDifferences>(Strict)),
                _ => FaultOf(content.Deserialize<ResourceState>(Strict)!),
            };
        }
        catch (JsonException e)
        {
            return (PointerOf(e.Path), "is not what a service of this version stores; import with the version that made the export, or a newer one");
        }
    }

    private static (string, string)? FaultOf(StoredDifferences? differences)
    {
        if (differences?.Entries is null)
        {
            return ("/entries", "is missing");
        }

        for (var i = 0; i < differences.Entries.Count; i++)
        {
            if (differences.Entries[i]?.Difference is null)
            {
                return ($"/entries/{i}/difference", "is missing");
            }
        }

        return null;
    }

    private static (string, string)? FaultOf(ResourceState state)
    {
        for (var i = 0; i < state.Ledger.Entries.Count; i++)
        {
            var entry = state.Ledger.Entries[i];
            if ((Missing(entry.Principal, $"/ledger/entries/{i}/principal") ?? Missing(entry.Privilege, $"/ledger/entries/{i}/privilege")) is { } fault)
            {
                return fault;
            }
        }

        for (var i = 0; i < state.GuardFunctions.Count; i++)
        {
            if (state.GuardFunctions[i]?.FullName.Split('.') is not [{ Length: > 0 }, { Length: > 0 }, { Length: > 0 }])
            {
                return ($"/guardFunctions/{i}/fullName", "must be the full name of a function");
            }
        }

        return state.MustBeKept ? null : ("", "has nothing that an import could restore");
    }

    private static (string, string)? Missing(string? text, string pointer) => string.IsNullOrEmpty(text) ? (pointer, "is missing") : null;

    // `$.ledger.entries[0].grantedAt` and `$['a b']`, as the parser says where it stopped.
    private static string PointerOf(string? path)
    {
        var pointer = (path ?? "$").TrimStart('$').Replace("['", "/", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal);
        return pointer.Replace('.', '/').Replace('[', '/').Replace("]", "", StringComparison.Ordinal);
    }
}
