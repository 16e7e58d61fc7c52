using PolicySync.Core.Records;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.Resources;

/// <summary>A record of an export that a securable's grain is to store.</summary>
[GenerateSerializer, Alias("ps.restore-request"), Immutable]
public sealed record RestoreRequest
{
    /// <summary>The securable, by the name that it had.</summary>
    [Id(0)] public required Securable Securable { get; init; }

    /// <summary><see cref="RecordKind.State"/>, <see cref="RecordKind.Parked"/> or <see cref="RecordKind.Differences"/>.</summary>
    [Id(1)] public required RecordKind Kind { get; init; }

    /// <summary>The id of the object; null when it was not known, and of differences.</summary>
    [Id(2)] public string? Identity { get; init; }

    /// <summary>What was stored, as <see cref="StoredJson"/>.</summary>
    [Id(3)] public required string Content { get; init; }

    /// <summary>Only say what would be done.</summary>
    [Id(4)] public bool DryRun { get; init; }
}

/// <summary>What became of a record.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Message">More about it, for people; null when there is nothing more to say.</param>
[GenerateSerializer, Alias("ps.restore-reply"), Immutable]
public sealed record RestoreReply([property: Id(0)] RestoreOutcome Outcome, [property: Id(1)] string? Message);
