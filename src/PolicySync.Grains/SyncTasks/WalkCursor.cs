using System.Text.Json;
using PolicySync.Core.Securables;

namespace PolicySync.Grains.SyncTasks;

/// <summary>
/// How far a task has come: everything before it is done and its results are stored. Kept as JSON in the task's row;
/// member names are stored state.
/// </summary>
internal sealed record WalkCursor
{
    /// <summary>The target at work.</summary>
    public int Target { get; init; }

    /// <summary>The number of the next result.</summary>
    public long NextResult { get; init; }

    /// <summary>Whether the skipped resources of the request are among the results.</summary>
    public bool SkippedStored { get; init; }

    /// <summary>Whether the target, a container, has had its own first run.</summary>
    public bool TargetOpened { get; init; }

    /// <summary>Whether USE is to be taken back on the target after its children.</summary>
    public bool TargetUsePending { get; init; }

    /// <summary>The page of schemas at work; null for the first.</summary>
    public string? SchemaPage { get; init; }

    /// <summary>The schema at work; null between schemas.</summary>
    public string? Schema { get; init; }

    /// <summary>Whether USE is to be taken back on that schema after its children.</summary>
    public bool SchemaUsePending { get; init; }

    /// <summary>Of <see cref="SecurableTypes.InSchema"/>, the one being listed.</summary>
    public int Kind { get; init; }

    /// <summary>The page of that listing; null for the first.</summary>
    public string? Page { get; init; }

    /// <summary>
    /// The last full name of that page whose chunk is done; null before the first. Pages are taken in the order of
    /// names, since listings promise none, so a page that is listed again goes on behind it.
    /// </summary>
    public string? After { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this);

    public static WalkCursor Parse(string? json) =>
        json is null ? new WalkCursor() : JsonSerializer.Deserialize<WalkCursor>(json) ?? new WalkCursor();
}
