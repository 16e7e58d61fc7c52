using System.Text.Json;
using PolicySync.Core.Drift;
using PolicySync.Core.Records;

namespace PolicySync.Grains.Records;

/// <summary>A record of an export: something stored that a lost storage account would lose (docs/backup.md).</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Type">Type of the securable; null of a suspension.</param>
/// <param name="FullName">Name of the securable, or the pattern of a suspension.</param>
/// <param name="Identity">Id of the object that a state is about; null when it is not known, and of other kinds.</param>
/// <param name="Content">What is stored, an object.</param>
public sealed record StoredRecord(RecordKind Kind, string? Type, string FullName, string? Identity, JsonElement Content);

/// <summary>The content of <see cref="RecordKind.Differences"/>.</summary>
/// <param name="Entries">The differences.</param>
public sealed record StoredDifferences(IReadOnlyList<DriftEntry> Entries);

/// <summary>The content of <see cref="RecordKind.Suspension"/>; its pattern is the record's name.</summary>
/// <param name="Reason">Why.</param>
/// <param name="EndTime">From when on it has no effect.</param>
/// <param name="CreatedBy">Who set it last; null when that is not known.</param>
/// <param name="CreateTime">When it was set last.</param>
public sealed record StoredSuspension(string Reason, DateTimeOffset EndTime, string? CreatedBy, DateTimeOffset CreateTime);
