using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace PolicySync.Host.Api;

// The body of POST /task, for the API document only. SyncRequestReader reads bodies and reports every fault, where a deserializer
// would stop at the first.

/// <summary>A task to create: the type, the resources, and the members of an event where an event is the cause.</summary>
internal sealed record TaskBody(
    [property: Description(
        "`RESOURCE_SYNC`, or `VERIFY` to compare and write nothing. Another type makes the task `SKIPPED`.")]
    string Type,
    [property: Description("The resources and how to treat them.")] TaskBodyInfo RequestInfo,
    [property: Description("Returned unchanged under `event`."), MaxLength(SyncRequestReader.MaxEventField)] string? Id = null,
    [property: Description("Returned unchanged under `event`."), MaxLength(SyncRequestReader.MaxEventField)] string? AppType = null,
    [property: Description("Returned unchanged under `event`."), MaxLength(SyncRequestReader.MaxEventField)] string? AppSubType = null,
    [property: Description("Returned unchanged under `event`."), MaxLength(SyncRequestReader.MaxEventField)] string? Source = null,
    [property: Description("Returned unchanged under `event`. A number is accepted as well, and returned as text."),
        MaxLength(SyncRequestReader.MaxEventField)] string? CreateTime = null);

/// <summary>What a task is about.</summary>
internal sealed record TaskBodyInfo(
    [property: Description("What to sync."), MinLength(1), MaxLength(SyncRequestReader.MaxResources)] IReadOnlyList<TaskBodyResource> Resources,
    [property: Description("Plan only: nothing is written to Unity Catalog.")] bool? DryRun = null,
    [property: Description("Let this task revoke more than `Sync:MaxRevokeShare`.")] bool? AllowRevoke = null);

/// <summary>One securable that a task covers, with everything below it unless `selfOnly` is true.</summary>
internal sealed record TaskBodyResource(
    [property: Description(
        "`catalog`, `schema`, `table`, `view`, `function`, `volume`, `model`, `external_location`, `storage_credential`, "
        + "`service_credential`, `connection` or `metastore`.")]
    string Type,
    [property: Description(
        "The names of the levels: `catalog`, `schema` and `table` (also for a view) or the type's own word; only the type's own word "
        + "for what is in no catalog. A metastore goes by its id.")]
    IReadOnlyDictionary<string, string> Values,
    [property: Description("Of a catalog or schema: only its own grants and USE, nothing below it.")] bool? SelfOnly = null);
