using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace PolicySync.Host.Api;

// The body of POST /task, for the API document only. SyncRequestReader reads bodies and reports every fault, where a deserializer
// would stop at the first.

internal sealed record TaskBody(
    [property: Description(
        "`RESOURCE_SYNC`, or `VERIFY` to compare and write nothing. Another type makes the task `SKIPPED`.")]
    string Type,
    TaskBodyInfo RequestInfo,
    [property: Description("Returned unchanged under `event`."), MaxLength(SyncRequestReader.MaxEventField)] string? Id = null,
    [property: Description("Returned unchanged under `event`."), MaxLength(SyncRequestReader.MaxEventField)] string? AppType = null,
    [property: Description("Returned unchanged under `event`."), MaxLength(SyncRequestReader.MaxEventField)] string? AppSubType = null,
    [property: Description("Returned unchanged under `event`."), MaxLength(SyncRequestReader.MaxEventField)] string? Source = null,
    [property: Description("A string or a number, returned unchanged under `event`.")] JsonElement? CreateTime = null);

internal sealed record TaskBodyInfo(
    [property: Description("What to sync."), MinLength(1), MaxLength(SyncRequestReader.MaxResources)] IReadOnlyList<TaskBodyResource> Resources,
    [property: Description("Plan only: nothing is written to Unity Catalog.")] bool DryRun = false,
    [property: Description("Let this task revoke more than `Sync:MaxRevokeShare`.")] bool AllowRevoke = false);

internal sealed record TaskBodyResource(
    [property: Description(
        "`catalog`, `schema`, `table`, `view`, `function`, `volume`, `model`, `external_location`, `storage_credential`, "
        + "`service_credential`, `connection` or `metastore`.")]
    string Type,
    [property: Description(
        "The names of the levels: `catalog`, `schema` and `table` (also for a view) or the type's own word; only the type's own word "
        + "for what is in no catalog. A metastore goes by its id.")]
    IReadOnlyDictionary<string, string> Values);
